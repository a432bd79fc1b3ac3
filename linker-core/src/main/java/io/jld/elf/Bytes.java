package io.jld.elf;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * Copies between memory and arrays; words are little-endian.
 *
 * <p>Nothing here accesses a segment by a layout: the first such access costs a process 15 ms,
 * since the JVM makes classes for its handles that no AOT cache holds, and a small link has no need
 * of it. A copy from segment to segment takes none.
 */
public final class Bytes {
  private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  /** What short gaps are filled from, so that they take no more code than a copy. */
  private static final MemorySegment ZEROS = MemorySegment.ofArray(new byte[256]).asReadOnly();

  private Bytes() {}

  /**
   * Copies {@code n} bytes from one segment to another. All copies of some kilobytes and less go
   * through here. This is one method, too large to be inlined by the JVM's first compiler: what a
   * copy does in the JDK becomes several kilobytes of machine code, and to compile them for every
   * place that copies would cost a small link more than the copies do.
   *
   * @throws IndexOutOfBoundsException where either segment is too short
   */
  public static void move(MemorySegment from, long at, MemorySegment to, long i, long n) {
    if (n <= 0) {
      if (n < 0) {
        throw new IndexOutOfBoundsException("a copy of " + n + " bytes");
      }
      return;
    }
    MemorySegment.copy(from, at, to, i, n);
  }

  /** Fills {@code n} bytes with zeros. */
  public static void zero(MemorySegment s, long at, long n) {
    if (n <= ZEROS.byteSize()) {
      move(ZEROS, 0, s, at, n);
    } else {
      s.asSlice(at, n).fill((byte) 0);
    }
  }

  /** Copies {@code n} bytes. */
  public static void copy(MemorySegment from, long at, byte[] to, int i, int n) {
    move(from, at, MemorySegment.ofArray(to), i, n);
  }

  /** Copies {@code n} bytes. */
  public static void copy(byte[] from, int i, MemorySegment to, long at, int n) {
    move(MemorySegment.ofArray(from), i, to, at, n);
  }

  /** Copies {@code n} words of two bytes to the start of {@code to}. */
  public static void copy(MemorySegment from, long at, short[] to, int n) {
    move(from, at, MemorySegment.ofArray(to), 0, 2L * n);
    if (SWAP) {
      for (int i = 0; i < n; i++) {
        to[i] = Short.reverseBytes(to[i]);
      }
    }
  }

  /** Copies {@code n} words of four bytes to the start of {@code to}. */
  public static void copy(MemorySegment from, long at, int[] to, int n) {
    move(from, at, MemorySegment.ofArray(to), 0, 4L * n);
    if (SWAP) {
      for (int i = 0; i < n; i++) {
        to[i] = Integer.reverseBytes(to[i]);
      }
    }
  }

  /** Copies {@code n} words of eight bytes to the start of {@code to}. */
  public static void copy(MemorySegment from, long at, long[] to, int n) {
    move(from, at, MemorySegment.ofArray(to), 0, 8L * n);
    if (SWAP) {
      for (int i = 0; i < n; i++) {
        to[i] = Long.reverseBytes(to[i]);
      }
    }
  }

  /** Copies the first {@code n} words of four bytes, which are lost if the host is big-endian. */
  public static void copy(int[] from, int n, MemorySegment to, long at) {
    if (SWAP) {
      for (int i = 0; i < n; i++) {
        from[i] = Integer.reverseBytes(from[i]);
      }
    }
    move(MemorySegment.ofArray(from), 0, to, at, 4L * n);
  }

  /** All of a segment, which is shorter than 2 GiB. */
  public static byte[] of(MemorySegment s) {
    return of(s, 0, (int) s.byteSize());
  }

  /** A part of a segment. */
  public static byte[] of(MemorySegment s, long at, int n) {
    byte[] bytes = new byte[n];
    copy(s, at, bytes, 0, n);
    return bytes;
  }

  /** The byte at {@code at}, from 0 to 255. */
  public static int u8(MemorySegment s, long at) {
    return of(s, at, 1)[0] & 0xff;
  }

  public static int u16(MemorySegment s, long at) {
    byte[] b = of(s, at, 2);
    return b[0] & 0xff | (b[1] & 0xff) << 8;
  }

  public static int s32(MemorySegment s, long at) {
    return s32(of(s, at, 4), 0);
  }

  public static long u64(MemorySegment s, long at) {
    return s64(of(s, at, 8), 0);
  }

  /** The word of four bytes at {@code i}. */
  public static int s32(byte[] b, int i) {
    return b[i] & 0xff | (b[i + 1] & 0xff) << 8 | (b[i + 2] & 0xff) << 16 | b[i + 3] << 24;
  }

  /** The word of eight bytes at {@code i}. */
  public static long s64(byte[] b, int i) {
    return s32(b, i) & 0xffffffffL | (long) s32(b, i + 4) << 32;
  }

  /** Writes the lowest {@code n} bytes of {@code v}, from 1 to 8. */
  public static void put(MemorySegment s, long at, long v, int n) {
    byte[] b = new byte[n];
    for (int i = 0; i < n; i++) {
      b[i] = (byte) (v >>> (8 * i));
    }
    copy(b, 0, s, at, n);
  }
}
