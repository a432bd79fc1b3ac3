package io.jld.dwarf;

/**
 * The code that an entry describes: from {@code DW_AT_low_pc} to {@code DW_AT_high_pc}, or what a
 * list says that {@code DW_AT_ranges} refers to (DWARF 5, sections 2.17 and 7.25; DWARF 4, section
 * 2.17.3).
 */
public final class Ranges {
  private static final int DW_RLE_END_OF_LIST = 0;
  private static final int DW_RLE_BASE_ADDRESSX = 1;
  private static final int DW_RLE_STARTX_ENDX = 2;
  private static final int DW_RLE_STARTX_LENGTH = 3;
  private static final int DW_RLE_OFFSET_PAIR = 4;
  private static final int DW_RLE_BASE_ADDRESS = 5;
  private static final int DW_RLE_START_END = 6;
  private static final int DW_RLE_START_LENGTH = 7;

  /** Takes ranges, none of which is empty. */
  @FunctionalInterface
  public interface Sink {
    /**
     * @param section its index in the object
     * @param from the first byte's offset in the section
     * @param to the offset after the last
     */
    void accept(int section, long from, long to);
  }

  private final Sink sink;
  private final Place list = new Place();
  private final Place base = new Place();
  private final Place from = new Place();
  private final Place to = new Place();

  public Ranges(Sink sink) {
    this.sink = sink;
  }

  /**
   * Reads an entry's ranges.
   *
   * @return whether it says which they are, be they empty
   */
  public boolean read(Unit unit, Die die) {
    if (die.has(Attribute.RANGES)) {
      readList(unit, die);
      return true;
    }
    if (!unit.address(die, Attribute.LOW_PC, from) || !die.has(Attribute.HIGH_PC)) {
      return false;
    }
    if (!unit.address(die, Attribute.HIGH_PC, to)) { // a length
      to.set(from.section(), from.offset() + die.value(Attribute.HIGH_PC));
    }
    add();
    return true;
  }

  private void add() {
    if (from.section() > 0
        && from.section() == to.section()
        && from.offset() >= 0
        && from.offset() < to.offset()) {
      sink.accept(from.section(), from.offset(), to.offset());
    }
  }

  private void readList(Unit unit, Die die) {
    if (!unit.address(unit.root(), Attribute.LOW_PC, base)) {
      base.set(0, 0);
    }
    int at = die.place(Attribute.RANGES);
    long value = die.value(Attribute.RANGES);
    boolean old = unit.encoding().version() < 5;
    if (die.form(Attribute.RANGES) == Form.RNGLISTX) {
      unit.rangeList(value, at, list);
    } else {
      String name = old ? ".debug_ranges" : ".debug_rnglists";
      unit.file().follow(unit.section(), at, value, name, list);
    }
    DebugSection section = unit.file().section(list.section());
    DwarfReader in = section.reader(list.offset());
    int begin = in.at();
    boolean more = true;
    while (more) {
      more = old ? readOld(unit, section, in) : readEntry(unit, section, in);
    }
    unit.file().spend(in.at() - begin);
  }

  /** An entry of {@code .debug_ranges}: two addresses, or offsets from a base. */
  private boolean readOld(Unit unit, DebugSection section, DwarfReader in) {
    int size = unit.encoding().addressSize();
    int at = in.at();
    long low = in.unsigned(size);
    long high = in.unsigned(size);
    int first = section.relocation(at);
    int second = section.relocation(at + size);
    if (first < 0 && second < 0 && low == 0 && high == 0) {
      return false;
    }
    if (first < 0 && low == (size == 8 ? -1 : 0xffffffffL)) {
      unit.address(section, at + size, base);
      return true;
    }
    offset(section, first, low, from);
    offset(section, second, high, to);
    add();
    return true;
  }

  private void offset(DebugSection section, int relocation, long value, Place p) {
    if (relocation >= 0) {
      p.set(section, relocation);
    } else {
      p.set(base.section(), base.offset() + value);
    }
  }

  private boolean readEntry(Unit unit, DebugSection section, DwarfReader in) {
    int at = in.at();
    int kind = in.u8();
    switch (kind) {
      case DW_RLE_END_OF_LIST -> {
        return false;
      }
      case DW_RLE_BASE_ADDRESSX -> unit.indexed(in.uleb(), at, base);
      case DW_RLE_BASE_ADDRESS -> field(unit, section, in, base);
      case DW_RLE_OFFSET_PAIR -> {
        from.set(base.section(), base.offset() + in.uleb());
        to.set(base.section(), base.offset() + in.uleb());
        add();
      }
      case DW_RLE_STARTX_ENDX, DW_RLE_STARTX_LENGTH -> {
        unit.indexed(in.uleb(), at, from);
        if (kind == DW_RLE_STARTX_ENDX) {
          unit.indexed(in.uleb(), at, to);
        } else {
          to.set(from.section(), from.offset() + in.uleb());
        }
        add();
      }
      case DW_RLE_START_END, DW_RLE_START_LENGTH -> {
        field(unit, section, in, from);
        if (kind == DW_RLE_START_END) {
          field(unit, section, in, to);
        } else {
          to.set(from.section(), from.offset() + in.uleb());
        }
        add();
      }
      default -> throw in.bad(at, "unknown entry " + kind + " in a list of ranges");
    }
    return true;
  }

  private static void field(Unit unit, DebugSection section, DwarfReader in, Place p) {
    int at = in.at();
    in.skip(unit.encoding().addressSize());
    unit.address(section, at, p);
  }
}
