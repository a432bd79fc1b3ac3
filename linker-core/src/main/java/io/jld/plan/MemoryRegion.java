package io.jld.plan;

/**
 * A region of {@code MEMORY}: {@code rom (rx!w) : ORIGIN = 0x8000, LENGTH = 64K}. Output sections
 * that name no region go to the first one whose attributes match them.
 *
 * @param with of {@link #READ} and so on: a section belongs here that has one of these
 * @param without and none of these, which stand after a {@code !}
 * @param origin the first address
 * @param length in bytes
 */
public record MemoryRegion(
    Place place, String name, int with, int without, Expression origin, Expression length) {
  /** {@code r}: read-only. */
  public static final int READ = 1;

  /** {@code w}: data that may be written. */
  public static final int WRITE = 2;

  /** {@code x}: code. */
  public static final int EXEC = 4;

  /** {@code a}: in memory. */
  public static final int ALLOC = 8;

  /** {@code i} or {@code l}: loaded from the file. */
  public static final int LOAD = 16;

  private static final String LETTERS = "rwxal";

  /** The attribute that a letter means; 0 where it means none. */
  public static int attribute(char letter) {
    char c = Character.toLowerCase(letter);
    int i = LETTERS.indexOf(c == 'i' ? 'l' : c);
    return i < 0 ? 0 : 1 << i;
  }

  /** Whether a section with these attributes goes here unless it says something else. */
  public boolean matches(int attributes) {
    return (attributes & with) != 0 && (attributes & without) == 0;
  }

  /** The attributes as they are written, without parentheses: {@code rx!w}. */
  public String attributes() {
    String not = letters(without);
    return letters(with) + (not.isEmpty() ? "" : "!" + not);
  }

  private static String letters(int attributes) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < LETTERS.length(); i++) {
      if ((attributes & 1 << i) != 0) {
        s.append(LETTERS.charAt(i));
      }
    }
    return s.toString();
  }
}
