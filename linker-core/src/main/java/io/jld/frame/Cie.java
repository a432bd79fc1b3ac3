package io.jld.frame;

import java.util.Arrays;

/**
 * A common information entry of {@code .eh_frame} (LSB, "The Common Information Entry Format"):
 * what the frame descriptions of many functions have in common. Two are equal where they say the
 * same: the same bytes with the same references in them.
 */
public final class Cie {
  /** Where it refers to something, the words that {@link #Cie} takes, in one array. */
  private final long[] references;

  private final byte[] bytes;
  private final boolean addends;
  private final int encoding;
  private final int pointerWidth;

  /**
   * @param bytes the record, its length field included
   * @param references three words for each relocation: its offset in the record; the type, with the
   *     symbol's number in the link in the lower half; the addend
   * @param addends whether relocations have addends of their own; else those are among the bytes
   * @param wordSize bytes of an address
   */
  public Cie(byte[] bytes, long[] references, boolean addends, int wordSize) {
    this.bytes = bytes;
    this.references = references;
    this.addends = addends;
    encoding = PointerEncoding.ofFdes(bytes, wordSize);
    pointerWidth = PointerEncoding.width(encoding, wordSize);
  }

  /** How its FDEs encode the addresses of their functions, as {@link PointerEncoding} says it. */
  int encoding() {
    return encoding;
  }

  /** Bytes of addresses and sizes in its FDEs; 0 where that is not known. */
  public int pointerWidth() {
    return pointerWidth;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Cie other
        && addends == other.addends
        && Arrays.equals(bytes, other.bytes)
        && Arrays.equals(references, other.references);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + Arrays.hashCode(references);
  }
}
