package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Insn.*;
import static io.jld.examples.aarch64.Aarch64Reloc.*;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * Thread-local storage (psABI, "Thread Local Storage"), in variant I: the executable's variables
 * follow two words that {@code tpidr_el0} leads to.
 *
 * <p>Code asks for a variable by a descriptor (TLSDESC), by {@code __tls_get_addr} (GD; LD for all
 * of a module), by its offset from the thread pointer in the GOT (IE), or by the offset itself
 * (LE). A shared object gets what its code asks for. In an executable the general models turn into
 * LE where the variable is defined here, and into IE where a shared library defines it; IE turns
 * into LE. In a static executable nobody would fill the slots of the others.
 *
 * <p>Each instruction of a descriptor's or an IE sequence has a relocation of its own and is
 * rewritten by itself; compilers may have moved others between them. Of a GD or LD sequence, which
 * they emit as a whole, the call goes with the instruction before it.
 *
 * <p>Slots of descriptors are filled by the loader when it relocates the module ({@code
 * .rela.dyn}); to fill them lazily has proved to be a race, and glibc does not do so any more.
 */
final class Aarch64Tls {
  static final int OWN = 0;
  static final int IE = 1;
  static final int LE = 2;

  private Aarch64Tls() {}

  /** The model that an access ends up with in this output. */
  static int model(Link ctxt, Symbols syms, int sym) {
    if (ctxt.isShared()) {
      return OWN;
    }
    return syms.isPreemptible(sym) && !syms.isUndefinedWeak(sym) ? IE : LE;
  }

  /** The variable's offset from the thread pointer; 0 for a weak one that nothing defines. */
  static long tpOff(Link ctxt, Symbols syms, Relocs r) {
    return syms.isUndefinedWeak(r.symbol())
        ? 0
        : syms.value(r.symbol()) + r.addend() - ctxt.threadPointer();
  }

  /**
   * The offset in its module's block. An executable has no block of its own for LD: offsets count
   * from the thread pointer, which is what the call or the descriptor before them gives.
   */
  static long dtpOff(Link ctxt, Symbols syms, Relocs r) {
    return ctxt.isShared()
        ? syms.value(r.symbol()) + r.addend() - ctxt.tlsBase()
        : tpOff(ctxt, syms, r);
  }

  // Scan

  static void scanGeneral(Link ctxt, Symbols syms, Relocs r, int own) {
    int model = model(ctxt, syms, r.symbol());
    if (model == OWN) {
      syms.need(r.symbol(), own);
    } else if (model == IE) {
      syms.need(r.symbol(), Need.TP_OFF);
    }
  }

  static void scanIe(Link ctxt, Symbols syms, Relocs r) {
    if (model(ctxt, syms, r.symbol()) != LE) {
      syms.need(r.symbol(), Need.TP_OFF);
      if (ctxt.isShared()) {
        ctxt.needStaticTls();
      }
    }
  }

  /** {@code ADD_LO12_NC} of GD or LD: the call after it is no call in an executable. */
  static void scanCall(Link ctxt, Relocs r) {
    if (!ctxt.isShared() && isCall(r)) {
      r.next();
    }
  }

  /**
   * <pre>
   *   add  x0, x0, #0             the relocation is here
   *   bl   __tls_get_addr
   *   nop
   * </pre>
   */
  private static boolean isCall(Relocs r) {
    if (r.peekType() == R_AARCH64_CALL26
        && r.peekOffset() == r.offset() + 4
        && r.offset() <= r.sectionSize() - 12
        && r.content().get32(r.offset() + 8) == NOP) {
      return true;
    }
    fail(r);
    return false;
  }

  // Apply

  /**
   * <pre>
   *   adrp x0, :tlsdesc:v                  movz x0, #tpoff1, lsl #16     adrp x0, :gottprel:v
   *   ldr  x1, [x0, :tlsdesc_lo12:v]       movk x0, #tpoff0              ldr  x0, [x0, :gottprel_lo12:v]
   *   add  x0, x0, :tlsdesc_lo12:v         nop                           nop
   *   blr  x1                              nop                           nop
   * </pre>
   */
  static void applyDesc(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int model = model(ctxt, syms, r.symbol());
    boolean isCall = r.type() == R_AARCH64_TLSDESC_CALL; // which reads no slot
    long slot = model == OWN && !isCall ? syms.tlsDescSlot(r.symbol()) : 0;
    switch (r.type()) {
      case R_AARCH64_TLSDESC_ADR_PAGE21 -> {
        if (model == OWN) {
          adrp(r, s, slot + r.addend());
        } else {
          applyPage(ctxt, syms, r, s, model, 0);
        }
      }
      case R_AARCH64_TLSDESC_LD64_LO12 -> {
        if (model == OWN) {
          low12(r, s, slot + r.addend(), 3);
        } else {
          applyLow(ctxt, syms, r, s, model, 0);
        }
      }
      case R_AARCH64_TLSDESC_ADD_LO12 -> {
        if (model == OWN) {
          low12(r, s, slot + r.addend(), 0);
        } else {
          s.put32(r.offset(), NOP);
        }
      }
      case R_AARCH64_TLSDESC_CALL -> {
        if (model != OWN) {
          s.put32(r.offset(), NOP);
        }
      }
      default -> applyTinyDesc(ctxt, syms, r, s, model, slot);
    }
  }

  /**
   * The tiny code model, whose sequence is an instruction shorter:
   *
   * <pre>
   *   ldr  x1, :tlsdesc:v                  movz x0, #tpoff1, lsl #16     nop
   *   adr  x0, :tlsdesc:v                  movk x0, #tpoff0              ldr  x0, :gottprel:v
   *   blr  x1                              nop                           nop
   * </pre>
   */
  private static void applyTinyDesc(
      Link ctxt, Symbols syms, Relocs r, Slice s, int model, long slot) {
    boolean first = r.type() == R_AARCH64_TLSDESC_LD_PREL19;
    if (model == OWN && first) {
      words(r, s, slot + r.addend(), 19, 5);
    } else if (model == OWN) {
      adr(r, s, slot + r.addend());
    } else if (model == LE && first) {
      applyPage(ctxt, syms, r, s, LE, 0);
    } else if (model == LE) {
      applyLow(ctxt, syms, r, s, LE, 0);
    } else if (first) {
      s.put32(r.offset(), NOP);
    } else {
      s.put32(r.offset(), LDR_LITERAL);
      words(r, s, syms.tpOffSlot(r.symbol()), 19, 5);
    }
  }

  /** The first instruction of a sequence that has become IE or LE. */
  private static void applyPage(Link ctxt, Symbols syms, Relocs r, Slice s, int model, int reg) {
    if (model == IE) {
      s.put32(r.offset(), ADRP | reg);
      adrp(r, s, syms.tpOffSlot(r.symbol()));
    } else {
      long off = tpOff(ctxt, syms, r);
      unsigned(r, off, 32);
      s.put32(r.offset(), withImm16(MOVZ_16 | reg, off >> 16));
    }
  }

  /** The second one. */
  private static void applyLow(Link ctxt, Symbols syms, Relocs r, Slice s, int model, int reg) {
    if (model == IE) {
      s.put32(r.offset(), LDR | reg << 5 | reg);
      low12(r, s, syms.tpOffSlot(r.symbol()), 3);
    } else {
      s.put32(r.offset(), withImm16(MOVK | reg, tpOff(ctxt, syms, r)));
    }
  }

  /**
   * <pre>
   *   adrp xN, :gottprel:v                 movz xN, #tpoff1, lsl #16
   *   ldr  xM, [xN, :gottprel_lo12:v]      movk xN, #tpoff0
   * </pre>
   *
   * Where M is not N the second one is {@code movz xM}, which does as long as the offset is below
   * 64 KiB.
   */
  static void applyIe(Link ctxt, Symbols syms, Relocs r, Slice s) {
    boolean own = model(ctxt, syms, r.symbol()) != LE;
    int insn = s.get32(r.offset());
    switch (r.type()) {
      case R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21 -> {
        if (own) {
          adrp(r, s, syms.tpOffSlot(r.symbol()) + r.addend());
        } else {
          applyPage(ctxt, syms, r, s, LE, rd(insn));
        }
      }
      case R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC -> {
        if (own) {
          low12(r, s, syms.tpOffSlot(r.symbol()) + r.addend(), 3);
        } else if (rd(insn) == rn(insn)) {
          applyLow(ctxt, syms, r, s, LE, rd(insn));
        } else {
          toMove(ctxt, syms, r, s);
        }
      }
      default -> {
        if (own) {
          words(r, s, syms.tpOffSlot(r.symbol()) + r.addend(), 19, 5);
        } else {
          toMove(ctxt, syms, r, s);
        }
      }
    }
  }

  private static void toMove(Link ctxt, Symbols syms, Relocs r, Slice s) {
    long off = tpOff(ctxt, syms, r);
    unsigned(r, off, 16);
    s.put32(r.offset(), withImm16(MOVZ | rd(s.get32(r.offset())), off));
  }

  /**
   * General dynamic:
   *
   * <pre>
   *   adrp x0, :tlsgd:v                    movz x0, #tpoff1, lsl #16     adrp x0, :gottprel:v
   *   add  x0, x0, :tlsgd_lo12:v           movk x0, #tpoff0              ldr  x0, [x0, :gottprel_lo12:v]
   *   bl   __tls_get_addr                  mrs  x1, tpidr_el0            mrs  x1, tpidr_el0
   *   nop                                  add  x0, x1, x0               add  x0, x1, x0
   * </pre>
   */
  static void applyGd(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int model = model(ctxt, syms, r.symbol());
    boolean page = r.type() == R_AARCH64_TLSGD_ADR_PAGE21;
    if (model == OWN) {
      long slot = syms.tlsGdSlot(r.symbol()) + r.addend();
      if (page) {
        adrp(r, s, slot);
      } else {
        low12(r, s, slot, 0);
      }
    } else if (page) {
      applyPage(ctxt, syms, r, s, model, 0);
    } else if (isCall(r)) {
      applyLow(ctxt, syms, r, s, model, 0);
      s.put32(r.offset() + 4, MRS_TPIDR_X1);
      s.put32(r.offset() + 8, ADD_X0_X1_X0);
      r.next();
    }
  }

  /**
   * Local dynamic, of which an executable needs the thread pointer only:
   *
   * <pre>
   *   adrp x0, :tlsldm:v                   nop
   *   add  x0, x0, :tlsldm_lo12_nc:v       mrs  x0, tpidr_el0
   *   bl   __tls_get_addr                  nop
   *   nop                                  nop
   * </pre>
   */
  static void applyLd(Link ctxt, Relocs r, Slice s) {
    boolean page = r.type() == R_AARCH64_TLSLD_ADR_PAGE21;
    if (ctxt.isShared()) {
      long slot = ctxt.tlsLdSlot() + r.addend();
      if (page) {
        adrp(r, s, slot);
      } else {
        low12(r, s, slot, 0);
      }
    } else if (page) {
      s.put32(r.offset(), NOP);
    } else if (isCall(r)) {
      s.put32(r.offset(), MRS_TPIDR_X0);
      s.put32(r.offset() + 4, NOP);
      r.next();
    }
  }

  private static void fail(Relocs r) {
    r.error(
        DiagnosticCode.TLS_SEQUENCE,
        "TLS transition from "
            + name(r.type())
            + " failed: the instructions are not those that the psABI prescribes");
  }
}
