package io.jld.examples.riscv64;

import static io.jld.examples.riscv64.Riscv64Reloc.*;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.link.DiagnosticCode;

/** What relocations ask for, before any address is known. */
final class Riscv64Scan {
  private Riscv64Scan() {}

  static void scan(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      switch (r.type()) {
        case R_RISCV_RELAX, R_RISCV_NONE, R_RISCV_ALIGN -> {}
        // Their target is that of the auipc that their symbol labels.
        case R_RISCV_PCREL_LO12_I,
            R_RISCV_PCREL_LO12_S,
            R_RISCV_TLSDESC_LOAD_LO12,
            R_RISCV_TLSDESC_ADD_LO12,
            R_RISCV_TLSDESC_CALL -> {}
        case R_RISCV_CALL,
            R_RISCV_CALL_PLT,
            R_RISCV_PLT32,
            R_RISCV_JAL,
            R_RISCV_BRANCH,
            R_RISCV_RVC_JUMP,
            R_RISCV_RVC_BRANCH ->
            call(ctxt, syms, r);
        case R_RISCV_PCREL_HI20, R_RISCV_32_PCREL -> Scan.pcRelative(ctxt, r);
        case R_RISCV_GOT_HI20, R_RISCV_GOT32_PCREL -> syms.need(r.symbol(), Need.GOT);
        case R_RISCV_64 -> Scan.word(ctxt, r);
        case R_RISCV_32, R_RISCV_HI20, R_RISCV_LO12_I, R_RISCV_LO12_S -> Scan.narrow(ctxt, r);
        case R_RISCV_ADD8,
            R_RISCV_ADD16,
            R_RISCV_ADD32,
            R_RISCV_ADD64,
            R_RISCV_SUB6,
            R_RISCV_SUB8,
            R_RISCV_SUB16,
            R_RISCV_SUB32,
            R_RISCV_SUB64,
            R_RISCV_SET6,
            R_RISCV_SET8,
            R_RISCV_SET16,
            R_RISCV_SET32,
            R_RISCV_SET_ULEB128,
            R_RISCV_SUB_ULEB128 ->
            difference(ctxt, syms, r);
        case R_RISCV_TLS_GOT_HI20,
            R_RISCV_TLS_GD_HI20,
            R_RISCV_TLSDESC_HI20,
            R_RISCV_TPREL_HI20,
            R_RISCV_TPREL_LO12_I,
            R_RISCV_TPREL_LO12_S,
            R_RISCV_TPREL_ADD,
            R_RISCV_TLS_DTPREL32,
            R_RISCV_TLS_DTPREL64 ->
            Riscv64Tls.scan(ctxt, syms, r);
        default ->
            r.error(
                DiagnosticCode.UNKNOWN_RELOCATION,
                Riscv64Reloc.isKnown(r.type())
                    ? "unexpected dynamic relocation "
                        + Riscv64Reloc.name(r.type())
                        + " in an object"
                    : "unknown relocation type " + r.type());
      }
    }
  }

  private static void call(Link ctxt, Symbols syms, Relocs r) {
    Scan.call(ctxt, r);
    boolean variant = (r.symbolOther() & Riscv64.STO_RISCV_VARIANT_CC) != 0;
    if (variant && syms.isPreemptible(r.symbol())) {
      // The loader's resolver would not save the registers that its arguments are in.
      ctxt.note(Riscv64.NOTE_VARIANT_CC);
      syms.addOther(r.symbol(), Riscv64.STO_RISCV_VARIANT_CC);
    }
  }

  /** A part of a difference of two places in this output, which nobody may preempt. */
  private static void difference(Link ctxt, Symbols syms, Relocs r) {
    if (ctxt.isShared() && syms.isPreemptible(r.symbol()) && !syms.isDefinedHere(r.symbol())) {
      r.error(DiagnosticCode.NOT_PIC, Scan.cannotBeUsed(ctxt, r));
    }
  }
}
