package io.jld.frame;

import io.jld.asmb.Slice;
import io.jld.elf.Bytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The bytes of an {@code .eh_frame} section, copied, and those of what is made of it: records are
 * small, there are hundreds of thousands of them, and a {@link MemorySegment} costs too much where
 * each is read and written field by field.
 *
 * <p>One object serves one task.
 */
public final class FrameBytes {
  private byte[] in = {};
  private byte[] out = {};
  private int outSize;
  private final Slice record = new Slice();

  /** Takes the content of a section, which is shorter than 2 GiB. */
  public void load(MemorySegment content) {
    int n = (int) content.byteSize();
    if (in.length < n) {
      in = new byte[Math.max(n, 1 << 14)];
    }
    Bytes.copy(content, 0, in, 0, n);
  }

  /** A copy of the bytes from {@code at} to {@code end}, exclusive. */
  public byte[] copy(int at, int end) {
    return Arrays.copyOfRange(in, at, end);
  }

  public int u8(int at) {
    return in[at] & 0xff;
  }

  public long u32(int at) {
    return (in[at] & 0xff
            | (in[at + 1] & 0xff) << 8
            | (in[at + 2] & 0xff) << 16
            | (in[at + 3] & 0xff) << 24)
        & 0xffffffffL;
  }

  public long u64(int at) {
    return u32(at) | u32(at + 4) << 32;
  }

  /** Starts with output of the given size. */
  void begin(int bytes) {
    outSize = bytes;
    if (out.length < bytes) {
      out = new byte[Math.max(bytes, 1 << 14)];
    }
  }

  /**
   * Copies a record of the section to {@code to}, fills it up with zeros to {@code full} bytes, and
   * says so in its length.
   *
   * @return bytes of the length field
   */
  int copy(int from, int to, int length, int full) {
    System.arraycopy(in, from, out, to, length);
    for (int i = length; i < full; i++) {
      out[to + i] = 0;
    }
    if (u32(from) != 0xffffffffL) {
      put32(to, full - 4);
      return 4;
    }
    put32(to + 4, full - 12);
    put32(to + 8, 0);
    return 12;
  }

  void put32(int at, int v) {
    out[at] = (byte) v;
    out[at + 1] = (byte) (v >> 8);
    out[at + 2] = (byte) (v >> 16);
    out[at + 3] = (byte) (v >> 24);
  }

  /** A record of the output, for its relocations. */
  Slice edit(int at, int length) {
    record.open(out, at, length);
    return record;
  }

  /** Copies what was made to the section of the output. */
  void flush(MemorySegment section, long at) {
    Bytes.copy(out, 0, section, at, outSize);
  }
}
