package io.jld.dwarf;

import io.jld.elf.Bytes;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;

/**
 * Reads DWARF's primitive values one after the other (DWARF 5, section 7). Whatever lies outside of
 * the part that may be read is a {@link LinkException}.
 */
public final class DwarfReader {
  private final ObjectFile file;
  private final int section;
  private final byte[] bytes;
  private final int end;
  private int at;

  /**
   * @param section index of the section that is read, for errors
   * @param bytes its content
   * @param at where to begin
   * @param end where what may be read ends
   */
  public DwarfReader(ObjectFile file, int section, byte[] bytes, int at, int end) {
    this.file = file;
    this.section = section;
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    if (at < 0 || at > end || end > bytes.length) {
      throw bad(at, "offset lies outside of the section");
    }
  }

  public int at() {
    return at;
  }

  public int end() {
    return end;
  }

  public boolean hasMore() {
    return at < end;
  }

  /** Moves forward, never back. */
  public void seek(long to) {
    if (to < at || to > end) {
      throw tooShort();
    }
    at = (int) to;
  }

  /** Passes over {@code n} bytes; many, where it is negative. */
  public void skip(long n) {
    if (n < 0 || n > end - at) {
      throw tooShort();
    }
    at += (int) n;
  }

  /** An error of the section at an offset in it. */
  public LinkException bad(long offset, String message) {
    return new LinkException(
        DiagnosticCode.MALFORMED_CONTENT, file.location(section, offset), message);
  }

  private LinkException tooShort() {
    return bad(at, "debug information ends too early");
  }

  /** Passes over {@code n} bytes and returns where they begin. */
  private int pass(int n) {
    if (end - at < n) {
      throw tooShort();
    }
    at += n;
    return at - n;
  }

  public int u8() {
    return bytes[pass(1)] & 0xff;
  }

  public int s8() {
    return bytes[pass(1)];
  }

  public int u16() {
    int i = pass(2);
    return bytes[i] & 0xff | (bytes[i + 1] & 0xff) << 8;
  }

  public long u32() {
    return Bytes.s32(bytes, pass(4)) & 0xffffffffL;
  }

  public long u64() {
    return Bytes.s64(bytes, pass(8));
  }

  /** An unsigned value of 1, 2, 3, 4 or 8 bytes. */
  public long unsigned(int size) {
    return switch (size) {
      case 1 -> u8();
      case 2 -> u16();
      case 3 -> u16() | (long) u8() << 16;
      case 4 -> u32();
      case 8 -> u64();
      default -> throw bad(at, "no values have " + size + " bytes");
    };
  }

  /** An offset into a section: 4 bytes in the 32-bit format, 8 in the 64-bit format. */
  public long offset(boolean dwarf64) {
    return dwarf64 ? u64() : u32();
  }

  /**
   * Where a unit ends whose length comes now (DWARF 5, section 7.4, "unit_length").
   *
   * @return the end, not beyond that of what may be read; its complement for the 64-bit format
   */
  public int unitEnd() {
    long length = u32();
    boolean dwarf64 = length == 0xffffffffL;
    if (dwarf64) {
      length = u64();
    } else if (length >= 0xfffffff0L) {
      throw bad(at - 4, "reserved unit length");
    }
    if (length < 0 || length > end - at) {
      throw bad(at - 4, "unit is longer than its section");
    }
    int to = at + (int) length;
    return dwarf64 ? ~to : to;
  }

  /** Unsigned LEB128; bits beyond 64 are lost. */
  public long uleb() {
    long v = 0;
    for (int shift = 0; ; shift += 7) {
      int b = u8();
      if (shift < 64) {
        v |= (b & 0x7fL) << shift;
      }
      if (b < 0x80) {
        return v;
      }
    }
  }

  /** Signed LEB128; bits beyond 64 are lost. */
  public long sleb() {
    long v = 0;
    for (int shift = 0; ; ) {
      int b = u8();
      if (shift < 64) {
        v |= (b & 0x7fL) << shift;
        shift += 7;
      }
      if (b < 0x80) {
        return shift < 64 && (b & 0x40) != 0 ? v | -1L << shift : v;
      }
    }
  }

  /** Passes over a string and the NUL after it; returns its length in bytes. */
  public int string() {
    int from = at;
    while (u8() != 0) {}
    return at - 1 - from;
  }
}
