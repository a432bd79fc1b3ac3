package io.jld.input;

/**
 * A file's names with their bytes in words of eight, which are read from copies of the string
 * tables that the names are in. It may be used as long as these hold the file's tables.
 */
public final class NameWords {
  private final FileNames names;
  private final StringTable table;
  private final long tableAt;
  private final StringTable other;
  private final long otherAt;

  /** Of names that are all in one table, where the file's data begin. */
  public NameWords(FileNames names, StringTable table) {
    this(names, table, 0, null, 0);
  }

  /**
   * @param tableAt where the table begins in the file's data
   * @param other a second table, which has the names that the first has not; may be null
   */
  NameWords(FileNames names, StringTable table, long tableAt, StringTable other, long otherAt) {
    this.names = names;
    this.table = table;
    this.tableAt = tableAt;
    this.other = other;
    this.otherAt = otherAt;
  }

  public FileNames names() {
    return names;
  }

  /**
   * Copies a name's bytes, the first one lowest in its word, the last word filled up with zeros.
   *
   * @param to takes them where it is large enough
   * @return {@code to}, or a larger array
   */
  public long[] copy(int i, long[] to) {
    int len = names.length(i);
    int n = (len + 7) >>> 3;
    long[] words = n <= to.length ? to : new long[2 * n];
    long off = names.offset(i) - tableAt;
    StringTable from = table;
    if (other != null && (off < 0 || off >= table.size())) {
      off = names.offset(i) - otherAt;
      from = other;
    }
    for (int k = 0; k < n; k++) {
      words[k] = from.word(off + 8L * k);
    }
    if ((len & 7) != 0) {
      words[n - 1] &= (1L << (8 * (len & 7))) - 1;
    }
    return words;
  }
}
