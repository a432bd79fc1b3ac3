package tern.elf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/** Bytes that grow, little-endian as both processors are. */
public final class Bytes {
  private byte[] bytes = new byte[256];
  private int size;

  public int size() {
    return size;
  }

  public byte[] toArray() {
    return Arrays.copyOf(bytes, size);
  }

  public Bytes u8(int... values) {
    for (int v : values) {
      if (size == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * size);
      }
      bytes[size++] = (byte) v;
    }
    return this;
  }

  public Bytes u16(int v) {
    return u8(v, v >> 8);
  }

  public Bytes u32(int v) {
    return u16(v).u16(v >> 16);
  }

  public Bytes u64(long v) {
    return u32((int) v).u32((int) (v >> 32));
  }

  /** An address, offset or size: 8 bytes or 4. */
  public Bytes word(boolean is64, long v) {
    return is64 ? u64(v) : u32((int) v);
  }

  /** DWARF 4, 7.6: seven bits a byte, the lowest first. */
  public Bytes uleb(int v) {
    int rest = v;
    while (rest >>> 7 != 0) {
      u8(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    return u8(rest);
  }

  /** The same for signed numbers: bit 6 of the last byte is the sign. */
  public Bytes sleb(int v) {
    int rest = v;
    while (rest < -64 || rest > 63) {
      u8(rest & 0x7f | 0x80);
      rest >>= 7;
    }
    return u8(rest & 0x7f);
  }

  /** The text in UTF-8 and a NUL. */
  public Bytes text(String s) {
    return bytes(s.getBytes(UTF_8)).u8(0);
  }

  public Bytes bytes(byte[] more) {
    for (byte b : more) {
      u8(b);
    }
    return this;
  }

  public Bytes align(int to) {
    return zeros(-size & (to - 1));
  }

  public Bytes zeros(int n) {
    for (int i = 0; i < n; i++) {
      u8(0);
    }
    return this;
  }

  /** Writes four bytes again, at an offset that has been written before. */
  public void patch32(int at, int v) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (v >> 8 * i);
    }
  }
}
