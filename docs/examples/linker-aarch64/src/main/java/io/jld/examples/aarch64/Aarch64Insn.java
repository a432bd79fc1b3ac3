package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Reloc.name;

import io.jld.arch.Relocs;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * The instructions that relocations change (Arm Architecture Reference Manual, "A64 Instruction Set
 * Encoding"), and their fields. All instructions are little-endian words.
 */
final class Aarch64Insn {
  static final int NOP = 0xd503201f;
  static final int BTI_C = 0xd503245f;
  static final int AUTIA1716 = 0xd503219f;

  /** {@code adrp x0, .}; the register is in the low five bits here and below. */
  static final int ADRP = 0x90000000;

  static final int ADR = 0x10000000;

  /** {@code add x0, x0, #0}: the source is in bits 5 to 9. */
  static final int ADD = 0x91000000;

  /** {@code ldr x0, [x0]}: the base is in bits 5 to 9. */
  static final int LDR = 0xf9400000;

  /** {@code ldr x0, .}. */
  static final int LDR_LITERAL = 0x58000000;

  /** {@code br x0}: the register is in bits 5 to 9. */
  static final int BR = 0xd61f0000;

  /** {@code ret x0}. */
  static final int RET = 0xd65f0000;

  static final int B = 0x14000000;

  /** {@code movz x0, #0, lsl #16}. */
  static final int MOVZ_16 = 0xd2a00000;

  static final int MOVZ = 0xd2800000;
  static final int MOVK = 0xf2800000;
  static final int MRS_TPIDR_X0 = 0xd53bd040;
  static final int MRS_TPIDR_X1 = 0xd53bd041;
  static final int ADD_X0_X1_X0 = 0x8b000020;
  static final int ADD_X16_X16_X17 = 0x8b110210;

  private Aarch64Insn() {}

  /** The register that an instruction writes. */
  static int rd(int insn) {
    return insn & 31;
  }

  /** The register that it reads: the base of a load. */
  static int rn(int insn) {
    return insn >> 5 & 31;
  }

  static boolean isAdrp(int insn) {
    return (insn & 0x9f000000) == ADRP;
  }

  /** {@code ldr xD, [xN, #imm]}. */
  static boolean isLoad(int insn) {
    return (insn & 0xffc00000) == LDR;
  }

  /** {@code add xD, xN, #imm}. */
  static boolean isAdd(int insn) {
    return (insn & 0xffc00000) == ADD;
  }

  /** The number of 4 KiB pages from a place's page to a target's. */
  static long pages(long place, long target) {
    return (target >> 12) - (place >> 12);
  }

  /** {@code adr} or {@code adrp} with 21 bits: the lower two are bits 29 and 30. */
  static int withImm21(int insn, long imm) {
    return insn & 0x9f00001f | (int) (imm & 3) << 29 | (int) (imm >> 2 & 0x7ffff) << 5;
  }

  /** An instruction with 12 bits from bit 10 on. */
  static int withImm12(int insn, long imm) {
    return insn & ~(0xfff << 10) | (int) (imm & 0xfff) << 10;
  }

  /** {@code movz}, {@code movn} or {@code movk} with 16 bits from bit 5 on. */
  static int withImm16(int insn, long imm) {
    return insn & ~(0xffff << 5) | (int) (imm & 0xffff) << 5;
  }

  // Fields, with the check that the psABI asks for.

  static void adrp(Relocs r, Slice s, long target) {
    long pages = pages(r.place(), target);
    fits(r, pages << 12, -(1L << 32), (1L << 32) - 1);
    s.put32(r.offset(), withImm21(s.get32(r.offset()), pages));
  }

  static void adrpUnchecked(Relocs r, Slice s, long target) {
    s.put32(r.offset(), withImm21(s.get32(r.offset()), pages(r.place(), target)));
  }

  static void adr(Relocs r, Slice s, long target) {
    long distance = target - r.place();
    fits(r, distance, -(1L << 20), (1L << 20) - 1);
    s.put32(r.offset(), withImm21(s.get32(r.offset()), distance));
  }

  /**
   * The offset in a page, in units of the access.
   *
   * @param scale the access has {@code 1 << scale} bytes
   */
  static void low12(Relocs r, Slice s, long target, int scale) {
    low(r, s, target & 0xfff, scale);
  }

  /** An offset of at most 15 bits. */
  static void low(Relocs r, Slice s, long offset, int scale) {
    if ((offset & (1L << scale) - 1) != 0) {
      r.error(
          DiagnosticCode.UNUSABLE_RELOCATION,
          name(r.type())
              + ": 0x"
              + Long.toHexString(offset)
              + " is not aligned to "
              + (1 << scale)
              + " bytes");
    }
    s.put32(r.offset(), withImm12(s.get32(r.offset()), offset >> scale));
  }

  /**
   * A distance in words.
   *
   * @param bits of the field, which begins at bit {@code at}
   */
  static void words(Relocs r, Slice s, long target, int bits, int at) {
    long distance = target - r.place();
    long reach = 1L << bits + 1;
    if (fits(r, distance, -reach, reach - 1) && (distance & 3) != 0) {
      r.error(
          DiagnosticCode.UNUSABLE_RELOCATION,
          name(r.type()) + ": the target is not aligned to 4 bytes");
    }
    int mask = (1 << bits) - 1 << at;
    s.put32(r.offset(), s.get32(r.offset()) & ~mask | (int) (distance >> 2) << at & mask);
  }

  /** 16 bits of a value in {@code movz} or {@code movk}. */
  static void move(Relocs r, Slice s, long value, int group) {
    s.put32(r.offset(), withImm16(s.get32(r.offset()), value >> 16 * group));
  }

  /** The same of a value that may be negative: then the instruction becomes {@code movn}. */
  static void moveSigned(Relocs r, Slice s, long value, int group) {
    int insn = s.get32(r.offset()) & ~(3 << 29);
    long bits = value < 0 ? ~value : value;
    s.put32(r.offset(), withImm16(insn | (value < 0 ? 0 : 2 << 29), bits >> 16 * group));
  }

  /** Reports a value that is not in a range; whether it is. */
  static boolean fits(Relocs r, long value, long min, long max) {
    boolean fits = value >= min && value <= max;
    if (!fits) {
      r.outOfRange(value, min, max);
    }
    return fits;
  }

  static boolean unsigned(Relocs r, long value, int bits) {
    return fits(r, value, 0, (1L << bits) - 1);
  }

  static void signed(Relocs r, long value, int bits) {
    fits(r, value, -(1L << bits - 1), (1L << bits - 1) - 1);
  }
}
