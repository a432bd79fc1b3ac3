package io.jld.dwarf;

/**
 * A debugging information entry: its tag and those of its attributes that are kept. One object
 * serves many entries, one after the other.
 */
public final class Die {
  private static final int COUNT = Attribute.values().length;

  private int offset;
  private int tag;
  private boolean children;
  private int kept;
  private final int[] form = new int[COUNT];
  private final long[] value = new long[COUNT];
  private final int[] place = new int[COUNT];

  /**
   * Reads the next entry.
   *
   * @return false where it is the end of a list of children
   */
  public boolean read(DwarfReader in, Unit unit) {
    offset = in.at();
    kept = 0;
    long code = in.uleb();
    if (code == 0) {
      tag = 0;
      return false;
    }
    Abbreviations table = unit.abbreviations();
    int a = table.find(code);
    if (a < 0) {
      throw in.bad(offset, "there is no abbreviation " + code);
    }
    tag = table.tag(a);
    children = table.hasChildren(a);
    int size = table.plainSize(a, unit.encoding());
    if (size >= 0) {
      in.skip(size);
    } else {
      readAttributes(in, unit.encoding(), table, table.first(a), table.first(a + 1));
    }
    return true;
  }

  private void readAttributes(
      DwarfReader in, Encoding unit, Abbreviations table, int first, int end) {
    for (int i = first; i < end; i++) {
      int f = table.form(i);
      while (f == Form.INDIRECT) {
        f = (int) Math.min(0x10000, in.uleb() & Long.MAX_VALUE);
      }
      int at = in.at();
      long v = f == Form.IMPLICIT_CONST ? table.constant(i) : Form.read(in, f, unit);
      int a = table.attribute(i);
      if (a != Attribute.NONE) {
        kept |= 1 << a;
        form[a] = f;
        value[a] = v;
        place[a] = at;
      }
    }
  }

  /** Where it begins in its section. */
  public int offset() {
    return offset;
  }

  /** {@code DW_TAG_*}; 0 for one that is beyond all that are known. */
  public int tag() {
    return tag;
  }

  public boolean hasChildren() {
    return children;
  }

  public boolean has(Attribute a) {
    return (kept & 1 << a.ordinal()) != 0;
  }

  /** Whether a flag is there and set. */
  public boolean is(Attribute a) {
    return has(a) && value[a.ordinal()] != 0;
  }

  /** {@code DW_FORM_*} of an attribute that is there. */
  public int form(Attribute a) {
    return form[a.ordinal()];
  }

  /** What {@link Form#read} says of an attribute that is there. */
  public long value(Attribute a) {
    return value[a.ordinal()];
  }

  /** Where the value of an attribute that is there stands in its section. */
  public int place(Attribute a) {
    return place[a.ordinal()];
  }
}
