package io.jld.input;

import io.jld.link.Location;
import java.lang.foreign.MemorySegment;

/** A file that defines or refers to symbols: an object, a shared library, or the linker itself. */
public abstract class InputFile {
  private final String file;
  private final String member;
  private final MemorySegment data;

  /**
   * Where the names of this file's global symbols begin in {@link #data}; then those of its groups'
   * signatures.
   */
  protected int[] nameOff = {};

  protected int[] nameLen = {};
  protected long[] nameHash = {};

  /** What {@link #nameWords} reads. */
  private StringTable names;

  private long namesAt;
  private StringTable otherNames;
  private long otherNamesAt;

  protected InputFile(String file, String member, MemorySegment data) {
    this.file = file;
    this.member = member;
    this.data = data;
  }

  public final MemorySegment data() {
    return data;
  }

  public final String file() {
    return file;
  }

  /** The archive member's name; null for a file of its own. */
  public final String member() {
    return member;
  }

  /** {@code FILE(MEMBER)}. */
  public final String displayName() {
    return member == null ? file : file + "(" + member + ")";
  }

  public final Location location() {
    return Location.file(file, member);
  }

  public final int nameCount() {
    return nameOff.length;
  }

  public final long nameOffset(int i) {
    return nameOff[i] & 0xffffffffL;
  }

  public final int nameLength(int i) {
    return nameLen[i];
  }

  public final long nameHash(int i) {
    return nameHash[i];
  }

  /**
   * Names the string tables that hold the names, for {@link #nameWords}.
   *
   * @param at where the table begins in {@link #data}
   * @param other a second table; may be null
   */
  protected final void setNameTables(StringTable table, long at, StringTable other, long otherAt) {
    names = table;
    namesAt = at;
    otherNames = other;
    otherNamesAt = otherAt;
  }

  /**
   * Copies a name's bytes in words of eight bytes, the first byte lowest, the last word filled up
   * with zeros. Only while the tables' copies hold this file's names.
   *
   * @param to takes them where it is large enough
   * @return {@code to}, or a larger array
   */
  public final long[] nameWords(int i, long[] to) {
    int len = nameLen[i];
    int n = (len + 7) >>> 3;
    long[] words = n <= to.length ? to : new long[2 * n];
    long off = nameOffset(i) - namesAt;
    StringTable table = names;
    if (otherNames != null && (off < 0 || off >= names.size())) {
      off = nameOffset(i) - otherNamesAt;
      table = otherNames;
    }
    for (int k = 0; k < n; k++) {
      words[k] = table.word(off + 8L * k);
    }
    if ((len & 7) != 0) {
      words[n - 1] &= (1L << (8 * (len & 7))) - 1;
    }
    return words;
  }
}
