package io.jld.model;

import java.util.Arrays;

/**
 * The dynamic relocations that one object's sections need, in columns: found by the scan, in the
 * order of sections and offsets, long before addresses are known.
 */
public final class DynamicRelocs {
  /** In place of a section's number: offsets are those in {@code .got}. */
  public static final int IN_GOT = -1;

  /** Offsets are those in {@code .got.plt}. */
  public static final int IN_GOT_PLT = -2;

  /** Offsets are those among the copies in {@code .bss}. */
  public static final int IN_COPY = -3;

  /** Offsets are those among the copies that become read only. */
  public static final int IN_COPY_RELRO = -4;

  /** Offsets are those in {@code .eh_frame} as it is written. */
  public static final int IN_EH_FRAME = -5;

  /** Offsets are those among the copies that may be far away. */
  public static final int IN_COPY_LARGE = -6;

  // What each column starts with: most objects of a static link never need more.
  private static final int[] NO_INTS = {};
  private static final long[] NO_LONGS = {};

  private int count;
  private int[] section = NO_INTS;
  private long[] offset = NO_LONGS;
  private int[] type = NO_INTS;
  private int[] symbol = NO_INTS;
  private long[] addend = NO_LONGS;

  /**
   * @param sectionId number of the input section
   * @param off of the field in the section in bytes
   * @param sym the symbol's number
   */
  public void add(int sectionId, long off, int relType, int sym, long add) {
    if (count == section.length) {
      grow();
    }
    section[count] = sectionId;
    offset[count] = off;
    type[count] = relType;
    symbol[count] = sym;
    addend[count] = add;
    count++;
  }

  private void grow() {
    int n = Math.max(16, count * 2);
    section = Arrays.copyOf(section, n);
    offset = Arrays.copyOf(offset, n);
    type = Arrays.copyOf(type, n);
    symbol = Arrays.copyOf(symbol, n);
    addend = Arrays.copyOf(addend, n);
  }

  public int count() {
    return count;
  }

  public int section(int i) {
    return section[i];
  }

  public long offset(int i) {
    return offset[i];
  }

  public int type(int i) {
    return type[i];
  }

  /** Another type than the scan asked for, which could not know what other sections ask for. */
  public void setType(int i, int relType) {
    type[i] = relType;
  }

  public int symbol(int i) {
    return symbol[i];
  }

  /** Moves relocation {@code i} to {@code .relr.dyn}. */
  public void setPacked(int i) {
    type[i] = ~type[i];
  }

  public boolean isPacked(int i) {
    return type[i] < 0;
  }

  public long addend(int i) {
    return addend[i];
  }
}
