package tern.elf;

/** A name in an object (gABI, ch. 4, "Symbol Table"): defined in a section, or looked for. */
public final class Symbol {
  static final int LOCAL = 0;
  static final int GLOBAL = 1;
  static final int OBJECT = 1;
  static final int FUNC = 2;
  static final int SECTION = 3;
  static final int FILE = 4;

  final String name;
  int binding = GLOBAL;
  int type;

  /** Null where another object defines it. */
  Section section;

  int value;
  int size;

  /** Its place in the symbol table, once that has an order. */
  int index;

  Symbol(String name) {
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** Whether this object defines it, so that its distance from the code here is fixed. */
  public boolean isDefined() {
    return section != null;
  }

  public Symbol function(Section in, int at) {
    type = FUNC;
    section = in;
    value = at;
    return this;
  }

  public Symbol data(Section in, int at, int bytes) {
    type = OBJECT;
    section = in;
    value = at;
    size = bytes;
    return this;
  }

  /** Known in this object alone. */
  public Symbol local() {
    binding = LOCAL;
    return this;
  }

  public int value() {
    return value;
  }

  public int size() {
    return size;
  }

  public void size(int bytes) {
    size = bytes;
  }
}
