package io.jld.input;

import io.jld.elf.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * A copy of a string table, or another part of a file, in words of eight bytes, for the short time
 * in which all its names are hashed and interned. Many names are read of many small tables before
 * the JVM has compiled anything, and there an access to a {@link MemorySegment} costs hundreds of
 * times what one to an array does.
 *
 * <p>Where names are looked for, the table must end in NUL. Lengths and hashes are those that
 * {@link Names} gives.
 */
public final class StringTable {
  private static final long ATS = '@' * 0x0101010101010101L;

  /** No names. */
  static final StringTable NONE = new StringTable(new long[2], 0);

  private final long[] words;
  private final long size;

  /**
   * @param data the file
   * @param off where the table begins
   * @param size of the table in bytes, which the file has; less than 16 GiB
   */
  public StringTable(MemorySegment data, long off, long size) {
    this(data, off, size, new long[words(size)]);
  }

  private StringTable(long[] words, long size) {
    this.words = words;
    this.size = size;
  }

  /** As the other, in an array of at least {@link #words} elements. */
  StringTable(MemorySegment data, long off, long size, long[] words) {
    this.words = words;
    this.size = size;
    int full = (int) (size >>> 3);
    if (off + (full + 1L << 3) <= data.byteSize()) {
      Bytes.copy(data, off, words, full + 1); // what lies after the table does not matter
    } else {
      Bytes.copy(data, off, words, full);
      byte[] tail = new byte[8];
      Bytes.copy(data, off + 8L * full, tail, 0, (int) (size & 7));
      words[full] = Bytes.s64(tail, 0);
    }
  }

  /** How many words a table of {@code size} bytes takes. */
  static int words(long size) {
    return (int) (size >>> 3) + 2;
  }

  /** Size of the table in bytes. */
  long size() {
    return size;
  }

  /** Eight bytes from {@code off} on, the first of them lowest. */
  long word(long off) {
    int i = (int) (off >>> 3);
    int shift = (int) (off & 7) << 3;
    return words[i] >>> shift | words[i + 1] << 1 << (63 - shift);
  }

  /** Bytes before the first NUL from {@code off} on. */
  public int length(long off) {
    long p = off;
    while (true) {
      long zero = Names.zeros(word(p));
      if (zero != 0) {
        return (int) (p - off) + (Long.numberOfTrailingZeros(zero) >>> 3);
      }
      p += 8;
    }
  }

  /** As {@link #length}; its complement where there is an {@code @} in the name. */
  int lengthAndAt(long off) {
    long p = off;
    boolean at = false;
    while (true) {
      long w = word(p);
      long zero = Names.zeros(w);
      long found = Names.zeros(w ^ ATS);
      if (zero != 0) {
        int len = (int) (p - off) + (Long.numberOfTrailingZeros(zero) >>> 3);
        return at || Long.numberOfTrailingZeros(found) < Long.numberOfTrailingZeros(zero)
            ? ~len
            : len;
      }
      at |= found != 0;
      p += 8;
    }
  }

  /** {@link Names#hash} of {@code len} bytes. */
  public long hash(long off, int len) {
    long h = Names.start(len);
    long p = off;
    int left = len;
    for (; left >= 8; left -= 8, p += 8) {
      h = Names.step(h, word(p));
    }
    if (left > 0) {
      h = Names.step(h, word(p) & (1L << (left << 3)) - 1);
    }
    return Names.end(h);
  }

  /** Where the first {@code c} among {@code len} bytes is; -1 if there is none. */
  int indexOf(char c, long off, int len) {
    long pattern = c * 0x0101010101010101L;
    for (int i = 0; i < len; i += 8) {
      long found = Names.zeros(word(off + i) ^ pattern);
      if (found != 0) {
        int at = i + (Long.numberOfTrailingZeros(found) >>> 3);
        return at < len ? at : -1;
      }
    }
    return -1;
  }

  /**
   * The length of the name that a definition is known by: {@code name@@VERSION} defines {@code
   * name}.
   *
   * @param len of the name as it stands
   */
  int defaultVersion(long off, int len) {
    int at = versionAt(off, len);
    return at >= 0 && byteAt(off + at + 1) == '@' ? at : len;
  }

  /**
   * Where the {@code @} is that begins the name's version, which may be empty; -1 if it has none.
   */
  int versionAt(long off, int len) {
    int at = len < 2 ? -1 : indexOf('@', off + 1, len - 1);
    return at < 0 ? -1 : at + 1;
  }

  int byteAt(long off) {
    return (int) (words[(int) (off >>> 3)] >>> ((off & 7) << 3)) & 0xff;
  }

  /** Whether the name at {@code off} begins with {@code prefix}, which is ASCII. */
  boolean startsWith(long off, String prefix) {
    for (int i = 0; i < prefix.length(); i++) {
      if (byteAt(off + i) != prefix.charAt(i)) {
        return false; // at the table's last NUL, too
      }
    }
    return true;
  }

  /** Whether the name at {@code off} is {@code name}, which is ASCII. */
  boolean is(long off, String name) {
    return startsWith(off, name) && byteAt(off + name.length()) == 0;
  }
}
