package io.jld.source;

import io.jld.elf.ElfClass;
import io.jld.input.Names;
import java.lang.foreign.MemorySegment;

/**
 * Reads DWARF's primitive values one after the other (DWARF 5, section 7). Whatever lies outside of
 * the unit is an {@link IndexOutOfBoundsException}.
 */
public final class DwarfReader {
  private final MemorySegment bytes;
  private long at;

  /**
   * @param bytes up to the end of what may be read
   */
  public DwarfReader(MemorySegment bytes, long at) {
    this.bytes = bytes;
    this.at = at;
  }

  public long at() {
    return at;
  }

  public boolean hasMore() {
    return at < bytes.byteSize();
  }

  /** Moves forward, never back. */
  void seek(long to) {
    if (to < at || to > bytes.byteSize()) {
      throw new IndexOutOfBoundsException();
    }
    at = to;
  }

  void skip(long n) {
    if (n < 0 || n > bytes.byteSize() - at) {
      throw new IndexOutOfBoundsException();
    }
    at += n;
  }

  int u8() {
    return ElfClass.u8(bytes, at++);
  }

  int s8() {
    return (byte) u8();
  }

  int u16() {
    at += 2;
    return ElfClass.u16(bytes, at - 2);
  }

  long u32() {
    at += 4;
    return ElfClass.u32(bytes, at - 4);
  }

  long u64() {
    at += 8;
    return ElfClass.u64(bytes, at - 8);
  }

  /** An offset into a section: 4 bytes in the 32-bit format, 8 in the 64-bit format. */
  long offset(boolean dwarf64) {
    return dwarf64 ? u64() : u32();
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
  long sleb() {
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
  int string() {
    int length = Names.length(bytes, at);
    skip(length + 1L);
    return length;
  }
}
