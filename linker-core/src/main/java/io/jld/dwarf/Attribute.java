package io.jld.dwarf;

/**
 * The attributes whose values a {@link Die} keeps (DWARF 5, section 7.5.4; GNU extensions of DWARF
 * 4 where they came before a standard one). All others are passed over.
 */
public enum Attribute {
  SIBLING(0x01),
  NAME(0x03),
  LOW_PC(0x11),
  HIGH_PC(0x12),
  LANGUAGE(0x13),
  ABSTRACT_ORIGIN(0x31),
  DECLARATION(0x3c),
  EXTERNAL(0x3f),
  SPECIFICATION(0x47),
  RANGES(0x55),
  ENUM_CLASS(0x6d),
  STR_OFFSETS_BASE(0x72),
  ADDR_BASE(0x73, 0x2133),
  RNGLISTS_BASE(0x74),
  DWO_NAME(0x76, 0x2130);

  /** The number in place of an attribute that is not kept. */
  static final byte NONE = -1;

  private static final byte[] STANDARD = new byte[0x80];

  static {
    java.util.Arrays.fill(STANDARD, NONE);
    for (Attribute a : values()) {
      STANDARD[a.number] = (byte) a.ordinal();
    }
  }

  private final int number;
  private final int gnu;

  Attribute(int number) {
    this(number, 0);
  }

  Attribute(int number, int gnu) {
    this.number = number;
    this.gnu = gnu;
  }

  /** The {@link #ordinal} of the attribute with a number, or {@link #NONE}. */
  static byte of(long number) {
    if (number >= 0 && number < STANDARD.length) {
      return STANDARD[(int) number];
    }
    return number == DWO_NAME.gnu
        ? (byte) DWO_NAME.ordinal()
        : number == ADDR_BASE.gnu ? (byte) ADDR_BASE.ordinal() : NONE;
  }
}
