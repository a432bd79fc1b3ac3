package io.jld.x86;

import static io.jld.x86.X86Reloc.*;

import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * Computes and stores what relocations say (psABI, "Relocation Types").
 *
 * <p>Fields of 32 bits hold an address or a difference of two, computed modulo 2^32: nothing
 * overflows. Narrower ones are checked as GNU ld does. What it calls a bit field, 16 and 8 bits
 * wide, holds what fits either with or without a sign or wraps around once, as 16-bit code does
 * within its segment of 64 KiB: -2^n to 2^n - 1. {@code R_386_PC8} is the displacement of a short
 * jump and has a sign.
 *
 * <p>With {@code SHT_REL} a dynamic relocation finds its addend in the field: S + A for {@code
 * R_386_RELATIVE} and {@code R_386_IRELATIVE}, to which the loader adds the base, and A alone where
 * it names the symbol.
 *
 * <p>Relocations one after the other for the same field are composed: what the first yields is the
 * addend of the second (gABI, ch. 4, "Relocation"). Go 1.19 does so in position-independent code,
 * which has no register for the GOT but one for its own address: {@code R_386_GOTPC} adds the
 * distance to the GOT, and {@code R_386_GOT32} or {@code R_386_TLS_GOTIE} that of the slot from
 * there.
 */
final class X86Apply {
  private X86Apply() {}

  static void apply(Link ctxt, Relocs r, Slice slice) {
    Symbols syms = ctxt.symbols();
    boolean dynamic = ctxt.isDynamic();
    long gotPc = -1; // offset of the field that the relocation before has put the GOT's distance in
    while (r.next()) {
      int type = r.type();
      boolean composed = r.offset() == gotPc;
      gotPc = -1;
      switch (type) {
        case R_386_NONE, R_386_GNU_VTINHERIT, R_386_GNU_VTENTRY -> {}
        case R_386_32 -> {
          if (r.check(4)) {
            long a = r.addend();
            boolean symbolic = dynamic && Scan.isSymbolic(ctxt, r);
            X86Insn.put32(slice, r.offset(), symbolic ? a : syms.value(r.symbol()) + a);
          }
        }
        case R_386_PC32 -> {
          if (r.check(4)) {
            pc32(ctxt, r, slice);
          }
        }
        case R_386_PLT32 -> {
          if (r.check(4)) {
            X86Insn.put32(slice, r.offset(), syms.callTarget(r.symbol()) + r.addend() - r.place());
          }
        }
        case R_386_GOTOFF -> {
          if (r.check(4)) {
            X86Insn.put32(slice, r.offset(), syms.value(r.symbol()) + r.addend() - ctxt.gotBase());
          }
        }
        case R_386_GOTPC -> {
          if (r.check(4)) {
            X86Insn.put32(slice, r.offset(), ctxt.gotBase() + r.addend() - r.place());
            gotPc = r.offset();
          }
        }
        case R_386_GOT32X -> {
          if (r.check(4)) {
            int how = X86Relax.got32x(ctxt, r);
            if (how == X86Relax.KEEP) {
              got(ctxt, r, slice);
            } else {
              X86Relax.apply(ctxt, r, slice, how);
            }
          }
        }
        case R_386_GOT32 -> {
          if (composed) {
            compose(ctxt, r, slice, syms.gotSlot(r.symbol()));
          } else if (r.check(4)) {
            got(ctxt, r, slice);
          }
        }
        case R_386_16 -> put16(r, slice, syms.value(r.symbol()) + r.addend());
        case R_386_PC16 -> put16(r, slice, syms.value(r.symbol()) + r.addend() - r.place());
        case R_386_8 -> put8(r, slice, syms.value(r.symbol()) + r.addend(), -256, 255);
        case R_386_PC8 ->
            put8(r, slice, syms.value(r.symbol()) + r.addend() - r.place(), -128, 127);
        case R_386_SIZE32 -> {
          if (r.check(4)) {
            boolean symbolic = X86Scan.isDynamicSize(ctxt, r);
            X86Insn.put32(slice, r.offset(), r.addend() + (symbolic ? 0 : syms.size(r.symbol())));
          }
        }
        case R_386_TLS_DESC_CALL -> {
          if (X86Tls.descCall(ctxt, r) != X86Tls.KEEP && r.check(2)) {
            X86Tls.applyDescCall(r, slice);
          }
        }
        case R_386_TLS_GD,
            R_386_TLS_LDM,
            R_386_TLS_LDO_32,
            R_386_TLS_IE,
            R_386_TLS_GOTIE,
            R_386_TLS_IE_32,
            R_386_TLS_LE,
            R_386_TLS_LE_32,
            R_386_TLS_GOTDESC -> {
          if (composed && type == R_386_TLS_GOTIE && X86Tls.ie(ctxt, r) == X86Tls.KEEP) {
            compose(ctxt, r, slice, syms.tpOffSlot(r.symbol()));
          } else if (r.check(4)) {
            tls(ctxt, r, slice);
          }
        }
        default -> r.error(DiagnosticCode.UNKNOWN_RELOCATION, X86Scan.refusal(type));
      }
    }
  }

  private static void pc32(Link ctxt, Relocs r, Slice slice) {
    long value = r.addend();
    if (!X86Scan.isSymbolicPc32(ctxt, r)) {
      Symbols syms = ctxt.symbols();
      value += X86Insn.isBranch(r) ? syms.callTarget(r.symbol()) : syms.value(r.symbol());
      value -= r.place();
    }
    X86Insn.put32(slice, r.offset(), value);
  }

  /** The field holds the distance to the GOT already, with the addend; adds that of the slot. */
  private static void compose(Link ctxt, Relocs r, Slice slice, long slot) {
    long field = slice.get32(r.offset());
    X86Insn.put32(slice, r.offset(), field + slot - ctxt.gotBase());
  }

  private static void got(Link ctxt, Relocs r, Slice slice) {
    long value = ctxt.symbols().gotSlot(r.symbol()) + r.addend();
    X86Insn.put32(slice, r.offset(), X86Relax.isAddress(r) ? value : value - ctxt.gotBase());
  }

  private static void tls(Link ctxt, Relocs r, Slice slice) {
    Symbols syms = ctxt.symbols();
    int type = r.type();
    long offset = r.offset();
    switch (type) {
      case R_386_TLS_GD -> {
        int model = X86Tls.gd(ctxt, r);
        if (model == X86Tls.KEEP) {
          X86Insn.put32(slice, offset, syms.tlsGdSlot(r.symbol()) + r.addend() - ctxt.gotBase());
        } else {
          X86Tls.applyGd(ctxt, r, slice, model);
        }
      }
      case R_386_TLS_LDM -> {
        switch (X86Tls.ld(ctxt, r)) {
          case X86Tls.TO_LE -> X86Tls.applyLd(ctxt, r, slice);
          case X86Tls.KEEP ->
              X86Insn.put32(slice, offset, ctxt.tlsLdSlot() + r.addend() - ctxt.gotBase());
          default -> {} // the scan has reported it
        }
      }
      case R_386_TLS_LDO_32 -> {
        // In data nobody has rewritten what it is added to.
        boolean local = X86Tls.relaxes(ctxt) && !r.isWritable();
        X86Insn.put32(slice, offset, local ? X86Tls.ntpoff(ctxt, r) : X86Tls.dtpoff(ctxt, r));
      }
      case R_386_TLS_IE, R_386_TLS_GOTIE, R_386_TLS_IE_32 -> {
        if (X86Tls.ie(ctxt, r) == X86Tls.TO_LE) {
          X86Tls.applyIe(ctxt, r, slice);
          return;
        }
        long slot = syms.tpOffSlot(r.symbol()) + r.addend();
        X86Insn.put32(slice, offset, type == R_386_TLS_IE ? slot : slot - ctxt.gotBase());
        if (type == R_386_TLS_IE_32 && X86Tls.canNegate(r)) {
          X86Tls.negate(r, slice);
        }
      }
      case R_386_TLS_LE -> X86Insn.put32(slice, offset, X86Tls.ntpoff(ctxt, r));
      case R_386_TLS_LE_32 -> X86Insn.put32(slice, offset, X86Tls.tpoff(ctxt, r));
      case R_386_TLS_GOTDESC -> {
        switch (X86Tls.gotdesc(ctxt, r)) {
          case X86Tls.KEEP ->
              X86Insn.put32(
                  slice, offset, syms.tlsDescSlot(r.symbol()) + r.addend() - ctxt.gotBase());
          case X86Tls.TO_IE -> X86Tls.applyGotdesc(ctxt, r, slice, X86Tls.TO_IE);
          case X86Tls.TO_LE -> X86Tls.applyGotdesc(ctxt, r, slice, X86Tls.TO_LE);
          default -> {} // the scan has reported it
        }
      }
      default -> throw new IllegalArgumentException(X86Reloc.name(type));
    }
  }

  /**
   * Debug information. It refers to addresses and to places in other sections of debug information;
   * a TLS variable is its offset in the module's block, whatever became of the code that uses it.
   */
  static void applyDebug(Link ctxt, Relocs r, Slice slice) {
    while (r.next()) {
      applyOneDebug(ctxt, r, slice);
    }
  }

  /**
   * A method of its own, and not the body of a loop: debug sections are few and large, and the JVM
   * compiles a method that is called often sooner than a loop that runs once (docs/performance.md).
   */
  private static void applyOneDebug(Link ctxt, Relocs r, Slice slice) {
    Symbols syms = ctxt.symbols();
    int type = r.type();
    int width = X86Reloc.width(type);
    int sym = r.symbol();
    if (width != 0 && r.isGone()) {
      if (r.check(width)) {
        put(slice, r.offset(), width, r.tombstone());
      }
      return;
    }
    switch (type) {
      case R_386_NONE, R_386_GNU_VTINHERIT, R_386_GNU_VTENTRY -> {}
      case R_386_32 -> {
        if (r.check(4)) {
          X86Insn.put32(slice, r.offset(), syms.value(sym) + r.addend());
        }
      }
      case R_386_PC32 -> {
        if (r.check(4)) {
          X86Insn.put32(slice, r.offset(), syms.value(sym) + r.addend() - r.place());
        }
      }
      case R_386_GOTOFF -> {
        if (r.check(4)) {
          X86Insn.put32(slice, r.offset(), syms.value(sym) + r.addend() - ctxt.gotBase());
        }
      }
      case R_386_TLS_LDO_32 -> {
        if (r.check(4)) {
          X86Insn.put32(slice, r.offset(), X86Tls.dtpoff(ctxt, r));
        }
      }
      case R_386_SIZE32 -> {
        if (r.check(4)) {
          X86Insn.put32(slice, r.offset(), syms.size(sym) + r.addend());
        }
      }
      case R_386_16 -> put16(r, slice, syms.value(sym) + r.addend());
      case R_386_8 -> put8(r, slice, syms.value(sym) + r.addend(), -256, 255);
      // Code that something else loads: a ROM's, which a script puts at its address.
      case R_386_PC16 -> put16(r, slice, syms.value(sym) + r.addend() - r.place());
      case R_386_PC8 -> put8(r, slice, syms.value(sym) + r.addend() - r.place(), -128, 127);
      default ->
          r.error(
              DiagnosticCode.UNUSABLE_RELOCATION,
              X86Reloc.width(type) == 0
                  ? X86Scan.refusal(type)
                  : "relocation "
                      + X86Reloc.name(type)
                      + " can not be used in a section that is not loaded");
    }
  }

  private static void put(Slice slice, long offset, int width, long value) {
    switch (width) {
      case 4 -> X86Insn.put32(slice, offset, value);
      case 2 -> slice.put16(offset, (int) value);
      default -> X86Insn.put8(slice, offset, (int) value);
    }
  }

  private static void put16(Relocs r, Slice slice, long sum) {
    if (!r.check(2)) {
      return;
    }
    int value = (int) sum;
    if (value < -0x10000 || value > 0xffff) {
      r.outOfRange(value, -0x10000, 0xffff);
      return;
    }
    slice.put16(r.offset(), (int) value);
  }

  private static void put8(Relocs r, Slice slice, long sum, int min, int max) {
    if (!r.check(1)) {
      return;
    }
    int value = (int) sum;
    if (value < min || value > max) {
      r.outOfRange(value, min, max);
      return;
    }
    X86Insn.put8(slice, r.offset(), value);
  }
}
