package io.jld.input;

/**
 * Arrays that one task uses for one file after the other: the copies of string tables in which
 * names are hashed and interned, and a window for small tables.
 */
public final class ReadBuffers {
  private long[] strings = {};
  private long[] sectionNames = {};
  private final WordWindow words = new WordWindow();

  /** For a symbol table's names. */
  long[] strings(int words) {
    if (strings.length < words) {
      strings = new long[size(words)];
    }
    return strings;
  }

  /** For sections' names. */
  long[] sectionNames(int words) {
    if (sectionNames.length < words) {
      sectionNames = new long[size(words)];
    }
    return sectionNames;
  }

  /** For small tables of words. */
  WordWindow words() {
    return words;
  }

  /** With room for a file that is somewhat larger. */
  private static int size(int words) {
    return words > 1 << 20 ? words : words + words / 2;
  }
}
