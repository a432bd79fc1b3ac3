package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Insn.*;
import static io.jld.examples.aarch64.Aarch64Reloc.*;

import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;

/**
 * Addresses that take less than the compiler had to expect (psABI, "Relocation optimization").
 *
 * <p>An address from the GOT that is known relative to the place needs no slot:
 *
 * <pre>
 *   adrp xN, :got:x                 ADR_GOT_PAGE
 *   ldr  xN, [xN, :got_lo12:x]      LD64_GOT_LO12_NC
 *
 *   adrp xN, x
 *   add  xN, xN, :lo12:x
 * </pre>
 *
 * and what is less than 1 MiB away needs one instruction, of these as of
 *
 * <pre>
 *   adrp xN, x                      ADR_PREL_PG_HI21
 *   add  xN, xN, :lo12:x            ADD_ABS_LO12_NC
 *
 *   nop
 *   adr  xN, x
 * </pre>
 *
 * The two instructions follow each other, and so do their relocations. Whether a slot is needed
 * scan and apply find out alike, by the code and the symbol's kind; the address decides only which
 * of two forms that need none is written.
 */
final class Aarch64Relax {
  private static final long NEAR = 1L << 20;

  private Aarch64Relax() {}

  /** Whether the current {@code ADR_GOT_PAGE} and what follows it load an address known here. */
  static boolean isKnown(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    if (!ctxt.relax()
        || syms.isPreemptible(sym)
        || syms.isIfunc(sym)
        || syms.isAbsolute(sym)
        || syms.isFar(sym)
        || sym == 0) {
      return false;
    }
    if (!isPair(r, R_AARCH64_LD64_GOT_LO12_NC)) {
      return false;
    }
    int load = r.content().get32(r.offset() + 4);
    return isLoad(load) && rd(load) == rn(load) && goesOn(r, load);
  }

  /** Whether the next relocation is of a type, of the same symbol, and of the next instruction. */
  private static boolean isPair(Relocs r, int type) {
    return r.addend() == 0
        && r.peekType() == type
        && r.peekSymbol() == r.symbol()
        && r.peekOffset() == r.offset() + 4
        && r.offset() <= r.sectionSize() - 8
        && (r.offset() & 3) == 0;
  }

  /** Whether the current instruction is an adrp into the register that {@code next} reads. */
  private static boolean goesOn(Relocs r, int next) {
    int adrp = r.content().get32(r.offset());
    return isAdrp(adrp) && rd(adrp) == rn(next);
  }

  /** Writes the two instructions of {@link #isKnown}, whose relocations it takes both. */
  static void applyKnown(Symbols syms, Relocs r, Slice s) {
    long target = syms.value(r.symbol());
    int reg = rd(s.get32(r.offset()));
    if (!toAdr(r, s, target, reg)) {
      adrp(r, s, target);
      s.put32(r.offset() + 4, withImm12(ADD | reg << 5 | reg, target));
    }
    r.next();
  }

  /**
   * Takes {@code ADR_PREL_PG_HI21}: with the relocation after it where one instruction does for
   * both.
   */
  static void applyPage(Link ctxt, Symbols syms, Relocs r, Slice s, long target) {
    if (ctxt.relax() && isPair(r, R_AARCH64_ADD_ABS_LO12_NC)) {
      int add = r.content().get32(r.offset() + 4);
      if (isAdd(add)
          && rd(add) == rn(add)
          && goesOn(r, add)
          && !syms.isUndefinedWeak(r.symbol())
          && toAdr(r, s, target, rd(add))) {
        r.next();
        return;
      }
    }
    adrp(r, s, target);
  }

  private static boolean toAdr(Relocs r, Slice s, long target, int reg) {
    long distance = target - (r.place() + 4);
    if (distance < -NEAR || distance >= NEAR) {
      return false;
    }
    s.put32(r.offset(), NOP);
    s.put32(r.offset() + 4, withImm21(ADR | reg, distance));
    return true;
  }
}
