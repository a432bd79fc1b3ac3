package io.jld.asmb;

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

  /** Read back at a time: a multiple of a line. */
  private static final int PIECE = 1 << 16;

  /** One line for the block, then its bytes in hex, each line with its address. */
  void print(Link ctxt, OutBuf out) {
    ctxt.message(
        kind + " [0x" + hex(addr) + ",0x" + hex(addr + size) + ") at offset 0x" + hex(offset));
    HexFormat spaced = HexFormat.ofDelimiter(" ");
    for (long at = 0; at < size; at += PIECE) {
      byte[] piece =
          out.bytes(offset + at, Math.min(PIECE, size - at)).toArray(ValueLayout.JAVA_BYTE);
      for (int i = 0; i < piece.length; i += BYTES_PER_LINE) {
        String bytes = spaced.formatHex(piece, i, Math.min(piece.length, i + BYTES_PER_LINE));
        ctxt.message("\t0x" + hex(addr + at + i) + "\t" + bytes);
      }
    }
  }

  private static String hex(long value) {
    return Long.toHexString(value);
  }
}
