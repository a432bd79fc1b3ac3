package io.jld.write;

import io.jld.elf.Bytes;
import io.jld.input.NameWindow;
import java.lang.foreign.MemorySegment;

/** A part of the output's string table on its way there: names with their NULs, one by one. */
public final class NameWriter {
  private static final int SIZE = 1 << 14;

  private final MemorySegment out;
  private long at;
  private byte[] bytes = new byte[SIZE];
  private int count;

  NameWriter(MemorySegment out) {
    this.out = out;
  }

  /** Goes to where the next name begins; the names before have been flushed. */
  void seek(long begin) {
    at = begin;
  }

  /** Offset of the next name. */
  long offset() {
    return at + count;
  }

  /**
   * Appends a name.
   *
   * @param off where it begins in the window's table
   * @param length in bytes, without its NUL
   */
  void add(NameWindow window, long off, int length) {
    if (length >= bytes.length - count) {
      flush();
      if (length >= bytes.length) {
        bytes = new byte[length + 1];
      }
    }
    window.copy(off, length, bytes, count);
    count += length;
    bytes[count++] = 0;
  }

  void flush() {
    Bytes.copy(bytes, 0, out, at, count);
    at += count;
    count = 0;
  }
}
