package io.jld.x86;

import io.jld.arch.Relocs;
import io.jld.asmb.Slice;

/**
 * As much of the instruction encoding as relaxation needs (Intel SDM, volume 2, chapter 2).
 *
 * <p>An instruction with a memory operand is OPCODE MODRM [SIB] [DISP] [IMM]. ModRM is {@code mod:2
 * reg:3 rm:3}. A field that is relocated is the displacement, so that ModRM is the byte before it
 * where there is no SIB byte:
 *
 * <pre>
 *   mod rm
 *   10  base   disp32(%base)     base 4 would mean that a SIB byte follows
 *   00  101    disp32            no base register: the displacement is the address
 *   11  reg    a register operand
 * </pre>
 */
final class X86Insn {
  static final int LEA = 0x8d;
  static final int MOV_LOAD = 0x8b;
  static final int TEST = 0x85;
  static final int CALL = 0xe8;
  static final int JMP = 0xe9;
  static final int GROUP5 = 0xff; // call *mem is /2, jmp *mem is /4
  static final int ADDR_SIZE = 0x67;
  static final int NOP = 0x90;

  private X86Insn() {}

  /**
   * A byte of the content around the current relocation's field.
   *
   * @param delta counted from the field's first byte
   * @return 0 to 255; -1 outside of the section
   */
  static int at(Relocs r, int delta) {
    long i = r.offset() + delta;
    return i >= 0 && i < r.sectionSize() ? r.content().get8(i) : -1;
  }

  static void put8(Slice slice, long offset, int value) {
    slice.put8(offset, value);
  }

  static void put32(Slice slice, long offset, long value) {
    slice.put32(offset, (int) value);
  }

  /** {@code disp32(%base)}, without a SIB byte. */
  static boolean hasBase(int modrm) {
    return (modrm & 0xc0) == 0x80 && (modrm & 7) != 4;
  }

  /** {@code disp32}. */
  static boolean isBaseless(int modrm) {
    return (modrm & 0xc7) == 0x05;
  }

  /** ModRM's {@code reg}: a register, or the second half of the opcode. */
  static int reg(int modrm) {
    return (modrm >> 3) & 7;
  }

  /** {@code add, or, adc, sbb, and, sub, xor, cmp mem, %reg}. */
  static boolean isBinary(int opcode) {
    return (opcode & 0xc7) == 0x03;
  }

  /** Whether {@link #toImmediate} knows how to take a constant in place of the memory operand. */
  static boolean takesImmediate(int opcode) {
    return opcode == MOV_LOAD || opcode == TEST || isBinary(opcode);
  }

  /**
   * Rewrites opcode and ModRM so that the displacement becomes an immediate operand of 32 bits; the
   * length stays.
   *
   * <pre>
   *   8b /r  mov  mem, %reg    c7 /0  mov  $imm, %reg
   *   85 /r  test %reg, mem    f7 /0  test $imm, %reg
   *   03 /r  add  mem, %reg    81 /0  add  $imm, %reg    and likewise or, adc, sbb, and, sub, xor, cmp
   * </pre>
   *
   * @param offset of the displacement
   */
  static void toImmediate(Slice slice, long offset, int opcode, int modrm) {
    int register = 0xc0 | reg(modrm);
    switch (opcode) {
      case MOV_LOAD -> {
        put8(slice, offset - 2, 0xc7);
        put8(slice, offset - 1, register);
      }
      case TEST -> {
        put8(slice, offset - 2, 0xf7);
        put8(slice, offset - 1, register);
      }
      default -> {
        put8(slice, offset - 2, 0x81);
        put8(slice, offset - 1, register | (opcode & 0x38));
      }
    }
  }

  /**
   * Whether the field is the displacement of {@code call}, {@code jmp} or {@code jcc}: nothing but
   * the target's code is meant, and a PLT entry will do. Data is not looked at.
   */
  static boolean isBranch(Relocs r) {
    return !r.isWritable() && isBranch(r.content(), r.offset());
  }

  /** The same for a field of code, at {@code offset} of its section. */
  static boolean isBranch(Slice content, long offset) {
    if (offset < 1) {
      return false;
    }
    int last = content.get8(offset - 1);
    return last == CALL
        || last == JMP
        || ((last & 0xf0) == 0x80 && offset > 1 && content.get8(offset - 2) == 0x0f);
  }
}
