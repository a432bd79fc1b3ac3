package io.jld.asmb;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * A block that was written, for {@code --print-blocks}. Its bytes are read back from the output
 * when it is printed, so that nothing has to be kept while blocks are written by many threads, and
 * they can be printed in order at the end.
 *
 * @param kind the writer's name: codeblk, datblk, dwarfblk
 * @param addr address of the first byte
 * @param size in bytes
 * @param offset in the output
 */
record BlockLog(String kind, long addr, long size, long offset) {
  private static final int BYTES_PER_LINE = 16;

  /** One line for the block, then its bytes in hex, each line with its address. */
  void print(Link ctxt, MemorySegment bytes) {
    ctxt.message(
        kind + " [0x" + hex(addr) + ",0x" + hex(addr + size) + ") at offset 0x" + hex(offset));
    HexFormat spaced = HexFormat.ofDelimiter(" ");
    byte[] line = new byte[BYTES_PER_LINE];
    for (long at = 0; at < size; at += BYTES_PER_LINE) {
      int n = (int) Math.min(BYTES_PER_LINE, size - at);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset + at, line, 0, n);
      ctxt.message("\t0x" + hex(addr + at) + "\t" + spaced.formatHex(line, 0, n));
    }
  }

  private static String hex(long value) {
    return Long.toHexString(value);
  }
}
