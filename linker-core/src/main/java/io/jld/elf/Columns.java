package io.jld.elf;

/**
 * Fills arrays. A loop that a process enters once stays in the interpreter, which fills a hundred
 * elements in the time that the JVM takes to copy ten thousand. So a few are filled one by one, and
 * then all that is filled so far is copied, which doubles it each time.
 */
public final class Columns {
  private static final int SOME = 16;

  private Columns() {}

  public static void fill(int[] a, int value) {
    fill(a, 0, a.length, value);
  }

  /** Fills the elements from {@code from}, inclusive, to {@code to}, exclusive. */
  public static void fill(int[] a, int from, int to, int value) {
    int n = Math.min(SOME, to - from);
    for (int i = 0; i < n; i++) {
      a[from + i] = value;
    }
    spread(a, from, n, to);
  }

  public static void fill(long[] a, long value) {
    int n = Math.min(SOME, a.length);
    for (int i = 0; i < n; i++) {
      a[i] = value;
    }
    spread(a, 0, n, a.length);
  }

  /** Copies the first {@code n} elements after themselves until there are no more. */
  private static void spread(Object a, int from, int n, int to) {
    int done = n;
    while (done < to - from) {
      int more = Math.min(done, to - from - done);
      System.arraycopy(a, from, a, from + done, more);
      done += more;
    }
  }
}
