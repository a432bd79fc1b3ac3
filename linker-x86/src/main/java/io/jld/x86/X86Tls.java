package io.jld.x86;

import static io.jld.x86.X86Reloc.R_386_GOT32;
import static io.jld.x86.X86Reloc.R_386_GOT32X;
import static io.jld.x86.X86Reloc.R_386_PC32;
import static io.jld.x86.X86Reloc.R_386_PLT32;
import static io.jld.x86.X86Reloc.R_386_TLS_IE;
import static io.jld.x86.X86Reloc.R_386_TLS_IE_32;

import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * Thread-local storage (U. Drepper, "ELF Handling For Thread-Local Storage", sections 3.4.2, 4.1.2,
 * 4.2.2, 4.3.2, 5.1; A. Oliva, "Thread-Local Storage Descriptors for IA32 and AMD64/EM64T").
 *
 * <p>{@code %gs:0} holds the thread pointer, which points to itself and stands right after the TLS
 * block of the executable (variant II): what a symbol of the executable is away from it is a
 * negative constant, {@code x@ntpoff}. The models, from the most general to the fastest:
 *
 * <ul>
 *   <li>general dynamic (GD): {@code ___tls_get_addr} is called with {@code %eax} pointing to two
 *       GOT slots, module and offset. A TLS descriptor (GOTDESC) does the same through a function
 *       pointer in the first slot;
 *   <li>local dynamic (LD): one such call yields the module's block, symbols are constant offsets
 *       in it ({@code x@dtpoff});
 *   <li>initial exec (IE): a GOT slot holds the offset from the thread pointer, for modules that
 *       are there when the program starts;
 *   <li>local exec (LE): that offset is a constant of the executable.
 * </ul>
 *
 * <p>A compiler does not know which of them will do; in an executable the linker does. It rewrites
 * a whole sequence of instructions, whose length and registers are the same before and after, so
 * the psABI prescribes the sequences. All of these are without meaning in a shared object, which
 * may be loaded when the program runs.
 *
 * <pre>
 *   GD   8d 04 1d x     leal x@tlsgd(,%ebx,1), %eax
 *        e8 f           call ___tls_get_addr@PLT
 *   GD   8d 8r x        leal x@tlsgd(%reg), %eax
 *        e8 f 90        call ___tls_get_addr@PLT; nop             (or without nop)
 *        67 e8 f        addr32 call ___tls_get_addr               (this or that one)
 *        ff 9r f        call *___tls_get_addr@GOT(%reg)           (or this one)
 *     LE 65 a1 00000000 movl %gs:0, %eax
 *        81 e8 imm      subl $x@tpoff, %eax                       (without nop: 2d imm)
 *     IE 65 a1 00000000 movl %gs:0, %eax
 *        03 8r slot     addl x@gotntpoff(%reg), %eax              (not without nop: one byte more)
 *
 *   LD   8d 8r x        leal x@tlsldm(%reg), %eax
 *        e8 f           call ___tls_get_addr@PLT
 *     LE 65 a1 00000000 movl %gs:0, %eax
 *        90 8d 74 26 00 nop; leal 0(%esi,1), %esi
 *   LD   ff 9r f        call *___tls_get_addr@GOT(%reg)
 *     LE 65 a1 00000000 movl %gs:0, %eax
 *        8d b6 00000000 leal 0(%esi), %esi
 *   and x@dtpoff in code becomes x@ntpoff: the block's start is no longer what %eax holds
 *
 *   IE   a1 slot        movl x@indntpoff, %eax
 *     LE b8 imm         movl $x@ntpoff, %eax
 *   IE   op /r slot     op x@indntpoff, %r2; op x@gotntpoff(%r1), %r2; op x@gottpoff(%r1), %r2
 *     LE op imm         op $x@ntpoff, %r2;                             op $x@tpoff, %r2
 *
 *   DESC 8d 8r x        leal x@tlsdesc(%reg), %eax
 *     LE 8d 05 imm      leal x@ntpoff, %eax
 *     IE 8b 8r slot     movl x@gotntpoff(%reg), %eax
 *   DESC ff 10          call *x@tlscall(%eax)
 *     LE, IE 66 90      xchg %ax, %ax
 * </pre>
 *
 * <p>Sun's {@code x@gottpoff} and {@code x@tpoff} have the opposite sign: they are subtracted.
 * There are no slots with that sign here; where the slot must stay, {@code subl x@gottpoff(%r1),
 * %r2} adds the slot with the usual sign.
 *
 * <p>Scan and apply both ask the functions here, which look at the content as it was read.
 */
final class X86Tls {
  /** The sequence stays. */
  static final int KEEP = 0;

  static final int TO_IE = 1;
  static final int TO_LE = 2;

  /**
   * It would have to be rewritten together with others, but is not one that the psABI describes.
   */
  static final int BROKEN = 3;

  private static final int SUBTRACT = 0x2b;
  private static final int ADD = 0x03;

  private X86Tls() {}

  /**
   * Whether sequences are rewritten: in every executable, whatever {@code --no-relax} says, as in
   * GNU ld. A static one has nobody to fill in the slots, and what {@code _TLS_MODULE_BASE_} stands
   * for must not depend on the option.
   */
  static boolean relaxes(Link ctxt) {
    return !ctxt.isShared();
  }

  private static int model(Link ctxt, int sym) {
    if (!relaxes(ctxt)) {
      return KEEP;
    }
    return ctxt.symbols().isPreemptible(sym) ? TO_IE : TO_LE;
  }

  // --- general and local dynamic

  /**
   * What becomes of the sequence at an {@code R_386_TLS_GD}. One that is not recognized stays: it
   * works as it is, and the call after it is a call like any other.
   */
  static int gd(Link ctxt, Relocs r) {
    int model = model(ctxt, r.symbol());
    if (model == KEEP) {
      return KEEP;
    }
    int length = sequence(ctxt, r);
    return length == 12 || (length == 11 && model == TO_LE) ? model : KEEP;
  }

  /**
   * What becomes of the sequence at an {@code R_386_TLS_LDM}: {@link #KEEP}, {@link #TO_LE}, or
   * {@link #BROKEN} as the offsets that belong to it are rewritten elsewhere.
   */
  static int ld(Link ctxt, Relocs r) {
    if (!relaxes(ctxt)) {
      return KEEP;
    }
    return sequence(ctxt, r) != 0 ? TO_LE : BROKEN;
  }

  /**
   * Goes on to the relocation of the call that ends a sequence which is rewritten, so that it asks
   * for nothing.
   *
   * @param isGd else it is local dynamic, whose call may be followed by an unrelated no-operation
   */
  static void skipCall(Relocs r, boolean isGd) {
    long call = r.offset() + 4;
    int opcode = X86Insn.at(r, 4);
    long field = call + (opcode == X86Insn.CALL ? 1 : 2);
    String what = isGd ? "general" : "local";
    if (!r.next() || r.offset() != field) {
      r.error(
          DiagnosticCode.TLS_SEQUENCE,
          "the call of ___tls_get_addr in a " + what + " dynamic TLS sequence has no relocation");
    }
  }

  /**
   * The length in bytes of the sequence at an {@code R_386_TLS_GD} or {@code R_386_TLS_LDM}, whose
   * relocation for the call must follow: 11 or 12; 0 where it is none that can be rewritten.
   */
  private static int sequence(Link ctxt, Relocs r) {
    int before = leadingBytes(r);
    if (before == 0 || r.offset() > r.sectionSize() - 9) {
      return 0;
    }
    int next = r.peekType();
    int length;
    switch (X86Insn.at(r, 4)) {
      case X86Insn.CALL -> {
        if (next != R_386_PLT32 && next != R_386_PC32) {
          return 0;
        }
        length = before + 9;
        if (length == 11 && r.type() == X86Reloc.R_386_TLS_GD && X86Insn.at(r, 9) == X86Insn.NOP) {
          length = 12;
        }
      }
      case X86Insn.ADDR_SIZE -> {
        if (before != 2
            || X86Insn.at(r, 5) != X86Insn.CALL
            || (next != R_386_PLT32 && next != R_386_PC32)) {
          return 0;
        }
        length = 12;
      }
      case X86Insn.GROUP5 -> {
        int modrm = X86Insn.at(r, 5);
        if (before != 2
            || X86Insn.reg(modrm) != 2
            || !X86Insn.hasBase(modrm)
            || (next != R_386_GOT32X && next != R_386_GOT32)) {
          return 0;
        }
        length = 12;
      }
      default -> {
        return 0;
      }
    }
    if (r.offset() - before + length > r.sectionSize()
        || !ctxt.symbols().name(r.peekSymbol()).equals("___tls_get_addr")) {
      return 0;
    }
    return length;
  }

  /**
   * Bytes of {@code leal x(,%reg,1), %eax} (3) or {@code leal x(%reg), %eax} (2) before the field;
   * else 0.
   */
  private static int leadingBytes(Relocs r) {
    int last = X86Insn.at(r, -1);
    if (X86Insn.at(r, -2) == X86Insn.LEA && X86Insn.hasBase(last) && X86Insn.reg(last) == 0) {
      return 2;
    }
    // ModRM 04: %eax, SIB follows. SIB: no scale, an index, no base.
    if (X86Insn.at(r, -2) == 0x04
        && X86Insn.at(r, -3) == X86Insn.LEA
        && X86Insn.isBaseless(last)
        && last != 0x25) {
      return 3;
    }
    return 0;
  }

  /** Rewrites a sequence as {@link #gd} decided and goes on to the relocation of its call. */
  static void applyGd(Link ctxt, Relocs r, Slice slice, int model) {
    int before = leadingBytes(r);
    int length = sequence(ctxt, r);
    long start = r.offset() - before;
    int last = X86Insn.at(r, -1);
    int base = before == 3 ? X86Insn.reg(last) : last & 7;
    long tail = start + putThreadPointer(slice, start);
    if (model == TO_IE) {
      X86Insn.put8(slice, tail, ADD);
      X86Insn.put8(slice, tail + 1, 0x80 | base);
      X86Insn.put32(slice, tail + 2, ctxt.symbols().tpOffSlot(r.symbol()) - ctxt.gotBase());
    } else if (length == 12) {
      X86Insn.put8(slice, tail, 0x81);
      X86Insn.put8(slice, tail + 1, 0xe8);
      X86Insn.put32(slice, tail + 2, -ntpoff(ctxt, r));
    } else {
      X86Insn.put8(slice, tail, 0x2d);
      X86Insn.put32(slice, tail + 1, -ntpoff(ctxt, r));
    }
    skipCall(r, true);
  }

  /**
   * Rewrites a sequence for which {@link #ld} said {@link #TO_LE} and goes on to the relocation of
   * its call.
   */
  static void applyLd(Link ctxt, Relocs r, Slice slice) {
    int length = sequence(ctxt, r);
    long start = r.offset() - leadingBytes(r);
    long tail = start + putThreadPointer(slice, start);
    if (length == 12) {
      X86Insn.put8(slice, tail, X86Insn.LEA);
      X86Insn.put8(slice, tail + 1, 0xb6);
      X86Insn.put32(slice, tail + 2, 0);
    } else {
      X86Insn.put8(slice, tail, X86Insn.NOP);
      X86Insn.put32(slice, tail + 1, 0x0026748d);
    }
    skipCall(r, false);
  }

  /** Writes {@code movl %gs:0, %eax}; returns its length. */
  private static int putThreadPointer(Slice slice, long offset) {
    X86Insn.put8(slice, offset, 0x65);
    X86Insn.put8(slice, offset + 1, 0xa1);
    X86Insn.put32(slice, offset + 2, 0);
    return 6;
  }

  // --- initial exec

  /**
   * What becomes of the instruction at an {@code R_386_TLS_IE}, {@code _GOTIE} or {@code _IE_32}.
   */
  static int ie(Link ctxt, Relocs r) {
    if (model(ctxt, r.symbol()) != TO_LE || r.addend() != 0 || r.offset() > r.sectionSize() - 4) {
      return KEEP;
    }
    int last = X86Insn.at(r, -1);
    int opcode = X86Insn.at(r, -2);
    if (r.type() == R_386_TLS_IE) {
      if (last == 0xa1) {
        return TO_LE;
      }
      return X86Insn.isBaseless(last) && X86Insn.takesImmediate(opcode) ? TO_LE : KEEP;
    }
    return X86Insn.hasBase(last) && X86Insn.takesImmediate(opcode) ? TO_LE : KEEP;
  }

  /** Rewrites an instruction for which {@link #ie} said {@link #TO_LE}. */
  static void applyIe(Link ctxt, Relocs r, Slice slice) {
    int last = X86Insn.at(r, -1);
    if (r.type() == R_386_TLS_IE && last == 0xa1) {
      X86Insn.put8(slice, r.offset() - 1, 0xb8);
    } else {
      X86Insn.toImmediate(slice, r.offset(), X86Insn.at(r, -2), last);
    }
    long value = ntpoff(ctxt, r);
    X86Insn.put32(slice, r.offset(), r.type() == R_386_TLS_IE_32 ? -value : value);
  }

  /**
   * Whether an instruction with {@code x@gottpoff} can use a slot with the opposite sign: adding
   * and subtracting change places.
   */
  static boolean canNegate(Relocs r) {
    int opcode = X86Insn.at(r, -2);
    return (opcode == ADD || opcode == SUBTRACT) && X86Insn.hasBase(X86Insn.at(r, -1));
  }

  /** Turns addition into subtraction and back. */
  static void negate(Relocs r, Slice slice) {
    X86Insn.put8(slice, r.offset() - 2, X86Insn.at(r, -2) ^ ADD ^ SUBTRACT);
  }

  // --- descriptors

  /** What becomes of the instruction at an {@code R_386_TLS_GOTDESC}. */
  static int gotdesc(Link ctxt, Relocs r) {
    int model = model(ctxt, r.symbol());
    if (model == KEEP) {
      return KEEP;
    }
    boolean ok =
        r.offset() <= r.sectionSize() - 4
            && X86Insn.at(r, -2) == X86Insn.LEA
            && X86Insn.hasBase(X86Insn.at(r, -1));
    return ok ? model : BROKEN;
  }

  /** Rewrites the instruction as {@link #gotdesc} decided. */
  static void applyGotdesc(Link ctxt, Relocs r, Slice slice, int model) {
    if (model == TO_LE) {
      X86Insn.put8(slice, r.offset() - 1, (X86Insn.at(r, -1) & 0x38) | 0x05);
      X86Insn.put32(slice, r.offset(), ntpoff(ctxt, r));
    } else {
      X86Insn.put8(slice, r.offset() - 2, X86Insn.MOV_LOAD);
      X86Insn.put32(slice, r.offset(), ctxt.symbols().tpOffSlot(r.symbol()) - ctxt.gotBase());
    }
  }

  /** What becomes of the instruction at an {@code R_386_TLS_DESC_CALL}. */
  static int descCall(Link ctxt, Relocs r) {
    int model = model(ctxt, r.symbol());
    if (model == KEEP) {
      return KEEP;
    }
    return X86Insn.at(r, 0) == X86Insn.GROUP5 && X86Insn.at(r, 1) == 0x10 ? model : BROKEN;
  }

  /** {@code call *(%eax)} becomes {@code xchg %ax, %ax}. */
  static void applyDescCall(Relocs r, Slice slice) {
    X86Insn.put8(slice, r.offset(), 0x66);
    X86Insn.put8(slice, r.offset() + 1, X86Insn.NOP);
  }

  // --- values

  /** S + A - TP: negative for symbols of the executable. */
  static long ntpoff(Link ctxt, Relocs r) {
    return offset(ctxt, r.symbol()) + r.addend();
  }

  /** TP - S + A. */
  static long tpoff(Link ctxt, Relocs r) {
    return -offset(ctxt, r.symbol()) + r.addend();
  }

  /** S - TP; 0 for a weak reference that nothing defines. */
  private static long offset(Link ctxt, int sym) {
    Symbols syms = ctxt.symbols();
    return syms.isUndefinedWeak(sym) ? 0 : syms.value(sym) - ctxt.tlsEnd();
  }

  /** The offset of S + A in its module's TLS block. */
  static long dtpoff(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    return r.addend() + (syms.isUndefinedWeak(sym) ? 0 : syms.value(sym) - ctxt.tlsBegin());
  }
}
