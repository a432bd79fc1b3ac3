package tern.code;

import tern.elf.Bytes;
import tern.elf.Section;

/**
 * .debug_line: which line each instruction comes from, as a program that fills a table (DWARF 4,
 * 6.2). Debuggers read it, and the linker for its messages.
 */
final class LineTable {
  private static final int DW_LNS_COPY = 1;
  private static final int DW_LNS_ADVANCE_PC = 2;
  private static final int DW_LNS_ADVANCE_LINE = 3;
  private static final int DW_LNS_SET_COLUMN = 5;
  private static final int DW_LNE_END_SEQUENCE = 1;
  private static final int DW_LNE_SET_ADDRESS = 2;

  private LineTable() {}

  /**
   * @return the section
   */
  static Section write(Code code, String source) {
    Section section = code.object.section(".debug_line", Section.PROGBITS, 0, 1);
    Bytes out = section.bytes;
    out.u32(0).u16(4); // the length, later; version 4
    int headerAt = out.size();
    out.u32(0);
    // Shortest instruction, operations of one, is_stmt; line_base, line_range, opcode_base.
    out.u8(1, 1, 1, -5, 14, 10);
    out.u8(0, 1, 1, 1, 1, 0, 0, 0, 1); // operands of the standard opcodes 1 to 9
    out.u8(0); // no directories
    out.text(source).uleb(0).uleb(0).uleb(0).u8(0);
    out.patch32(headerAt, out.size() - headerAt - 4);

    int word = code.target.wordSize();
    out.u8(0).uleb(word + 1).u8(DW_LNE_SET_ADDRESS);
    DebugInfo.address(code, section, 0);
    int offset = 0;
    int line = 1;
    for (int i = 0; i < code.rows.size(); i++) {
      Code.Row row = code.rows.get(i);
      boolean isEmpty = i + 1 < code.rows.size() && code.rows.get(i + 1).offset() == row.offset();
      if (!isEmpty) {
        out.u8(DW_LNS_ADVANCE_PC).uleb(row.offset() - offset);
        out.u8(DW_LNS_ADVANCE_LINE).sleb(row.place().line() - line);
        out.u8(DW_LNS_SET_COLUMN).uleb(row.place().column()).u8(DW_LNS_COPY);
        offset = row.offset();
        line = row.place().line();
      }
    }
    out.u8(DW_LNS_ADVANCE_PC).uleb(code.text.size() - offset);
    out.u8(0).uleb(1).u8(DW_LNE_END_SEQUENCE);
    out.patch32(0, out.size() - 4);
    return section;
  }
}
