package io.jld.input;

import java.lang.foreign.MemorySegment;

/**
 * Arrays that one task uses for one file after the other: the copies of string tables in which
 * names are hashed and interned, and a window for small tables. Each copy stays until the next file
 * is read.
 */
public final class ReadBuffers {
  private final Copy strings = new Copy();
  private final Copy sectionNames = new Copy();
  private final WordWindow words = new WordWindow();

  /** The copy of a string table. */
  private static final class Copy {
    private long[] words = {};
    private StringTable table;

    // Where the table is that has been copied.
    private MemorySegment data;
    private long at;

    StringTable of(MemorySegment data, long at, long size) {
      if (data.equals(this.data) && at == this.at) {
        return table;
      }
      int n = StringTable.words(size);
      if (words.length < n) {
        words = new long[withRoom(n)];
      }
      table = new StringTable(data, at, size, words);
      this.data = data;
      this.at = at;
      return table;
    }

    /** Enough for a file that is somewhat larger. */
    private static int withRoom(int words) {
      return words > 1 << 20 ? words : words + words / 2;
    }
  }

  /**
   * The table with the names of a file's symbols.
   *
   * @param data the file's
   */
  StringTable strings(MemorySegment data, long at, long size) {
    return strings.of(data, at, size);
  }

  /** The table with the names of a file's sections. */
  StringTable sectionNames(MemorySegment data, long at, long size) {
    return sectionNames.of(data, at, size);
  }

  /** For small tables of words. */
  WordWindow words() {
    return words;
  }
}
