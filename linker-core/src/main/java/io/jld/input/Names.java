package io.jld.input;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Names as they stand in string tables. A name is (segment, offset, length, hash) and becomes a
 * {@code String} only where a person reads it. The hash has no seed: the output's order may depend
 * on it.
 */
public final class Names {
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long K = 0x9E3779B97F4A7C15L;

  private Names() {}

  /** Bytes before the first NUL from {@code off} on; to the segment's end where there is none. */
  public static int length(MemorySegment s, long off) {
    long end = s.byteSize();
    long p = off;
    while (p + 8 <= end) {
      long w = s.get(WORD, p);
      long zero = zeros(w);
      if (zero != 0) {
        return (int) (p + (Long.numberOfTrailingZeros(zero) >>> 3) - off);
      }
      p += 8;
    }
    while (p < end && s.get(ValueLayout.JAVA_BYTE, p) != 0) {
      p++;
    }
    return (int) (p - off);
  }

  /** A 64-bit hash of {@code len} bytes. */
  public static long hash(MemorySegment s, long off, int len) {
    long h = start(len);
    long p = off;
    long end = off + len;
    while (p + 8 <= end) {
      h = step(h, s.get(WORD, p));
      p += 8;
    }
    if (p < end) {
      long tail = 0;
      for (int shift = 0; p < end; p++, shift += 8) {
        tail |= (s.get(ValueLayout.JAVA_BYTE, p) & 0xffL) << shift;
      }
      h = step(h, tail);
    }
    return end(h);
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
    int i = 0;
    for (; i + 8 <= len; i += 8) {
      if (a.get(WORD, aOff + i) != b.get(WORD, bOff + i)) {
        return false;
      }
    }
    for (; i < len; i++) {
      if (a.get(ValueLayout.JAVA_BYTE, aOff + i) != b.get(ValueLayout.JAVA_BYTE, bOff + i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the name at {@code off} begins with {@code prefix}, which is ASCII. */
  public static boolean startsWith(MemorySegment s, long off, String prefix) {
    int n = prefix.length();
    if (off + n > s.byteSize()) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      if (s.get(ValueLayout.JAVA_BYTE, off + i) != (byte) prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the NUL-terminated name at {@code off} is {@code name}, which is ASCII. */
  public static boolean is(MemorySegment s, long off, String name) {
    return startsWith(s, off, name)
        && (off + name.length() >= s.byteSize()
            || s.get(ValueLayout.JAVA_BYTE, off + name.length()) == 0);
  }

  public static String string(MemorySegment s, long off, int len) {
    byte[] b = new byte[len];
    MemorySegment.copy(s, ValueLayout.JAVA_BYTE, off, b, 0, len);
    return new String(b, StandardCharsets.UTF_8);
  }

  /** The NUL-terminated name at {@code off}. */
  public static String string(MemorySegment s, long off) {
    return string(s, off, length(s, off));
  }
}
