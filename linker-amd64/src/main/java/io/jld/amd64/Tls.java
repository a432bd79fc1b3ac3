package io.jld.amd64;

import static io.jld.amd64.Bytes.copy;
import static io.jld.amd64.Bytes.get16;
import static io.jld.amd64.Bytes.get32;
import static io.jld.amd64.Bytes.get8;
import static io.jld.amd64.Bytes.put8;
import static io.jld.amd64.Bytes.putSigned32;
import static io.jld.amd64.R.R_X86_64_CODE_4_GOTPC32_TLSDESC;
import static io.jld.amd64.R.R_X86_64_CODE_4_GOTTPOFF;
import static io.jld.amd64.R.R_X86_64_GOTPC32_TLSDESC;
import static io.jld.amd64.R.R_X86_64_GOTPCREL;
import static io.jld.amd64.R.R_X86_64_GOTPCRELX;
import static io.jld.amd64.R.R_X86_64_GOTTPOFF;
import static io.jld.amd64.R.R_X86_64_PC32;
import static io.jld.amd64.R.R_X86_64_PLT32;
import static io.jld.amd64.R.R_X86_64_PLTOFF64;
import static io.jld.amd64.R.R_X86_64_REX_GOTPCRELX;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import java.lang.foreign.MemorySegment;

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
 * would fill the slots, and the offsets that follow an LD call ({@link #dtpBase}) count from the
 * thread pointer once the call has become a load of it.
 *
 * <p>GD and LD are two instructions with two relocations. Both are rewritten at the first one, and
 * the second is skipped, which would otherwise ask for {@code __tls_get_addr}. All bytes are
 * compared with what the ABI prescribes before they are rewritten. Code that differs is an error,
 * but for IE: there the GOT slot does as well.
 *
 * <p>What scan decides here apply decides again, by the same functions: {@link #model} and the
 * shapes read the input and the symbol's kind alone.
 */
final class Tls {
  /** The models that an access may end up with: its own, initial exec, local exec. */
  static final int OWN = 0;

  static final int IE = 1;
  static final int LE = 2;

  /** No shape that can be rewritten. */
  private static final int UNKNOWN = 0;

  // Shapes of GD, by distance of the second relocation from the first.
  private static final int GD_SMALL = 8;
  private static final int GD_LARGE = 6;

  // Shapes of LD: the length of both instructions.
  private static final int LD_DIRECT = 12;
  private static final int LD_INDIRECT = 13;
  private static final int LD_LARGE = 22;

  // Shapes of IE.
  private static final int IE_MOV = 1;
  private static final int IE_ADD = 2;

  // How instructions begin, as little-endian words.
  private static final int LEA_RDI = 0x3d8d48; // 48 8d 3d: lea disp32(%rip), %rdi
  private static final int DATA16_LEA_RDI = 0x3d8d4866; // 66 48 8d 3d
  private static final int PADDED_CALL = 0xe8486666; // 66 66 48 e8: data16 data16 rex.W call
  private static final int ADDR32_CALL = 0xe8674866; // 66 48 67 e8: data16 rex.W addr32 call
  private static final int PADDED_CALL_GOT = 0x15ff4866; // 66 48 ff 15: data16 rex.W call *(%rip)

  private static final byte[] GD_TO_LE = {
    0x64,
    0x48,
    (byte) 0x8b,
    0x04,
    0x25,
    0,
    0,
    0,
    0, // mov %fs:0, %rax
    0x48,
    (byte) 0x8d,
    (byte) 0x80,
    0,
    0,
    0,
    0, // lea x@tpoff(%rax), %rax
  };

  private static final byte[] GD_TO_IE = {
    0x64,
    0x48,
    (byte) 0x8b,
    0x04,
    0x25,
    0,
    0,
    0,
    0, // mov %fs:0, %rax
    0x48,
    0x03,
    0x05,
    0,
    0,
    0,
    0, // add x@gottpoff(%rip), %rax
  };

  /** Behind {@link #GD_TO_LE} and {@link #GD_TO_IE} in the large model. */
  private static final byte[] NOP6 = {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00}; // nopw 0(%rax,%rax,1)

  private static final byte[] LD_TO_LE_12 = {
    0x66,
    0x66,
    0x66, // data16 data16 data16
    0x64,
    0x48,
    (byte) 0x8b,
    0x04,
    0x25,
    0,
    0,
    0,
    0, // mov %fs:0, %rax
  };

  private static final byte[] LD_TO_LE_13 = {
    0x66,
    0x66,
    0x66,
    0x66, // data16 data16 data16 data16
    0x64,
    0x48,
    (byte) 0x8b,
    0x04,
    0x25,
    0,
    0,
    0,
    0, // mov %fs:0, %rax
  };

  private static final byte[] LD_TO_LE_22 = {
    0x66,
    0x66,
    0x66,
    0x66,
    0x2e,
    0x0f,
    0x1f,
    (byte) 0x84,
    0,
    0,
    0,
    0,
    0, // nopw %cs:0(%rax,%rax,1)
    0x64,
    0x48,
    (byte) 0x8b,
    0x04,
    0x25,
    0,
    0,
    0,
    0, // mov %fs:0, %rax
  };

  private Tls() {}

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
   * Where {@code DTPOFF} counts from in a loaded section: the start of the module's block. In an
   * executable's code it is the thread pointer, because that is what the LD call gives there.
   */
  static long dtpBase(Link ctxt, Relocs r) {
    return ctxt.isShared() || r.isWritable() ? ctxt.tlsBegin() : ctxt.tlsEnd();
  }

  // General dynamic

  static void scanGd(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    int model = model(ctxt, syms, sym);
    if (model == OWN) {
      syms.need(sym, Need.TLS_GD);
      return;
    }
    int shape = gdShape(r);
    if (shape == UNKNOWN) {
      fail(r, model);
      return;
    }
    if (model == IE) {
      syms.need(sym, Need.TP_OFF);
    }
    skipCall(r, shape, model);
  }

  /**
   * Small and medium model: 16 bytes.
   *
   * <pre>
   *   66 48 8d 3d tlsgd32         data16 lea x@tlsgd(%rip), %rdi
   *   66 66 48 e8 plt32           data16 data16 rex.W call __tls_get_addr@PLT
   *   66 48 ff 15 gotpcrelx32     or: data16 rex.W call *__tls_get_addr@GOTPCREL(%rip)
   * </pre>
   *
   * becomes LE or IE:
   *
   * <pre>
   *   64 48 8b 04 25 00000000     mov %fs:0, %rax
   *   48 8d 80 tpoff32            lea x@tpoff(%rax), %rax
   *   48 03 05 gottpoff32         or: add x@gottpoff(%rip), %rax
   * </pre>
   *
   * Large model: 22 bytes, and six more of no-operations behind the above.
   *
   * <pre>
   *   48 8d 3d tlsgd32            lea x@tlsgd(%rip), %rdi
   *   48 b8 pltoff64              movabs $__tls_get_addr@PLTOFF, %rax
   *   48 01 d8                    add %rbx, %rax; or 4c 01 f8: add %r15, %rax
   *   ff d0                       call *%rax
   * </pre>
   */
  static void applyGd(Link ctxt, Symbols syms, Relocs r, MemorySegment s) {
    int sym = r.symbol();
    int model = model(ctxt, syms, sym);
    if (model == OWN) {
      putSigned32(r, s, r.offset(), syms.tlsGdSlot(sym) + r.addend() - r.place());
      return;
    }
    int shape = gdShape(r);
    if (shape == UNKNOWN) {
      fail(r, model);
      return;
    }
    int before = shape == GD_SMALL ? 4 : 3;
    long start = r.offset() - before;
    long end = r.place() - before + GD_TO_LE.length;
    if (model == LE) {
      copy(GD_TO_LE, s, start);
      putSigned32(r, s, start + 12, tpOff(ctxt, syms, sym));
    } else {
      copy(GD_TO_IE, s, start);
      putSigned32(r, s, start + 12, syms.tpOffSlot(sym) - end);
    }
    if (shape == GD_LARGE) {
      copy(NOP6, s, start + GD_TO_LE.length);
    }
    skipCall(r, shape, model);
  }

  private static int gdShape(Relocs r) {
    long at = r.offset();
    long size = r.sectionSize();
    MemorySegment code = r.content();
    int next = r.peekType();
    if (r.addend() != -4) {
      return UNKNOWN;
    }
    if (at >= 4 && at <= size - 12 && get32(code, at - 4) == DATA16_LEA_RDI) {
      int call = get32(code, at + 4);
      boolean known =
          isCall(next)
              ? call == PADDED_CALL || call == ADDR32_CALL
              : isCallGot(next) && call == PADDED_CALL_GOT;
      return known ? GD_SMALL : UNKNOWN;
    }
    return isLargeCall(r, code, at, size, next) ? GD_LARGE : UNKNOWN;
  }

  // Local dynamic

  static void scanLd(Link ctxt, Relocs r) {
    if (ctxt.isShared()) {
      ctxt.needTlsLd();
      return;
    }
    int shape = ldShape(r);
    if (shape == UNKNOWN) {
      fail(r, LE);
      return;
    }
    skipCall(r, ldCall(shape), LE);
  }

  /**
   * Small and medium model: 12 or 13 bytes.
   *
   * <pre>
   *   48 8d 3d tlsld32            lea x@tlsld(%rip), %rdi
   *   e8 plt32                    call __tls_get_addr@PLT
   *   67 e8 plt32                 or: addr32 call __tls_get_addr
   *   ff 15 gotpcrelx32           or: call *__tls_get_addr@GOTPCREL(%rip)
   * </pre>
   *
   * becomes LE:
   *
   * <pre>
   *   66 66 66                    data16 data16 data16, and once more where there is room
   *   64 48 8b 04 25 00000000     mov %fs:0, %rax
   * </pre>
   *
   * Large model: the instructions of GD in 22 bytes, 13 of which become a no-operation.
   */
  static void applyLd(Link ctxt, Relocs r, MemorySegment s) {
    if (ctxt.isShared()) {
      putSigned32(r, s, r.offset(), ctxt.tlsLdSlot() + r.addend() - r.place());
      return;
    }
    int shape = ldShape(r);
    long start = r.offset() - 3;
    switch (shape) {
      case LD_DIRECT -> copy(LD_TO_LE_12, s, start);
      case LD_INDIRECT -> copy(LD_TO_LE_13, s, start);
      case LD_LARGE -> copy(LD_TO_LE_22, s, start);
      default -> {
        fail(r, LE);
        return;
      }
    }
    skipCall(r, ldCall(shape), LE);
  }

  private static int ldShape(Relocs r) {
    long at = r.offset();
    long size = r.sectionSize();
    MemorySegment code = r.content();
    int next = r.peekType();
    if (r.addend() != -4 || !isLeaRdi(code, at)) {
      return UNKNOWN;
    }
    if (isCall(next) && at <= size - 9 && get8(code, at + 4) == 0xe8) {
      return LD_DIRECT;
    }
    if (isCall(next) && at <= size - 10 && get16(code, at + 4) == 0xe867) {
      return LD_INDIRECT;
    }
    if (isCallGot(next) && at <= size - 10 && get16(code, at + 4) == 0x15ff) {
      return LD_INDIRECT;
    }
    return isLargeCall(r, code, at, size, next) ? LD_LARGE : UNKNOWN;
  }

  /** Distance of the call's relocation from that of the first instruction. */
  private static int ldCall(int shape) {
    return shape == LD_DIRECT ? 5 : 6;
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
  static void applyIe(Link ctxt, Symbols syms, Relocs r, MemorySegment s) {
    int sym = r.symbol();
    long at = r.offset();
    int shape = model(ctxt, syms, sym) == LE ? ieShape(r) : UNKNOWN;
    if (shape == UNKNOWN) {
      putSigned32(r, s, at, syms.tpOffSlot(sym) + r.addend() - r.place());
      return;
    }
    int prefix = get8(s, at - 3);
    int reg = get8(s, at - 1) >> 3 & 7;
    boolean rex2 = r.type() == R_X86_64_CODE_4_GOTTPOFF;
    if (shape == IE_ADD && !rex2 && reg != 4) {
      put8(s, at - 3, prefix == 0x4c ? 0x4d : 0x48); // the register is base and destination
      put8(s, at - 2, 0x8d);
      put8(s, at - 1, 0x80 | reg << 3 | reg);
    } else {
      put8(s, at - 3, rex2 ? Relax.rex2ToRm(prefix) : Relax.rexToRm(prefix));
      put8(s, at - 2, shape == IE_MOV ? 0xc7 : 0x81);
      put8(s, at - 1, 0xc0 | reg);
    }
    putSigned32(r, s, at, tpOff(ctxt, syms, sym));
  }

  private static int ieShape(Relocs r) {
    if (r.addend() != -4 || !hasWidePrefix(r, R_X86_64_GOTTPOFF, R_X86_64_CODE_4_GOTTPOFF)) {
      return UNKNOWN;
    }
    return switch (get8(r.content(), r.offset() - 2)) {
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
  static void applyDesc(Link ctxt, Symbols syms, Relocs r, MemorySegment s) {
    int sym = r.symbol();
    long at = r.offset();
    int model = model(ctxt, syms, sym);
    if (model == OWN) {
      putSigned32(r, s, at, syms.tlsDescSlot(sym) + r.addend() - r.place());
    } else if (!isDescLea(r)) {
      fail(r, model);
    } else if (model == IE) {
      put8(s, at - 2, 0x8b);
      putSigned32(r, s, at, syms.tpOffSlot(sym) - 4 - r.place());
    } else {
      int prefix = get8(s, at - 3);
      boolean rex2 = r.type() == R_X86_64_CODE_4_GOTPC32_TLSDESC;
      put8(s, at - 3, rex2 ? Relax.rex2ToRm(prefix) : Relax.rexToRm(prefix));
      put8(s, at - 2, 0xc7);
      put8(s, at - 1, 0xc0 | get8(s, at - 1) >> 3 & 7);
      putSigned32(r, s, at, tpOff(ctxt, syms, sym));
    }
  }

  private static boolean isDescLea(Relocs r) {
    return r.addend() == -4
        && hasWidePrefix(r, R_X86_64_GOTPC32_TLSDESC, R_X86_64_CODE_4_GOTPC32_TLSDESC)
        && get8(r.content(), r.offset() - 2) == 0x8d;
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
  static void applyDescCall(Link ctxt, Symbols syms, Relocs r, MemorySegment s) {
    if (ctxt.isShared()) {
      return;
    }
    if (!isDescCall(r)) {
      fail(r, model(ctxt, syms, r.symbol()));
      return;
    }
    put8(s, r.offset(), 0x66);
    put8(s, r.offset() + 1, 0x90);
  }

  private static boolean isDescCall(Relocs r) {
    return r.offset() <= r.sectionSize() - 2 && get16(r.content(), r.offset()) == 0x10ff;
  }

  // What the shapes are made of

  /**
   * Whether before the field stands an instruction with a 64-bit operand and {@code disp32(%rip)}:
   * a REX prefix for the one type, a REX2 prefix for the other.
   */
  private static boolean hasWidePrefix(Relocs r, int rexType, int rex2Type) {
    long at = r.offset();
    int type = r.type();
    MemorySegment code = r.content();
    if (at > r.sectionSize() - 4) {
      return false;
    }
    if (type == rexType) {
      if (at < 3 || (get8(code, at - 3) & 0xfb) != 0x48) {
        return false; // neither REX.W nor REX.WR
      }
    } else if (type != rex2Type
        || at < 4
        || get8(code, at - 4) != 0xd5
        || (get8(code, at - 3) & 0x88) != 0x08) {
      return false; // no REX2 with W in opcode map 0
    }
    return (get8(code, at - 1) & 0xc7) == 0x05;
  }

  private static boolean isLeaRdi(MemorySegment code, long at) {
    return at >= 3 && get8(code, at - 3) == (LEA_RDI & 0xff) && get16(code, at - 2) == LEA_RDI >> 8;
  }

  /** The large model's way to {@code __tls_get_addr}, see {@link #applyGd}. */
  private static boolean isLargeCall(Relocs r, MemorySegment code, long at, long size, int next) {
    if (next != R_X86_64_PLTOFF64 || !isLeaRdi(code, at) || at > size - 19) {
      return false;
    }
    int add = get16(code, at + 14) | get8(code, at + 16) << 16;
    return get16(code, at + 4) == 0xb848
        && (add == 0xd80148 || add == 0xf8014c)
        && get16(code, at + 17) == 0xd0ff;
  }

  private static boolean isCall(int type) {
    return type == R_X86_64_PLT32 || type == R_X86_64_PC32;
  }

  private static boolean isCallGot(int type) {
    return type == R_X86_64_GOTPCRELX
        || type == R_X86_64_REX_GOTPCRELX
        || type == R_X86_64_GOTPCREL;
  }

  /**
   * Skips the relocation of the call, which is part of what was rewritten.
   *
   * @param distance of its field from that of the present relocation
   */
  private static void skipCall(Relocs r, int distance, int model) {
    long expected = r.offset() + distance;
    if (!r.next() || r.offset() != expected) {
      fail(r, model);
    }
  }

  private static void fail(Relocs r, int model) {
    r.error(
        "TLS transition from "
            + R.name(r.type())
            + " to "
            + (model == IE ? "IE" : "LE")
            + " failed: the instructions are not those that the psABI prescribes");
  }
}
