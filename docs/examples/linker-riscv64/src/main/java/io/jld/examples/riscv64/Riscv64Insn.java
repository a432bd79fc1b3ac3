package io.jld.examples.riscv64;

/**
 * The fields of instructions that relocations change (The RISC-V Instruction Set Manual, volume I,
 * "Base Instruction Formats" and "Compressed Instruction Formats"). Each method puts a value into
 * an instruction; bits that do not fit are the caller's to check.
 */
final class Riscv64Insn {
  static final int ZERO = 0;
  static final int GP = 3;
  static final int TP = 4;
  static final int A0 = 10;

  static final int NOP = 0x13;
  static final int C_NOP = 0x0001;
  static final int C_J = 0xa001;
  static final int JAL = 0x6f;
  static final int LUI = 0x37;
  static final int AUIPC = 0x17;
  static final int ADDI = 0x13;
  static final int LD = 0x3003;

  private Riscv64Insn() {}

  /** Whether a number fits a signed field of so many bits. */
  static boolean fits(long v, int bits) {
    return v >= -1L << bits - 1 && v < 1L << bits - 1;
  }

  /** {@code lui}, {@code auipc}: the upper 20 bits, such that the lower 12 are signed. */
  static int u(int insn, long v) {
    return insn & 0xfff | (int) (v + 0x800) & 0xfffff000;
  }

  /** Loads, {@code addi}, {@code jalr}: 12 bits. */
  static int i(int insn, long v) {
    return insn & 0xfffff | (int) v << 20;
  }

  /** Stores. */
  static int s(int insn, long v) {
    return insn & 0x1fff07f | (int) (v >> 5 & 0x7f) << 25 | (int) (v & 0x1f) << 7;
  }

  /** Branches: 13 bits, of which the lowest is 0. */
  static int b(int insn, long v) {
    return insn & 0x1fff07f
        | bits(v, 12, 1) << 31
        | bits(v, 5, 6) << 25
        | bits(v, 1, 4) << 8
        | bits(v, 11, 1) << 7;
  }

  /** {@code jal}: 21 bits, of which the lowest is 0. */
  static int j(int insn, long v) {
    return insn & 0xfff
        | bits(v, 20, 1) << 31
        | bits(v, 1, 10) << 21
        | bits(v, 11, 1) << 20
        | bits(v, 12, 8) << 12;
  }

  /** {@code c.beqz}, {@code c.bnez}: 9 bits, of which the lowest is 0. */
  static int cb(int insn, long v) {
    return insn & 0xe383
        | bits(v, 8, 1) << 12
        | bits(v, 3, 2) << 10
        | bits(v, 6, 2) << 5
        | bits(v, 1, 2) << 3
        | bits(v, 5, 1) << 2;
  }

  /** {@code c.j}: 12 bits, of which the lowest is 0. */
  static int cj(int insn, long v) {
    return insn & 0xe003
        | bits(v, 11, 1) << 12
        | bits(v, 4, 1) << 11
        | bits(v, 8, 2) << 9
        | bits(v, 10, 1) << 8
        | bits(v, 6, 1) << 7
        | bits(v, 7, 1) << 6
        | bits(v, 1, 3) << 3
        | bits(v, 5, 1) << 2;
  }

  /** {@code c.lui} of a register and the upper bits of a value, which fit six with a sign. */
  static int cLui(int rd, long v) {
    long high = v + 0x800 >> 12;
    return 0x6001 | bits(high, 5, 1) << 12 | rd << 7 | bits(high, 0, 5) << 2;
  }

  /** The instruction with another first source register. */
  static int withRs1(int insn, int reg) {
    return insn & ~(0x1f << 15) | reg << 15;
  }

  static int rd(int insn) {
    return insn >> 7 & 0x1f;
  }

  private static int bits(long v, int from, int count) {
    return (int) (v >> from) & (1 << count) - 1;
  }
}
