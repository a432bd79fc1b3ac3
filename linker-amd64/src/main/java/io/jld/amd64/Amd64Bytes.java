package io.jld.amd64;

import io.jld.arch.Relocs;
import io.jld.asmb.Slice;
import java.util.Arrays;
import java.util.HexFormat;

/** What is written into code: fields that must fit, and instructions as bytes. */
final class Amd64Bytes {
  private Amd64Bytes() {}

  /** Writes a signed field of four bytes; where {@code v} does not fit, {@code r} says so. */
  static void putSigned32(Relocs r, Slice s, long at, long v) {
    if (v != (int) v) {
      r.outOfRange(v, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    s.put32(at, (int) v);
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
}
