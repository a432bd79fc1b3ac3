package io.jld.dwarf;

import io.jld.input.SectionNames;
import io.jld.link.LinkException;

/**
 * A unit of {@code .debug_info} or {@code .debug_types} (DWARF 5, section 7.5.1; DWARF 4 for the
 * latter): its header, its first entry, and what the values in it refer to.
 */
public final class Unit {
  private static final int DW_UT_TYPE = 2;
  private static final int DW_UT_SKELETON = 4;
  private static final int DW_UT_SPLIT_COMPILE = 5;
  private static final int DW_UT_SPLIT_TYPE = 6;

  private final DwarfFile file;
  private final DebugSection section;
  private final int start;
  private final int end;
  private final Encoding encoding;
  private final boolean isType;
  private final long signature;
  private final long typeOffset;
  private final Abbreviations abbreviations;
  private final int entries;
  private final Die root = new Die();

  /** Reused while a value is followed. */
  private final Place place = new Place();

  /**
   * Reads the header and the first entry.
   *
   * @param at where it begins in its section
   * @throws LinkException where it is damaged, or of a form that is not known
   */
  public Unit(DwarfFile file, DebugSection section, int at) {
    this.file = file;
    this.section = section;
    this.start = at;
    DwarfReader in = section.reader(at);
    int to = in.unitEnd();
    boolean dwarf64 = to < 0;
    end = dwarf64 ? ~to : to;
    in = section.reader(in.at(), end);
    int version = in.u16();
    if (version < 2 || version > 5) {
      throw section.bad(in.at() - 2, "unknown version " + version + " of DWARF");
    }
    int kind = version >= 5 ? in.u8() : 0;
    int addressSize = version >= 5 ? in.u8() : 0;
    int abbrevAt = in.at();
    long abbrev = in.offset(dwarf64);
    if (version < 5) {
      addressSize = in.u8();
    }
    if (addressSize != 4 && addressSize != 8) {
      throw section.bad(at, "addresses have " + addressSize + " bytes");
    }
    encoding = new Encoding(version, addressSize, dwarf64);
    isType = kind == DW_UT_TYPE || kind == DW_UT_SPLIT_TYPE || (version < 5 && isOfTypes(section));
    if (kind == DW_UT_SKELETON || kind == DW_UT_SPLIT_COMPILE) {
      in.skip(8); // dwo_id
    }
    signature = isType ? in.u64() : 0;
    typeOffset = isType ? in.offset(dwarf64) : 0;
    file.follow(section, abbrevAt, abbrev, ".debug_abbrev", place);
    abbreviations = file.abbreviations(place);
    entries = in.at();
    if (!root.read(in, this)) {
      throw section.bad(entries, "unit without entries");
    }
  }

  private static boolean isOfTypes(DebugSection s) {
    return SectionNames.planned(s.file(), s.index()).equals(".debug_types");
  }

  public DebugSection section() {
    return section;
  }

  /** Where it begins in its section. */
  public int start() {
    return start;
  }

  /** Where it ends in its section. */
  public int end() {
    return end;
  }

  public Encoding encoding() {
    return encoding;
  }

  public boolean isType() {
    return isType;
  }

  /** A type unit's signature. */
  public long signature() {
    return signature;
  }

  /** A type unit's type: where its entry stands, from the unit's start on. */
  public long typeOffset() {
    return typeOffset;
  }

  Abbreviations abbreviations() {
    return abbreviations;
  }

  /** The first entry, which describes the unit. */
  public Die root() {
    return root;
  }

  /** Reads all entries, the first one included. */
  public DwarfReader entries() {
    return section.reader(entries, end);
  }

  /** Reads the entries from one on. */
  public DwarfReader entries(int at) {
    if (at < entries) {
      throw section.bad(at, "reference to no entry of the unit");
    }
    return section.reader(at, end);
  }

  /**
   * Which entry of this unit an attribute refers to.
   *
   * @return where it stands in the section; -1 where it is another unit's
   */
  public int reference(Die die, Attribute a) {
    long to =
        switch (die.form(a)) {
          case Form.REF1, Form.REF2, Form.REF4, Form.REF8, Form.REF_UDATA -> start + die.value(a);
          case Form.REF_ADDR -> {
            int r = section.relocation(die.place(a));
            yield r < 0
                ? die.value(a)
                : section.target(r) == section.index() ? section.targetOffset(r) : -1;
          }
          default -> -1;
        };
    return to < entries || to >= end ? -1 : (int) to;
  }

  /**
   * Finds the string that an attribute has.
   *
   * @param to gets the section and where the string begins in it
   * @return false where it is in another file
   * @throws LinkException where it is nowhere
   */
  public boolean string(Die die, Attribute a, Place to) {
    int at = die.place(a);
    long value = die.value(a);
    switch (die.form(a)) {
      case Form.STRING -> to.set(section.index(), value);
      case Form.STRP -> file.follow(section, at, value, ".debug_str", to);
      case Form.LINE_STRP -> file.follow(section, at, value, ".debug_line_str", to);
      case Form.STRX, Form.STRX1, Form.STRX2, Form.STRX3, Form.STRX4, Form.GNU_STR_INDEX -> {
        String name = ".debug_str_offsets";
        base(Attribute.STR_OFFSETS_BASE, encoding.version() < 5 ? 0 : header(4), name, at, to);
        DwarfReader in = element(to, value, encoding.offsetSize(), at);
        int field = in.at();
        long offset = in.offset(encoding.dwarf64());
        file.follow(file.section(to.section()), field, offset, ".debug_str", to);
      }
      case Form.STRP_SUP, Form.GNU_STRP_ALT -> {
        return false;
      }
      default -> throw section.bad(at, "a string has the form " + die.form(a));
    }
    return true;
  }

  /**
   * The address that an attribute has.
   *
   * @return false where it has none, or a number
   */
  public boolean address(Die die, Attribute a, Place to) {
    if (!die.has(a)) {
      return false;
    }
    switch (die.form(a)) {
      case Form.ADDR -> address(section, die.place(a), to);
      case Form.ADDRX, Form.ADDRX1, Form.ADDRX2, Form.ADDRX3, Form.ADDRX4, Form.GNU_ADDR_INDEX ->
          indexed(die.value(a), die.place(a), to);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The address in a field: in no section where it has no relocation. */
  void address(DebugSection in, int at, Place to) {
    int r = in.relocation(at);
    if (r < 0) {
      to.set(0, 0);
    } else {
      to.set(in, r);
    }
  }

  /** The address with a number in the unit's part of {@code .debug_addr}. */
  void indexed(long index, int at, Place to) {
    base(Attribute.ADDR_BASE, header(4), ".debug_addr", at, to);
    DwarfReader in = element(to, index, encoding.addressSize(), at);
    address(file.section(to.section()), in.at(), to);
  }

  /** The list with a number in the unit's part of {@code .debug_rnglists}. */
  void rangeList(long index, int at, Place to) {
    base(Attribute.RNGLISTS_BASE, header(8), ".debug_rnglists", at, to);
    long start = to.offset();
    DwarfReader in = element(to, index, encoding.offsetSize(), at);
    to.set(to.section(), start + in.offset(encoding.dwarf64()));
  }

  /** Bytes of a table's header: its length, and {@code n} more. */
  private int header(int n) {
    return (encoding.dwarf64() ? 12 : 4) + n;
  }

  /** Where the unit's part of a section begins: as an attribute says, or behind the header. */
  private void base(Attribute a, int otherwise, String name, int at, Place to) {
    if (root.has(a)) {
      file.follow(section, root.place(a), root.value(a), name, to);
    } else {
      int first = file.first(name);
      if (first == 0) {
        throw section.bad(at, "there is no " + name);
      }
      to.set(first, otherwise);
    }
  }

  private DwarfReader element(Place base, long index, int size, int at) {
    if (index < 0 || index > Integer.MAX_VALUE) {
      throw section.bad(at, "index " + index + " lies outside of its table");
    }
    DebugSection s = file.section(base.section());
    DwarfReader in = s.reader(base.offset() + index * size);
    if (in.end() - in.at() < size) {
      throw section.bad(at, "index " + index + " lies outside of its table");
    }
    return in;
  }

  DwarfFile file() {
    return file;
  }
}
