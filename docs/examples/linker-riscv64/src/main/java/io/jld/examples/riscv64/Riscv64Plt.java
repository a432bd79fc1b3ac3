package io.jld.examples.riscv64;

import io.jld.arch.ArchInfo.PltSizes;
import io.jld.arch.PltUnwind;
import io.jld.asmb.Slice;

/**
 * The procedure linkage table (psABI, "Procedure Linkage Table"). An entry jumps through its slot
 * and leaves the address behind itself in {@code t1}; an unbound slot leads to the header, which
 * makes the slot's offset of that for the loader's resolver.
 */
final class Riscv64Plt {
  static final PltSizes SIZES = new PltSizes(32, 16, 16);

  /** The frame's address is the stack pointer; the return address is in {@code ra} all the time. */
  static final PltUnwind UNWIND =
      new PltUnwind(-8, 1, new byte[] {0x0c, 2, 0}, new byte[0]); // DW_CFA_def_cfa sp, 0

  private Riscv64Plt() {}

  /**
   * <pre>
   *   1: auipc  t2, %pcrel_hi(.got.plt)
   *      sub    t1, t1, t3               address behind the entry's jalr - header
   *      ld     t3, %pcrel_lo(1b)(t2)    the resolver
   *      addi   t1, t1, -(32 + 12)       offset of the entry
   *      addi   t0, t2, %pcrel_lo(1b)
   *      srli   t1, t1, 1                offset of the slot
   *      ld     t0, 8(t0)                the loader's link map
   *      jr     t3
   * </pre>
   */
  static void writeHeader(Slice s, long addr, long gotPlt) {
    long v = gotPlt - addr;
    s.put32(0, Riscv64Insn.u(0x00000397, v));
    s.put32(4, 0x41c30333);
    s.put32(8, Riscv64Insn.i(0x0003be03, v));
    s.put32(12, 0xfd430313);
    s.put32(16, Riscv64Insn.i(0x00038293, v));
    s.put32(20, 0x00135313);
    s.put32(24, 0x0082b283);
    s.put32(28, 0x000e0067);
  }

  /**
   * <pre>
   *   1: auipc  t3, %pcrel_hi(slot)
   *      ld     t3, %pcrel_lo(1b)(t3)
   *      jalr   t1, t3
   *      nop
   * </pre>
   */
  static void writeEntry(Slice s, long addr, long slot) {
    long v = slot - addr;
    s.put32(0, Riscv64Insn.u(0x00000e17, v));
    s.put32(4, Riscv64Insn.i(0x000e3e03, v));
    s.put32(8, 0x000e0367);
    s.put32(12, Riscv64Insn.NOP);
  }
}
