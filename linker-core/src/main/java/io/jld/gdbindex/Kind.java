package io.jld.gdbindex;

/**
 * What the index says of a name in a unit: bits 24 to 31 of an element of a CU vector, which are
 * also the flags of an entry of {@code .debug_gnu_pubnames} (GDB manual, "Index Section Format").
 */
final class Kind {
  static final int TYPE = 1 << 4;
  static final int VARIABLE = 2 << 4;
  static final int FUNCTION = 3 << 4;
  static final int OTHER = 4 << 4;

  /** Not known outside of its unit. */
  static final int STATIC = 1 << 7;

  /** What of such flags is defined. */
  static final int MASK = 0xf0;

  private Kind() {}
}
