package io.jld.examples.riscv64;

import static io.jld.examples.riscv64.Riscv64Insn.fits;
import static io.jld.examples.riscv64.Riscv64Reloc.*;

import io.jld.arch.Relaxation;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Section;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * Linker relaxation (psABI, "Linker Relaxation"). An instruction that a {@code R_RISCV_RELAX}
 * stands beside may get shorter:
 *
 * <pre>
 *   auipc, jalr   to a function             jal, or c.j                     ({@link #JAL}, {@link #C_J})
 *   lui           of an absolute address    nothing, or c.lui               ({@link #FROM_GP}, ...)
 *   auipc         of an address             nothing
 *   lui, add      of a TLS offset           nothing                         ({@link #FROM_TP})
 * </pre>
 *
 * <p>Where the upper part is gone, the instruction with the lower one counts from the global
 * pointer, from {@code x0} or from the thread pointer. The upper part goes only where there is some
 * room left ({@link #MARGIN}), because several lower parts may share it whose addends are larger by
 * less than the alignment of what they address.
 *
 * <p>{@code R_RISCV_ALIGN} stands for padding that is too long in most cases; what is too much of
 * it always goes, with {@code --no-relax} too.
 */
final class Riscv64Relax {
  // Forms of relocations; with JAL the register for the return address is above the lowest byte.
  static final int JAL = 1;
  static final int C_J = 2;
  static final int FROM_GP = 3;
  static final int FROM_ZERO = 4;
  static final int FROM_TP = 5;
  static final int C_LUI = 6;

  private static final int EF_RISCV_RVC = 1;
  private static final int MARGIN = 64;

  private final Link ctxt;
  private final Symbols syms;
  private final Relocs r;
  private final Relaxation to;
  private final boolean rvc;
  private final long gp;

  private Riscv64Relax(Link ctxt, Relocs r, Relaxation to) {
    this.ctxt = ctxt;
    this.syms = ctxt.symbols();
    this.r = r;
    this.to = to;
    this.rvc = (r.objectFlags() & EF_RISCV_RVC) != 0;
    this.gp = gp(ctxt);
  }

  static void relax(Link ctxt, Relocs relocs, Relaxation to) {
    Riscv64Relax relax = new Riscv64Relax(ctxt, relocs, to);
    while (relocs.next()) {
      if (relocs.type() == R_RISCV_ALIGN) {
        relax.padding();
      } else if (ctxt.relax() && isMarked(relocs)) {
        relax.instruction();
      }
    }
  }

  /** Whether a {@code R_RISCV_RELAX} stands beside the current relocation. */
  static boolean isMarked(Relocs r) {
    return r.peekType() == R_RISCV_RELAX && r.peekOffset() == r.inputOffset();
  }

  // The global pointer

  /**
   * {@code __global_pointer$} where no script defines it: the middle of 4 KiB from the start of the
   * small data.
   */
  static long globalPointer(Link ctxt) {
    for (String name : new String[] {".sdata", ".data", ".got", ".sbss", ".bss"}) {
      Section s = ctxt.section(name);
      if (s != null) {
        return s.vaddr() + 0x800;
      }
    }
    return 0;
  }

  /**
   * What the register holds; 0 where it is not for this output's code to use. That is so in a
   * library, and where nothing refers to the symbol: nothing sets the register then.
   */
  static long gp(Link ctxt) {
    int sym = ctxt.isPic() ? 0 : ctxt.symbols().find(Riscv64.GLOBAL_POINTER);
    return sym == 0 ? 0 : ctxt.symbols().value(sym);
  }

  /** Whether the register reaches an address. */
  static boolean isNearGp(long gp, long address, long margin) {
    return gp != 0 && fits(address - gp, 12) && fits(address - gp + margin, 12);
  }

  // Decisions

  private void padding() {
    long n = r.addend();
    if (n > 0 && n <= Integer.MAX_VALUE && n <= r.sectionSize() - r.offset()) {
      to.align(r.offset(), (int) n, alignment(n));
    }
  }

  /** What padding of so many bytes is enough for: instructions have two bytes, or four. */
  static long alignment(long padding) {
    return Long.highestOneBit(padding) << 1;
  }

  private void instruction() {
    switch (r.type()) {
      case R_RISCV_CALL, R_RISCV_CALL_PLT -> call();
      case R_RISCV_HI20 -> high(syms.value(r.symbol()) + r.addend(), true);
      case R_RISCV_PCREL_HI20 -> {
        if (!ctxt.isPic()) {
          high(syms.value(r.symbol()) + r.addend(), false);
        }
      }
      case R_RISCV_TPREL_HI20, R_RISCV_TPREL_ADD -> {
        long v = Riscv64Tls.offset(ctxt, syms, r);
        if (has(4) && fits(v, 12) && fits(v + MARGIN, 12) && to.limit() >= 4) {
          to.delete(r.offset(), 4, FROM_TP);
        }
      }
      default -> {}
    }
  }

  /** Whether so many bytes are there. */
  private boolean has(int width) {
    return r.offset() <= r.sectionSize() - width;
  }

  private void call() {
    if (!has(8)) {
      return;
    }
    long distance = syms.callTarget(r.symbol()) + r.addend() - r.place();
    int rd = Riscv64Insn.rd(r.content().get32(r.offset() + 4));
    if (rvc && rd == Riscv64Insn.ZERO && fits(distance, 12) && to.limit() >= 6) {
      to.delete(r.offset() + 2, 6, C_J);
    } else if (fits(distance, 21) && to.limit() >= 4) {
      to.delete(r.offset() + 4, 4, JAL | rd << 8); // which goes with the jalr
    }
  }

  /**
   * @param lui whether the instruction may stay, in a shorter form
   */
  private void high(long address, boolean lui) {
    if (!has(4)) {
      return;
    }
    if (to.limit() >= 4 && fits(address, 12) && fits(address + MARGIN, 12)) {
      to.delete(r.offset(), 4, FROM_ZERO);
    } else if (to.limit() >= 4 && isNearGp(gp, address, MARGIN)) {
      to.delete(r.offset(), 4, FROM_GP);
    } else if (lui && rvc && to.limit() >= 2 && isShort(address)) {
      to.delete(r.offset() + 2, 2, C_LUI | Riscv64Insn.rd(r.content().get32(r.offset())) << 8);
    }
  }

  /** {@code c.lui} has six bits with a sign that are not all 0, and not all registers. */
  private boolean isShort(long address) {
    int rd = Riscv64Insn.rd(r.content().get32(r.offset()));
    long high = address + 0x800 >> 12;
    return rd != 0 && rd != 2 && high != 0 && fits(high, 6);
  }

  // What is written

  /** Writes a call in its short form. */
  static void applyCall(Relocs r, Slice s, long distance) {
    long at = r.offset();
    if (r.form() == C_J) {
      if (r.check(2)) {
        s.put16(at, Riscv64Insn.cj(Riscv64Insn.C_J, distance));
      }
    } else if (r.check(4)) {
      s.put32(at, Riscv64Insn.j(Riscv64Insn.JAL | r.form() >> 8 << 7, distance));
    }
  }

  /** Writes what is left of padding. */
  static void applyPadding(Relocs r, Slice s) {
    int left = r.form();
    if (r.addend() <= 0 || left > 0 && !r.check(left)) {
      return;
    }
    long alignment = alignment(r.addend());
    if ((r.place() + left & alignment - 1) != 0) {
      r.error(
          DiagnosticCode.MALFORMED_RELOCATION,
          r.addend() + " bytes of padding can not align what follows to " + alignment);
      return;
    }
    int n = 0;
    for (; n + 4 <= left; n += 4) {
      s.put32(r.offset() + n, Riscv64Insn.NOP);
    }
    if (n + 2 <= left) {
      s.put16(r.offset() + n, Riscv64Insn.C_NOP);
    }
  }
}
