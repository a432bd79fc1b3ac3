package tern.code;

import tern.elf.Bytes;
import tern.elf.Section;

/**
 * .eh_frame: how to find a function's caller, at every instruction (LSB 5, "Exception Frames";
 * DWARF 4, 6.4). Debuggers and C's unwinder, called by what we call, read it.
 *
 * <p>The canonical frame address is where the caller's stack pointer was before the call. All
 * functions begin and end alike:
 *
 * <pre>
 * push %rbp         CFA = rsp + 8
 * mov %rsp, %rbp    CFA = rsp + 16, the caller's rbp is at CFA - 16
 * ...               CFA = rbp + 16
 * leave
 * ret               CFA = rsp + 8
 * </pre>
 */
final class Frames {
  private static final int R_X86_64_PC32 = 2;
  private static final int R_386_PC32 = 2;
  private static final int DW_EH_PE_PCREL_SDATA4 = 0x1b;
  private static final int DW_CFA_ADVANCE_LOC = 0x40;
  private static final int DW_CFA_OFFSET = 0x80;
  private static final int DW_CFA_REMEMBER_STATE = 0x0a;
  private static final int DW_CFA_RESTORE_STATE = 0x0b;
  private static final int DW_CFA_DEF_CFA = 0x0c;
  private static final int DW_CFA_DEF_CFA_REGISTER = 0x0d;
  private static final int DW_CFA_DEF_CFA_OFFSET = 0x0e;
  private static final int DW_CFA_ADVANCE_LOC4 = 0x04;

  private final Code code;
  private final Section section;
  private final Bytes out;
  private final int word;

  // DWARF's numbers of the registers: psABI amd64, figure 3.36; psABI i386, table 2.14.
  private final int sp;
  private final int bp;
  private final int returnAddress;

  private Frames(Code code) {
    this.code = code;
    word = code.target.wordSize();
    boolean is64 = word == 8;
    sp = is64 ? 7 : 4;
    bp = is64 ? 6 : 5;
    returnAddress = is64 ? 16 : 8;
    section = code.object.section(".eh_frame", Section.PROGBITS, Section.ALLOC, word);
    out = section.bytes;
  }

  static void write(Code code) {
    Frames f = new Frames(code);
    f.commonInformation();
    code.functions.forEach(f::description);
  }

  /** The CIE: what holds at the first instruction of every function. */
  private void commonInformation() {
    int start = begin();
    out.u32(0).u8(1).text("zR").uleb(1).sleb(-word).uleb(returnAddress);
    out.uleb(1).u8(DW_EH_PE_PCREL_SDATA4);
    out.u8(DW_CFA_DEF_CFA).uleb(sp).uleb(word);
    out.u8(DW_CFA_OFFSET | returnAddress).uleb(1);
    end(start);
  }

  /** An FDE: a function's range, and what its instructions change. */
  private void description(Code.Function f) {
    int start = begin();
    out.u32(out.size()); // back to the CIE, which is the first in the section
    section.relocate(word == 8 ? R_X86_64_PC32 : R_386_PC32, code.object.of(code.text), f.start());
    out.u32(0).u32(f.end() - f.start()).uleb(0);
    out.u8(DW_CFA_ADVANCE_LOC | 1, DW_CFA_DEF_CFA_OFFSET).uleb(2 * word);
    out.u8(DW_CFA_OFFSET | bp).uleb(2);
    int move = word == 8 ? 3 : 2; // the length of mov %rsp, %rbp
    out.u8(DW_CFA_ADVANCE_LOC | move, DW_CFA_DEF_CFA_REGISTER).uleb(bp);
    int body = f.leave() + Machine.LEAVE_SIZE - f.start() - 1 - move;
    out.u8(DW_CFA_ADVANCE_LOC4).u32(body).u8(DW_CFA_REMEMBER_STATE);
    out.u8(DW_CFA_DEF_CFA).uleb(sp).uleb(word);
    out.u8(DW_CFA_ADVANCE_LOC | 1, DW_CFA_RESTORE_STATE); // behind ret: checks that failed
    end(start);
  }

  private int begin() {
    int start = out.size();
    out.u32(0); // the length, later
    return start;
  }

  private void end(int start) {
    out.align(word); // with DW_CFA_nop
    out.patch32(start, out.size() - start - 4);
  }
}
