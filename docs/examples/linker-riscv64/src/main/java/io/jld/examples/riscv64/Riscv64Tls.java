package io.jld.examples.riscv64;

import static io.jld.examples.riscv64.Riscv64Reloc.*;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * Thread-local storage (psABI, "Thread Local Storage"): local exec ({@code TPREL}), initial exec
 * ({@code TLS_GOT_HI20}), general dynamic ({@code TLS_GD_HI20}; local dynamic is the same) keep
 * their models, as in GNU ld. Descriptors ({@code TLSDESC}) turn into initial or local exec in an
 * executable, since nothing there would fill them in if it is static:
 *
 * <pre>
 *   1: auipc  tX, %tlsdesc_hi(x)           nop                         nop
 *      ld     tY, %tlsdesc_load_lo(1b)(tX) nop                         nop
 *      addi   a0, tX, %tlsdesc_add_lo(1b)  auipc a0, %tls_ie_hi(x)     lui  a0, %tprel_hi(x)
 *      jalr   t0, tY, %tlsdesc_call(1b)    ld    a0, (lower 12)(a0)    addi a0, a0, %tprel_lo(x)
 * </pre>
 */
final class Riscv64Tls {
  private Riscv64Tls() {}

  static void scan(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    if (!syms.isTls(sym) && !syms.isUndefinedWeak(sym)) {
      r.error(DiagnosticCode.TLS_RELOCATION, against(syms, r) + ", which is not thread-local");
      return;
    }
    switch (r.type()) {
      case R_RISCV_TLS_GOT_HI20 -> initialExec(ctxt, syms, sym);
      case R_RISCV_TLS_GD_HI20 -> syms.need(sym, Need.TLS_GD);
      case R_RISCV_TLSDESC_HI20 -> {
        if (ctxt.isShared()) {
          syms.need(sym, Need.TLS_DESC);
        } else if (syms.isPreemptible(sym)) {
          initialExec(ctxt, syms, sym);
        }
      }
      case R_RISCV_TLS_DTPREL32, R_RISCV_TLS_DTPREL64 -> {
        if (!syms.isDefinedHere(sym) && !syms.isUndefinedWeak(sym)) {
          r.error(
              DiagnosticCode.TLS_RELOCATION,
              against(syms, r) + " can not be used: it is not defined in this output");
        }
      }
      default -> localExec(ctxt, syms, r);
    }
  }

  private static void initialExec(Link ctxt, Symbols syms, int sym) {
    syms.need(sym, Need.TP_OFF);
    if (ctxt.isShared()) {
      ctxt.needStaticTls();
    }
  }

  private static void localExec(Link ctxt, Symbols syms, Relocs r) {
    if (ctxt.isShared()) {
      r.error(DiagnosticCode.NOT_PIC, Scan.cannotBeUsed(ctxt, r));
    } else if (syms.isPreemptible(r.symbol()) && !syms.isUndefinedWeak(r.symbol())) {
      r.error(
          DiagnosticCode.TLS_RELOCATION,
          against(syms, r) + " can not be used: a shared library defines it");
    }
  }

  private static String against(Symbols syms, Relocs r) {
    return "relocation "
        + Riscv64Reloc.name(r.type())
        + " against symbol '"
        + syms.name(r.symbol())
        + "'";
  }

  /** The variable's offset from the thread pointer; 0 for a weak reference that nothing defines. */
  static long offset(Link ctxt, Symbols syms, Relocs r) {
    return syms.isUndefinedWeak(r.symbol())
        ? 0
        : syms.value(r.symbol()) + r.addend() - ctxt.threadPointer();
  }

  /** The first instruction of a descriptor's sequence. */
  static void applyDescriptor(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int insn = s.get32(r.offset());
    s.put32(
        r.offset(),
        ctxt.isShared()
            ? Riscv64Insn.u(insn, syms.tlsDescSlot(r.symbol()) + r.addend() - r.place())
            : Riscv64Insn.NOP);
  }

  /**
   * One of the others.
   *
   * @param first the relocation of the first
   */
  static void applyDescriptor(Link ctxt, Symbols syms, Relocs r, Relocs first, Slice s) {
    int insn = s.get32(r.offset());
    int sym = first.symbol();
    boolean call = r.type() == R_RISCV_TLSDESC_CALL;
    int now;
    if (ctxt.isShared()) {
      long v = syms.tlsDescSlot(sym) + first.addend() - first.place();
      now = call ? insn : Riscv64Insn.i(insn, v);
    } else if (r.type() == R_RISCV_TLSDESC_LOAD_LO12) {
      now = Riscv64Insn.NOP;
    } else if (syms.isPreemptible(sym)) {
      // Both parts count from the auipc, which stands where the addi was.
      long at = call ? r.place() - 4 : r.place();
      long v = syms.tpOffSlot(sym) + first.addend() - at;
      int ld = Riscv64Insn.LD | Riscv64Insn.A0 << 7 | Riscv64Insn.A0 << 15;
      now = call ? Riscv64Insn.i(ld, v) : Riscv64Insn.u(Riscv64Insn.AUIPC | 0x500, v);
    } else {
      long v = offset(ctxt, syms, first);
      int addi = Riscv64Insn.ADDI | Riscv64Insn.A0 << 7 | Riscv64Insn.A0 << 15;
      now = call ? Riscv64Insn.i(addi, v) : Riscv64Insn.u(Riscv64Insn.LUI | 0x500, v);
    }
    s.put32(r.offset(), now);
  }
}
