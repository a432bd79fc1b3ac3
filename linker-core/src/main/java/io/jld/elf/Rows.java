package io.jld.elf;

/**
 * Rows of two columns that are sorted by the first, a number without sign; rows with the same one
 * keep their order. Tables of hundreds of thousands of addresses are sorted in every link, and
 * sorting digit by digit needs no comparator and no object for a row.
 */
public final class Rows {
  private static final int BITS = 11;

  public long[] key;
  public long[] value;

  public Rows(int count) {
    key = new long[count];
    value = new long[count];
  }

  public int count() {
    return key.length;
  }

  public void sort() {
    int n = key.length;
    long differ = 0;
    boolean sorted = true;
    for (int i = 1; i < n; i++) {
      differ |= key[i] ^ key[0];
      sorted &= key[i] + Long.MIN_VALUE >= key[i - 1] + Long.MIN_VALUE;
    }
    if (sorted) {
      return;
    }
    long[] toKey = new long[n];
    long[] toValue = new long[n];
    int digits = 1 << BITS;
    for (int shift = 0; shift < 64 && differ >>> shift != 0; shift += BITS) {
      if ((differ >>> shift & (digits - 1)) == 0) {
        continue; // all rows have the same digit here
      }
      long[] fromKey = key;
      long[] fromValue = value;
      int[] next = new int[digits + 1];
      for (int i = 0; i < n; i++) {
        next[((int) (fromKey[i] >>> shift) & (digits - 1)) + 1]++;
      }
      for (int d = 1; d <= digits; d++) {
        next[d] += next[d - 1];
      }
      for (int i = 0; i < n; i++) {
        int to = next[(int) (fromKey[i] >>> shift) & (digits - 1)]++;
        toKey[to] = fromKey[i];
        toValue[to] = fromValue[i];
      }
      key = toKey;
      value = toValue;
      toKey = fromKey;
      toValue = fromValue;
    }
  }
}
