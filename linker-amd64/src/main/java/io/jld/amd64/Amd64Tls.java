package io.jld.amd64;

import static io.jld.amd64.Amd64Bytes.putSigned32;
import static io.jld.amd64.Amd64Reloc.R_X86_64_CODE_4_GOTPC32_TLSDESC;
import static io.jld.amd64.Amd64Reloc.R_X86_64_CODE_4_GOTTPOFF;
import static io.jld.amd64.Amd64Reloc.R_X86_64_GOTPC32_TLSDESC;
import static io.jld.amd64.Amd64Reloc.R_X86_64_GOTTPOFF;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * Thread-local storage: the access models, and the ways from the general to the special ones
 * (psABI, "Thread-Local Storage"; Drepper, "ELF Handling For Thread-Local Storage", 4.4.6 and 5).
 *
 * <p>TLS is laid out in variant II: a module's block ends at the thread pointer, which {@code
 * %fs:0} holds. A compiler that knows nothing asks for a variable by module and offset:
 *
 * <ul>
 *   <li>general dynamic (GD): {@code __tls_get_addr} with a pair of GOT slots (module, offset);
 *   <li>local dynamic (LD): once {@code __tls_get_addr} for the module's block, then constant
 *       offsets in it ({@code DTPOFF});
 *   <li>descriptors (TLSDESC): a call through a pair of GOT slots (function, argument), which
 *       returns the variable's offset from the thread pointer;
 *   <li>initial exec (IE): the offset from the thread pointer stands in a GOT slot;
 *   <li>local exec (LE): the offset from the thread pointer is known now ({@code TPOFF}).
 * </ul>
 *
 * <p>A shared object gets what its code asks for. In an executable the variable's block is part of
 * the static TLS block, and so GD, LD and TLSDESC always turn into LE where the variable is defined
 * here, and into IE where a shared library defines it; IE turns into LE. This is not optimization
 * that {@code --no-relax} would turn off (GNU ld does not either): in a static executable nobody
 * would fill the slots, and the offsets that follow an LD call ({@link #dtpOff}) count from the
 * thread pointer once the call has become a load of it.
 *
 * <p>All bytes are compared with what the psABI prescribes before they are rewritten. Code that
 * differs is an error, except for IE, where the GOT slot does as well. GD and LD, which are more
 * than one instruction each, are in {@link Amd64TlsCalls}.
 *
 * <p>What scan decides here apply decides again, by the same functions: {@link #model} and the
 * shapes read the input and the symbol's kind alone.
 */
final class Amd64Tls {
  /** The models that an access may end up with: its own, initial exec, local exec. */
  static final int OWN = 0;

  static final int IE = 1;
  static final int LE = 2;

  /** No shape that can be rewritten. */
  private static final int UNKNOWN = 0;

  // Shapes of IE.
  private static final int IE_MOV = 1;
  private static final int IE_ADD = 2;

  private Amd64Tls() {}

  /** The model that an access ends up with in this output. */
  static int model(Link ctxt, Symbols syms, int sym) {
    if (ctxt.isShared()) {
      return OWN;
    }
    return syms.isPreemptible(sym) ? IE : LE;
  }

  /** The variable's offset from the thread pointer; 0 for a weak reference that nothing defines. */
  static long tpOff(Link ctxt, Symbols syms, int sym) {
    return syms.isUndefinedWeak(sym) ? 0 : syms.value(sym) - ctxt.tlsEnd();
  }

  /**
   * The variable's offset in a loaded section, from the start of the module's block. In an
   * executable's code it counts from the thread pointer, because that is what the LD call gives
   * there. 0 for a weak reference that nothing defines.
   */
  static long dtpOff(Link ctxt, Symbols syms, Relocs r) {
    if (syms.isUndefinedWeak(r.symbol())) {
      return 0;
    }
    boolean isBlock = ctxt.isShared() || r.isWritable();
    return syms.value(r.symbol()) - (isBlock ? ctxt.tlsBegin() : ctxt.tlsEnd());
  }

  // Initial exec

  static void scanIe(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    if (model(ctxt, syms, sym) == LE && ieShape(r) != UNKNOWN) {
      return;
    }
    syms.need(sym, Need.TP_OFF);
    if (ctxt.isShared()) {
      ctxt.needStaticTls();
    }
  }

  /**
   * <pre>
   *   48 8b modrm gottpoff32      mov x@gottpoff(%rip), %reg
   *   48 c7 /0 tpoff32            mov $x@tpoff, %reg
   *
   *   48 03 modrm gottpoff32      add x@gottpoff(%rip), %reg
   *   48 8d modrm tpoff32         lea x@tpoff(%reg), %reg
   *   48 81 /0 tpoff32            add $x@tpoff, %reg      for %rsp and %r12, whose lea is longer
   * </pre>
   *
   * With a REX2 prefix ({@code CODE_4_GOTTPOFF}) add always stays an add.
   */
  static void applyIe(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int sym = r.symbol();
    long at = r.offset();
    int shape = model(ctxt, syms, sym) == LE ? ieShape(r) : UNKNOWN;
    if (shape == UNKNOWN) {
      putSigned32(r, s, at, syms.tpOffSlot(sym) + r.addend() - r.place());
      return;
    }
    int prefix = s.get8(at - 3);
    int reg = (s.get8(at - 1) >> 3) & 7;
    boolean rex2 = r.type() == R_X86_64_CODE_4_GOTTPOFF;
    if (shape == IE_ADD && !rex2 && reg != 4) {
      s.put8(at - 3, prefix == 0x4c ? 0x4d : 0x48); // the register is base and destination
      s.put8(at - 2, 0x8d);
      s.put8(at - 1, 0x80 | (reg << 3) | reg);
    } else {
      s.put8(at - 3, rex2 ? Amd64Relax.rex2ToRm(prefix) : Amd64Relax.rexToRm(prefix));
      s.put8(at - 2, shape == IE_MOV ? 0xc7 : 0x81);
      s.put8(at - 1, 0xc0 | reg);
    }
    putSigned32(r, s, at, tpOff(ctxt, syms, sym));
  }

  private static int ieShape(Relocs r) {
    if (r.addend() != -4 || !hasWidePrefix(r, R_X86_64_GOTTPOFF, R_X86_64_CODE_4_GOTTPOFF)) {
      return UNKNOWN;
    }
    return switch (r.content().get8(r.offset() - 2)) {
      case 0x8b -> IE_MOV;
      case 0x03 -> IE_ADD;
      default -> UNKNOWN;
    };
  }

  // Descriptors

  static void scanDesc(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    int model = model(ctxt, syms, sym);
    if (model == OWN) {
      syms.need(sym, Need.TLS_DESC);
    } else if (!isDescLea(r)) {
      fail(r, model);
    } else if (model == IE) {
      syms.need(sym, Need.TP_OFF);
    }
  }

  /**
   * <pre>
   *   48 8d modrm tlsdesc32       lea x@tlsdesc(%rip), %reg
   *   48 c7 /0 tpoff32            mov $x@tpoff, %reg            LE
   *   48 8b modrm gottpoff32      mov x@gottpoff(%rip), %reg    IE
   * </pre>
   */
  static void applyDesc(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int sym = r.symbol();
    long at = r.offset();
    int model = model(ctxt, syms, sym);
    if (model == OWN) {
      putSigned32(r, s, at, syms.tlsDescSlot(sym) + r.addend() - r.place());
    } else if (!isDescLea(r)) {
      fail(r, model);
    } else if (model == IE) {
      s.put8(at - 2, 0x8b);
      putSigned32(r, s, at, syms.tpOffSlot(sym) - 4 - r.place());
    } else {
      int prefix = s.get8(at - 3);
      boolean rex2 = r.type() == R_X86_64_CODE_4_GOTPC32_TLSDESC;
      s.put8(at - 3, rex2 ? Amd64Relax.rex2ToRm(prefix) : Amd64Relax.rexToRm(prefix));
      s.put8(at - 2, 0xc7);
      s.put8(at - 1, 0xc0 | ((s.get8(at - 1) >> 3) & 7));
      putSigned32(r, s, at, tpOff(ctxt, syms, sym));
    }
  }

  private static boolean isDescLea(Relocs r) {
    return r.addend() == -4
        && hasWidePrefix(r, R_X86_64_GOTPC32_TLSDESC, R_X86_64_CODE_4_GOTPC32_TLSDESC)
        && r.content().get8(r.offset() - 2) == 0x8d;
  }

  static void scanDescCall(Link ctxt, Symbols syms, Relocs r) {
    if (!ctxt.isShared() && !isDescCall(r)) {
      fail(r, model(ctxt, syms, r.symbol()));
    }
  }

  /**
   * The result is in {@code %rax} already.
   *
   * <pre>
   *   ff 10                       call *x@tlscall(%rax)
   *   66 90                       xchg %ax, %ax
   * </pre>
   */
  static void applyDescCall(Link ctxt, Symbols syms, Relocs r, Slice s) {
    if (ctxt.isShared()) {
      return;
    }
    if (!isDescCall(r)) {
      fail(r, model(ctxt, syms, r.symbol()));
      return;
    }
    s.put8(r.offset(), 0x66);
    s.put8(r.offset() + 1, 0x90);
  }

  private static boolean isDescCall(Relocs r) {
    return r.offset() <= r.sectionSize() - 2 && r.content().get16(r.offset()) == 0x10ff;
  }

  // What the shapes are made of

  /**
   * Whether before the field stands an instruction with a 64-bit operand and {@code disp32(%rip)}:
   * a REX prefix for the one type, a REX2 prefix for the other.
   */
  private static boolean hasWidePrefix(Relocs r, int rexType, int rex2Type) {
    long at = r.offset();
    int type = r.type();
    Slice code = r.content();
    if (at > r.sectionSize() - 4) {
      return false;
    }
    if (type == rexType) {
      if (at < 3 || (code.get8(at - 3) & 0xfb) != 0x48) {
        return false; // neither REX.W nor REX.WR
      }
    } else if (type != rex2Type
        || at < 4
        || code.get8(at - 4) != 0xd5
        || (code.get8(at - 3) & 0x88) != 0x08) {
      return false; // no REX2 with W in opcode map 0
    }
    return (code.get8(at - 1) & 0xc7) == 0x05;
  }

  /** A transition that must be made, and can not be. */
  static void fail(Relocs r, int model) {
    r.error(
        DiagnosticCode.TLS_SEQUENCE,
        "TLS transition from "
            + Amd64Reloc.name(r.type())
            + " to "
            + (model == IE ? "IE" : "LE")
            + " failed: the instructions are not those that the psABI prescribes");
  }
}
