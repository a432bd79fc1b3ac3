package io.jld.amd64;

import io.jld.arch.Relocs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Little-endian fields at any offset: the processor is so, and the host need not be. All offsets
 * are in bytes and have been checked by the caller.
 */
final class Bytes {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  /** The byte at {@code at}, from 0 to 255. */
  static int get8(MemorySegment s, long at) {
    return s.get(BYTE, at) & 0xff;
  }

  static int get16(MemorySegment s, long at) {
    return s.get(SHORT, at) & 0xffff;
  }

  static int get32(MemorySegment s, long at) {
    return s.get(INT, at);
  }

  /** Writes the low byte of {@code v}; likewise below. */
  static void put8(MemorySegment s, long at, int v) {
    s.set(BYTE, at, (byte) v);
  }

  static void put16(MemorySegment s, long at, int v) {
    s.set(SHORT, at, (short) v);
  }

  static void put32(MemorySegment s, long at, int v) {
    s.set(INT, at, v);
  }

  static void put64(MemorySegment s, long at, long v) {
    s.set(LONG, at, v);
  }

  /** Writes a signed field of four bytes; where {@code v} does not fit, {@code r} says so. */
  static void putSigned32(Relocs r, MemorySegment s, long at, long v) {
    if (v != (int) v) {
      r.outOfRange(v, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    s.set(INT, at, (int) v);
  }

  /**
   * Machine code that is written beside its assembly: in each line the bytes in hexadecimal, then
   * {@code #} and a comment.
   */
  static byte[] code(String listing) {
    byte[] code = new byte[listing.length() / 2];
    int n = 0;
    boolean comment = false;
    for (int i = 0; i < listing.length(); i++) {
      char c = listing.charAt(i);
      if (c == '\n') {
        comment = false;
      } else if (c == '#') {
        comment = true;
      } else if (!comment && c != ' ') {
        code[n++] = (byte) HexFormat.fromHexDigits(listing, i, i + 2);
        i++;
      }
    }
    return Arrays.copyOf(code, n);
  }

  static void copy(byte[] code, MemorySegment s, long at) {
    MemorySegment.copy(code, 0, s, BYTE, at, code.length);
  }
}
