package io.jld.arch.testkit;

import io.jld.arch.ArchInfo;
import io.jld.link.InputSource;
import io.jld.link.NameBytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds relocatable objects in memory (gABI, chapter 4), as an architecture's {@link ArchInfo}
 * says: of its class and machine, with addends in relocations or in the content. Symbols are
 * global; number 0 is the null symbol.
 *
 * @since 0.1
 */
public final class ObjectBuilder {
  private static final int SHT_PROGBITS = 1;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_STRTAB = 3;
  private static final int SHT_RELA = 4;
  private static final int SHT_REL = 9;
  private static final int SHF_WRITE = 1;
  private static final int SHF_ALLOC = 2;
  private static final int SHF_EXECINSTR = 4;
  private static final int STB_GLOBAL = 1;
  private static final int STT_OBJECT = 1;
  private static final int STT_FUNC = 2;

  private record Part(
      String name, int type, long flags, int link, int info, int align, int entry, byte[] bytes) {}

  private record Symbol(String name, int type, int section, long value, long size) {}

  private record Relocation(int section, long offset, int type, int symbol, long addend) {}

  private final ArchInfo info;
  private final List<Part> sections = new ArrayList<>();
  private final List<Symbol> symbols = new ArrayList<>();
  private final List<Relocation> relocations = new ArrayList<>();

  /** For objects of this architecture, in little-endian order. */
  public ObjectBuilder(ArchInfo info) {
    this.info = info;
    sections.add(new Part("", 0, 0, 0, 0, 0, 0, new byte[0]));
    symbols.add(new Symbol("", 0, 0, 0, 0));
  }

  /** Adds a section of code, aligned to 16 bytes, and returns its number. */
  public int code(String name, byte[] content) {
    return section(name, SHF_ALLOC | SHF_EXECINSTR, content);
  }

  /** Adds a section of data that is written, aligned to 16 bytes, and returns its number. */
  public int data(String name, byte[] content) {
    return section(name, SHF_ALLOC | SHF_WRITE, content);
  }

  /** Adds a section that is not loaded, and returns its number. */
  public int debug(String name, byte[] content) {
    return section(name, 0, content);
  }

  private int section(String name, long flags, byte[] content) {
    sections.add(new Part(name, SHT_PROGBITS, flags, 0, 0, 16, 0, content.clone()));
    return sections.size() - 1;
  }

  /** Adds a function and returns the symbol's number. */
  public int function(String name, int section, long value, long size) {
    return symbol(name, STT_FUNC, section, value, size);
  }

  /** Adds a variable and returns the symbol's number. */
  public int object(String name, int section, long value, long size) {
    return symbol(name, STT_OBJECT, section, value, size);
  }

  /** Adds a reference to what another object defines, and returns the symbol's number. */
  public int undefined(String name) {
    return symbol(name, 0, 0, 0, 0);
  }

  private int symbol(String name, int type, int section, long value, long size) {
    symbols.add(new Symbol(name, type, section, value, size));
    return symbols.size() - 1;
  }

  /**
   * Adds a relocation of a section.
   *
   * @param addend where the architecture's addends stand in the content it is left out, and is what
   *     the section's bytes say
   */
  public ObjectBuilder reloc(int section, long offset, int type, int symbol, long addend) {
    relocations.add(new Relocation(section, offset, type, symbol, addend));
    return this;
  }

  /** The object as an input of a link. */
  public InputSource source(String name) {
    return InputSource.memory(name, build());
  }

  /** The object's bytes. */
  public byte[] build() {
    List<Part> parts = new ArrayList<>(sections);
    int symtab = sections.size();
    Strings names = new Strings();
    parts.add(symbolTable(names, symtab + 1));
    parts.add(new Part(".strtab", SHT_STRTAB, 0, 0, 0, 1, 0, names.bytes()));
    for (int i = 1; i < sections.size(); i++) {
      byte[] table = relocations(i);
      if (table.length > 0) {
        String name = (info.rela() ? ".rela" : ".rel") + sections.get(i).name;
        int type = info.rela() ? SHT_RELA : SHT_REL;
        parts.add(new Part(name, type, 0, symtab, i, word(), relSize(), table));
      }
    }
    return write(parts);
  }

  private int word() {
    return info.is64() ? 8 : 4;
  }

  private int relSize() {
    return (info.rela() ? 3 : 2) * word();
  }

  private Part symbolTable(Strings names, int strtab) {
    int entry = info.is64() ? 24 : 16;
    ByteBuffer out = buffer(symbols.size() * entry);
    for (Symbol s : symbols) {
      byte info8 = (byte) (s.name.isEmpty() ? 0 : STB_GLOBAL << 4 | s.type);
      out.putInt(names.add(s.name));
      if (info.is64()) {
        out.put(info8).put((byte) 0).putShort((short) s.section).putLong(s.value).putLong(s.size);
      } else {
        out.putInt((int) s.value).putInt((int) s.size);
        out.put(info8).put((byte) 0).putShort((short) s.section);
      }
    }
    return new Part(".symtab", SHT_SYMTAB, 0, strtab, 1, word(), entry, out.array());
  }

  private byte[] relocations(int section) {
    List<Relocation> own = relocations.stream().filter(r -> r.section == section).toList();
    ByteBuffer out = buffer(own.size() * relSize());
    for (Relocation r : own) {
      put(out, r.offset);
      long kind =
          info.is64() ? (long) r.symbol << 32 | r.type & 0xffffffffL : r.symbol << 8 | r.type & 255;
      put(out, kind);
      if (info.rela()) {
        put(out, r.addend);
      }
    }
    return out.array();
  }

  private byte[] write(List<Part> parts) {
    Strings names = new Strings();
    int[] name = new int[parts.size() + 1];
    for (int i = 0; i < parts.size(); i++) {
      name[i] = names.add(parts.get(i).name);
    }
    name[parts.size()] = names.add(".shstrtab");
    parts.add(new Part(".shstrtab", SHT_STRTAB, 0, 0, 0, 1, 0, names.bytes()));

    int header = info.is64() ? 64 : 52;
    int sectionHeader = info.is64() ? 64 : 40;
    int[] offset = new int[parts.size()];
    int at = header;
    for (int i = 1; i < offset.length; i++) {
      offset[i] = at = up(at);
      at += parts.get(i).bytes.length;
    }
    int headers = up(at);
    ByteBuffer out = buffer(headers + parts.size() * sectionHeader);
    out.putInt(0x464c457f).put((byte) (info.is64() ? 2 : 1)).put((byte) 1).put((byte) 1);
    out.position(16).putShort((short) 1).putShort((short) info.machine()).putInt(1);
    put(out, 0);
    put(out, 0);
    put(out, headers);
    out.putInt(0);
    for (int half : new int[] {header, 0, 0, sectionHeader, parts.size(), parts.size() - 1}) {
      out.putShort((short) half);
    }
    for (int i = 1; i < offset.length; i++) {
      out.position(offset[i]).put(parts.get(i).bytes);
    }
    out.position(headers + sectionHeader);
    for (int i = 1; i < offset.length; i++) {
      Part p = parts.get(i);
      out.putInt(name[i]).putInt(p.type);
      for (long v : new long[] {p.flags, 0, offset[i], p.bytes.length}) {
        put(out, v);
      }
      out.putInt(p.link).putInt(p.info);
      put(out, p.align);
      put(out, p.entry);
    }
    return out.array();
  }

  private void put(ByteBuffer out, long word) {
    if (info.is64()) {
      out.putLong(word);
    } else {
      out.putInt((int) word);
    }
  }

  private static int up(int n) {
    return n + 15 & -16;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A string table. */
  private static final class Strings {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Strings() {
      out.write(0);
    }

    int add(String s) {
      if (s.isEmpty()) {
        return 0;
      }
      int at = out.size();
      out.writeBytes(NameBytes.bytes(s));
      out.write(0);
      return at;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
