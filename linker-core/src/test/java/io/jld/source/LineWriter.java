package io.jld.source;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes one unit of {@code .debug_line} for two files: number 1 is {@code main.c} in the directory
 * of the compiler, number 2 {@code util.h} in {@code inc}.
 */
final class LineWriter {
  static final String STRINGS = "/home/me\0inc\0main.c\0util.h\0";

  private final int version;
  private final boolean dwarf64;
  private final boolean is64;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Where relocations are wanted: offset, section, addend. */
  final List<long[]> relocs = new ArrayList<>();

  private final int program;
  private final int lengthAt;

  /**
   * @param strings number of the section with {@link #STRINGS}
   */
  LineWriter(int version, boolean dwarf64, boolean is64, int strings) {
    this.version = version;
    this.dwarf64 = dwarf64;
    this.is64 = is64;
    if (dwarf64) {
      number(-1, 4);
    }
    offset(0); // unit_length
    number(version, 2);
    if (version >= 5) {
      number(is64 ? 8 : 4, 1);
      number(0, 1);
    }
    lengthAt = out.size();
    offset(0); // header_length
    number(1, 1); // minimum_instruction_length
    if (version >= 4) {
      number(1, 1);
    }
    number(1, 1); // default_is_stmt
    number(-5, 1); // line_base
    number(14, 1); // line_range
    number(13, 1); // opcode_base
    out.writeBytes(new byte[] {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1});
    if (version >= 5) {
      out.writeBytes(new byte[] {1, 1, 0x1f, 2}); // one format: DW_LNCT_path, DW_FORM_line_strp
      line(strings, "/home/me");
      line(strings, "inc");
      out.writeBytes(new byte[] {2, 1, 0x1f, 2, 0x0b, 3}); // and DW_LNCT_directory_index
      for (String name : List.of("main.c", "main.c", "util.h")) {
        line(strings, name);
        number(name.equals("util.h") ? 1 : 0, 1);
      }
    } else {
      out.writeBytes("inc\0\0main.c\0\0\0\0util.h\0\1\0\0\0".getBytes(StandardCharsets.UTF_8));
    }
    program = out.size();
  }

  private void line(int strings, String name) {
    relocs.add(new long[] {out.size(), strings, STRINGS.indexOf(name)});
    offset(0);
  }

  private void number(long v, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (v >> 8 * i));
    }
  }

  private void offset(long v) {
    number(v, dwarf64 ? 8 : 4);
  }

  LineWriter uleb(long v) {
    for (; v > 0x7f; v >>>= 7) {
      out.write((int) (v & 0x7f | 0x80));
    }
    out.write((int) v);
    return this;
  }

  LineWriter ops(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  LineWriter setAddress(int section, long value) {
    int size = is64 ? 8 : 4;
    ops(0, size + 1, 2);
    relocs.add(new long[] {out.size(), section, value});
    number(0, size);
    return this;
  }

  LineWriter advanceLine(int lines) {
    return ops(3, lines & 0x7f); // one byte of SLEB128: -64 to 63
  }

  LineWriter advancePc(long bytes) {
    return ops(2).uleb(bytes);
  }

  LineWriter copy() {
    return ops(1);
  }

  LineWriter end() {
    return ops(0, 1, 1);
  }

  private static void patch(byte[] b, int at, long v, int bytes) {
    for (int i = 0; i < bytes; i++) {
      b[at + i] = (byte) (v >> 8 * i);
    }
  }

  byte[] bytes() {
    byte[] b = out.toByteArray();
    int size = dwarf64 ? 8 : 4;
    int start = dwarf64 ? 12 : 4;
    patch(b, start - size, b.length - start, size);
    patch(b, lengthAt, program - lengthAt - size, size);
    return b;
  }
}
