package io.jld.dwarf;

/** The kinds of entries that are looked at (DWARF 5, section 7.5.3, table 7.3). */
public final class Tag {
  public static final int CLASS_TYPE = 0x02;
  public static final int ENUMERATION_TYPE = 0x04;
  public static final int IMPORTED_DECLARATION = 0x08;
  public static final int MEMBER = 0x0d;
  public static final int COMPILE_UNIT = 0x11;
  public static final int STRUCTURE_TYPE = 0x13;
  public static final int TYPEDEF = 0x16;
  public static final int UNION_TYPE = 0x17;
  public static final int MODULE = 0x1e;
  public static final int SET_TYPE = 0x20;
  public static final int SUBRANGE_TYPE = 0x21;
  public static final int BASE_TYPE = 0x24;
  public static final int CONSTANT = 0x27;
  public static final int ENUMERATOR = 0x28;
  public static final int SUBPROGRAM = 0x2e;
  public static final int VARIABLE = 0x34;
  public static final int INTERFACE_TYPE = 0x38;
  public static final int NAMESPACE = 0x39;
  public static final int UNSPECIFIED_TYPE = 0x3b;
  public static final int PARTIAL_UNIT = 0x3c;
  public static final int TYPE_UNIT = 0x41;
  public static final int SKELETON_UNIT = 0x4a;

  private Tag() {}
}
