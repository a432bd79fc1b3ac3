package io.jld.symbol;

import java.util.Arrays;

/**
 * What has been taken out of a section of code, and what has become of its relocations. It never
 * changes: each round of relaxation makes another one.
 */
public class SectionEdit {
  private final long inputSize;

  /** Where bytes have been taken out, in the section as it was read; ascending. */
  private final long[] starts;

  /** Bytes taken out there and before. */
  private final long[] removed;

  /** Numbers of the relocations of which something has been said; ascending. */
  protected final int[] relocs;

  private final int[] forms;

  /**
   * @param inputSize bytes of the section as it was read
   * @param starts offsets in it; ascending
   * @param removed bytes taken out up to there, those at this place included
   * @param relocs numbers of relocations, ascending
   * @param forms what has become of each
   */
  public SectionEdit(long inputSize, long[] starts, long[] removed, int[] relocs, int[] forms) {
    this.inputSize = inputSize;
    this.starts = starts;
    this.removed = removed;
    this.relocs = relocs;
    this.forms = forms;
  }

  public final long inputSize() {
    return inputSize;
  }

  /** Bytes that are left. */
  public final long size() {
    return inputSize - removed(starts.length - 1);
  }

  private long removed(int i) {
    return i < 0 ? 0 : removed[i];
  }

  /**
   * Where what stood at an offset of the section as it was read stands now; where that was taken
   * out, what followed it.
   */
  public final long map(long offset) {
    int lo = 0;
    int hi = starts.length;
    while (lo < hi) { // the first that starts behind it
      int mid = (lo + hi) >>> 1;
      if (starts[mid] < offset) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    if (lo == 0) {
      return offset;
    }
    long gone = removed[lo - 1] - removed(lo - 2);
    long over = Math.max(0, starts[lo - 1] + gone - offset);
    return offset - removed[lo - 1] + over;
  }

  /** What has become of a relocation; 0 where nothing has been said of it. */
  public final int form(int reloc) {
    int i = Arrays.binarySearch(relocs, reloc);
    return i < 0 ? 0 : forms[i];
  }

  /** Whether the same bytes are taken out; {@code other} may be null, which takes none. */
  public final boolean takesSame(SectionEdit other) {
    return other == null
        ? starts.length == 0
        : Arrays.equals(starts, other.starts) && Arrays.equals(removed, other.removed);
  }

  /** What is left of the content. */
  public final byte[] cut(byte[] content) {
    byte[] left = new byte[Math.toIntExact(size())];
    int from = 0;
    int to = 0;
    for (int i = 0; i < starts.length; i++) {
      int n = (int) starts[i] - from;
      System.arraycopy(content, from, left, to, n);
      to += n;
      from = (int) (starts[i] + removed[i] - removed(i - 1));
    }
    System.arraycopy(content, from, left, to, content.length - from);
    return left;
  }
}
