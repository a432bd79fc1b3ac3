package io.jld.input;

import io.jld.elf.Bytes;
import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Names as they stand in string tables. A name is (segment, offset, length, hash) and becomes a
 * {@code String} only where a person reads it. The hash has no seed: the output's order may depend
 * on it.
 */
public final class Names {
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long K = 0x9E3779B97F4A7C15L;

  /** Bytes that are looked at at once. */
  private static final int PIECE = 1 << 12;

  private Names() {}

  /** Bytes before the first NUL from {@code off} on; to the segment's end where there is none. */
  public static int length(MemorySegment s, long off) {
    long end = s.byteSize();
    int piece = 64;
    for (long p = off; p < end; p += piece, piece = PIECE) {
      byte[] bytes = Bytes.of(s, p, (int) Math.min(piece, end - p));
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == 0) {
          return (int) (p + i - off);
        }
      }
    }
    return (int) (end - off);
  }

  /** A 64-bit hash of {@code len} bytes. */
  public static long hash(MemorySegment s, long off, int len) {
    long h = start(len);
    long[] words = new long[Math.min(PIECE / 8, len / 8)];
    int done = 0;
    while (len - done >= 8) {
      int n = Math.min(words.length, (len - done) / 8);
      Bytes.copy(s, off + done, words, n);
      for (int i = 0; i < n; i++) {
        h = step(h, words[i]);
      }
      done += 8 * n;
    }
    if (done < len) {
      byte[] rest = Bytes.of(s, off + done, len - done);
      long tail = 0;
      for (int i = 0; i < rest.length; i++) {
        tail |= (rest[i] & 0xffL) << (8 * i);
      }
      h = step(h, tail);
    }
    return end(h);
  }

  /** The same of a name in an array. */
  public static long hash(byte[] bytes, int off, int len) {
    long h = start(len);
    int i = off;
    for (int end = off + (len & ~7); i < end; i += 8) {
      h = step(h, Bytes.s64(bytes, i));
    }
    if ((len & 7) != 0) {
      long tail = 0;
      for (int k = 0; k < (len & 7); k++) {
        tail |= (bytes[i + k] & 0xffL) << (8 * k);
      }
      h = step(h, tail);
    }
    return end(h);
  }

  /** The hash of {@code DT_GNU_HASH}, djb2. */
  public static int gnuHash(byte[] name) {
    int h = 5381;
    for (byte b : name) {
      h = h * 33 + (b & 0xff);
    }
    return h;
  }

  // The hash in parts, for StringTable: the length, then words of eight bytes, the last filled up
  // with zeros.

  static long start(int len) {
    return len * K;
  }

  static long step(long h, long word) {
    long x = (h ^ word) * K;
    return x ^ (x >>> 32);
  }

  static long end(long h) {
    return h ^ (h >>> 29);
  }

  /**
   * The highest bit of the lowest byte of a word that is zero, and perhaps bits above it; 0 if no
   * byte is zero.
   */
  static long zeros(long word) {
    return (word - ONES) & ~word & HIGHS;
  }

  public static boolean equal(MemorySegment a, long aOff, MemorySegment b, long bOff, int len) {
    return len > PIECE
        ? MemorySegment.mismatch(a, aOff, aOff + len, b, bOff, bOff + len) < 0
        : Arrays.equals(Bytes.of(a, aOff, len), Bytes.of(b, bOff, len));
  }

  /** Whether the name at {@code off} begins with {@code prefix}, which is ASCII. */
  public static boolean startsWith(MemorySegment s, long off, String prefix) {
    int n = prefix.length();
    return off + n <= s.byteSize() && isPrefix(Bytes.of(s, off, n), prefix);
  }

  private static boolean isPrefix(byte[] name, String prefix) {
    for (int i = 0; i < prefix.length(); i++) {
      if (name[i] != (byte) prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the NUL-terminated name at {@code off} is {@code name}, which is ASCII. */
  public static boolean is(MemorySegment s, long off, String name) {
    long end = off + name.length();
    return startsWith(s, off, name) && (end >= s.byteSize() || Bytes.u8(s, end) == 0);
  }

  public static String string(MemorySegment s, long off, int len) {
    return NameBytes.string(Bytes.of(s, off, len));
  }

  /** The NUL-terminated name at {@code off}. */
  public static String string(MemorySegment s, long off) {
    return string(s, off, length(s, off));
  }
}
