package io.jld.pass;

import java.util.Arrays;

/**
 * The dynamic relocations that one object's sections need, in columns: found by the scan, in the
 * order of sections and offsets, long before addresses are known.
 */
public final class DynamicRelocs {
  private int count;
  private int[] section = {};
  private long[] offset;
  private int[] type;
  private int[] symbol;
  private long[] addend;

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

  /** Most objects of a static link never need an array. */
  private void grow() {
    if (count == 0) {
      section = new int[16];
      offset = new long[16];
      type = new int[16];
      symbol = new int[16];
      addend = new long[16];
      return;
    }
    int n = count * 2;
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
