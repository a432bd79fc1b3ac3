package io.jld.gdbindex;

import static io.jld.elf.Elf.SHT_PROGBITS;

import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes an object's units of debug information, entry by entry, and its lists of names. */
final class DwarfWriter {
  static final int ADDR = 0x01;
  static final int DATA2 = 0x05;
  static final int STRING = 0x08;
  static final int DATA1 = 0x0b;
  static final int STRP = 0x0e;
  static final int UDATA = 0x0f;
  static final int REF_ADDR = 0x10;
  static final int REF4 = 0x13;
  static final int SEC_OFFSET = 0x17;
  static final int FLAG_PRESENT = 0x19;

  /** An attribute with its form: a number, a string, an address, or where an entry is. */
  record Attr(int name, int form, Object value) {}

  /** An offset in a section of code. */
  record Address(int section, long offset) {}

  /** An offset from a symbol. */
  record Symbol(int symbol, long offset) {}

  private record Reloc(long offset, int symbol, long addend, boolean isAddress) {}

  private final ObjectBuilder object;
  private final int version;
  private final boolean dwarf64;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream abbrev = new ByteArrayOutputStream();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
  private final ByteArrayOutputStream ranges = new ByteArrayOutputStream();
  private final List<Reloc> relocs = new ArrayList<>();
  private final List<Reloc> rangeRelocs = new ArrayList<>();
  private final List<int[]> lengths = new ArrayList<>();
  private int unit;
  private int codes;

  // Section symbols of what is added when all is known; the numbers are given before.

  private final int strSection;
  private final int abbrevSection;
  private final int rangesSection;

  DwarfWriter(ObjectBuilder object, int version, boolean dwarf64) {
    this.object = object;
    this.version = version;
    this.dwarf64 = dwarf64;
    int next = object.code(".text.padding", new byte[1]);
    strSection = object.sectionSymbol(next + 1);
    abbrevSection = object.sectionSymbol(next + 2);
    rangesSection = object.sectionSymbol(next + 3);
  }

  private int addressSize() {
    return object.is64() ? 8 : 4;
  }

  private static void put(ByteArrayOutputStream to, long v, int n) {
    for (int i = 0; i < n; i++) {
      to.write((int) (i < 8 ? v >>> (8 * i) : 0));
    }
  }

  private static void uleb(ByteArrayOutputStream to, long v) {
    for (; v >= 0x80; v >>>= 7) {
      to.write((int) (v & 0x7f | 0x80));
    }
    to.write((int) v);
  }

  private int offsetSize() {
    return dwarf64 ? 8 : 4;
  }

  /** Begins a unit; the number is its place in the section. */
  int begin(boolean type, long signature, long typeOffset) {
    unit = out.size();
    if (dwarf64) {
      put(out, 0xffffffffL, 4);
    }
    lengths.add(new int[] {out.size(), 0});
    put(out, 0, offsetSize());
    put(out, version, 2);
    if (version >= 5) {
      put(out, type ? 2 : 1, 1);
      put(out, addressSize(), 1);
    }
    refer(abbrevSection, abbrev.size());
    if (version < 5) {
      put(out, addressSize(), 1);
    }
    if (type) {
      put(out, signature, 8);
      put(out, typeOffset, offsetSize());
    }
    codes = 0;
    return unit;
  }

  private void refer(int symbol, long addend) {
    relocs.add(new Reloc(out.size(), symbol, addend, false));
    put(out, 0, offsetSize());
  }

  /** Adds an entry; the number is its place in its unit. */
  int die(int tag, boolean children, Attr... attrs) {
    int at = out.size() - unit;
    uleb(out, ++codes);
    uleb(abbrev, codes);
    uleb(abbrev, tag);
    abbrev.write(children ? 1 : 0);
    for (Attr a : attrs) {
      uleb(abbrev, a.name);
      uleb(abbrev, a.form);
      value(a);
    }
    put(abbrev, 0, 2);
    return at;
  }

  private void value(Attr a) {
    switch (a.form) {
      case ADDR -> {
        Address addr = (Address) a.value;
        int symbol = object.sectionSymbol(addr.section);
        relocs.add(new Reloc(out.size(), symbol, addr.offset, true));
        put(out, 0, addressSize());
      }
      case STRING -> out.writeBytes((a.value + "\0").getBytes(StandardCharsets.UTF_8));
      case STRP -> {
        refer(strSection, strings.size());
        strings.writeBytes((a.value + "\0").getBytes(StandardCharsets.UTF_8));
      }
      case SEC_OFFSET -> refer(rangesSection, ((Number) a.value).longValue());
      case UDATA -> uleb(out, ((Number) a.value).longValue());
      case DATA1 -> put(out, ((Number) a.value).longValue(), 1);
      case DATA2 -> put(out, ((Number) a.value).longValue(), 2);
      case REF4 -> put(out, ((Number) a.value).longValue(), 4);
      case REF_ADDR -> {
        Symbol s = (Symbol) a.value;
        refer(s.symbol, s.offset);
      }
      case FLAG_PRESENT -> {}
      default -> throw new IllegalArgumentException("form " + a.form);
    }
  }

  /** Ends a list of children. */
  void end() {
    out.write(0);
  }

  /** Ends a unit. */
  void finish() {
    abbrev.write(0);
    int[] length = lengths.getLast();
    length[1] = out.size() - length[0] - offsetSize();
  }

  /** Adds a list of ranges; the number is for {@link #SEC_OFFSET}. */
  int ranges(Address... fromTo) {
    int at = ranges.size();
    for (int i = 0; i < fromTo.length; i += 2) {
      if (version >= 5) {
        ranges.write(6); // DW_RLE_start_end
      }
      for (int k = 0; k < 2; k++) {
        Address a = fromTo[i + k];
        int symbol = object.sectionSymbol(a.section);
        rangeRelocs.add(new Reloc(ranges.size(), symbol, a.offset, true));
        put(ranges, 0, addressSize());
      }
    }
    put(ranges, 0, version >= 5 ? 1 : 2 * addressSize());
    return at;
  }

  /** Adds the sections to the object; the number is that of the one with the units. */
  int write(String name) {
    section(".debug_str", strings.toByteArray());
    section(".debug_abbrev", abbrev.toByteArray());
    int r = section(version >= 5 ? ".debug_rnglists" : ".debug_ranges", ranges.toByteArray());
    relocate(r, rangeRelocs);
    byte[] content = out.toByteArray();
    for (int[] l : lengths) {
      for (int i = 0; i < 4; i++) {
        content[l[0] + i] = (byte) (l[1] >>> (8 * i));
      }
    }
    int info = section(name, content);
    relocate(info, relocs);
    return info;
  }

  private int section(String name, byte[] content) {
    return object.section(name, SHT_PROGBITS, 0, 1, 0, content);
  }

  private void relocate(int section, List<Reloc> all) {
    for (Reloc r : all) {
      boolean wide = r.isAddress ? addressSize() == 8 : dwarf64 && object.is64();
      object.reloc(section, r.offset, wide ? TestArch.WORD : TestArch.ABS32, r.symbol, r.addend);
    }
  }

  /** Adds a list of names, as {@code -ggnu-pubnames} makes it: pairs of flags and name. */
  void list(String section, int info, int unitAt, Object... flagsAndNames) {
    ByteArrayOutputStream set = new ByteArrayOutputStream();
    put(set, 2, 2);
    int at = set.size();
    put(set, 0, offsetSize());
    put(set, 0, offsetSize());
    for (int i = 0; i < flagsAndNames.length; i += 2) {
      put(set, 11 + i, offsetSize());
      set.write((int) flagsAndNames[i]);
      set.writeBytes((flagsAndNames[i + 1] + "\0").getBytes(StandardCharsets.UTF_8));
    }
    put(set, 0, offsetSize());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    if (dwarf64) {
      put(all, 0xffffffffL, 4);
    }
    put(all, set.size(), offsetSize());
    int header = all.size();
    all.writeBytes(set.toByteArray());
    int s = section(section, all.toByteArray());
    relocate(s, List.of(new Reloc(header + at, object.sectionSymbol(info), unitAt, false)));
  }
}
