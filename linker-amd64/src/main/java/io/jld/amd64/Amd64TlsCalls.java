package io.jld.amd64;

import static io.jld.amd64.Amd64Bytes.code;
import static io.jld.amd64.Amd64Bytes.putSigned32;
import static io.jld.amd64.Amd64Reloc.R_X86_64_GOTPCREL;
import static io.jld.amd64.Amd64Reloc.R_X86_64_GOTPCRELX;
import static io.jld.amd64.Amd64Reloc.R_X86_64_PC32;
import static io.jld.amd64.Amd64Reloc.R_X86_64_PLT32;
import static io.jld.amd64.Amd64Reloc.R_X86_64_PLTOFF64;
import static io.jld.amd64.Amd64Reloc.R_X86_64_REX_GOTPCRELX;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;

/**
 * The two models that call {@code __tls_get_addr}: general dynamic and local dynamic (psABI,
 * "General Dynamic Model", "Local Dynamic Model"); {@link Amd64Tls} tells what they are and what
 * they turn into.
 *
 * <p>Such an access is a fixed row of instructions with two relocations: the first loads the
 * argument, the second calls. The general dynamic row is padded with prefixes that do nothing, to
 * the length of what it may become. Both relocations are dealt with at the first one, and the
 * second is skipped, which would otherwise ask for {@code __tls_get_addr}. The bytes of the whole
 * row are compared with what the psABI prescribes before any is rewritten.
 */
final class Amd64TlsCalls {
  /** No row that can be rewritten. */
  private static final int UNKNOWN = 0;

  // Shapes of GD, by distance of the second relocation from the first.
  private static final int GD_SMALL = 8;
  private static final int GD_LARGE = 6;

  // Shapes of LD: the length of both instructions.
  private static final int LD_DIRECT = 12;
  private static final int LD_INDIRECT = 13;
  private static final int LD_LARGE = 22;

  // How instructions begin, as little-endian words.
  private static final int LEA_RDI = 0x3d8d48; // 48 8d 3d: lea disp32(%rip), %rdi
  private static final int DATA16_LEA_RDI = 0x3d8d4866; // 66 48 8d 3d
  private static final int PADDED_CALL = 0xe8486666; // 66 66 48 e8: data16 data16 rex.W call
  private static final int ADDR32_CALL = 0xe8674866; // 66 48 67 e8: data16 rex.W addr32 call
  private static final int PADDED_CALL_GOT = 0x15ff4866; // 66 48 ff 15: data16 rex.W call *(%rip)

  private static final byte[] GD_TO_LE =
      code(
          """
          64 48 8b 04 25 00000000     # mov %fs:0, %rax
          48 8d 80 00000000           # lea x@tpoff(%rax), %rax
          """);

  private static final byte[] GD_TO_IE =
      code(
          """
          64 48 8b 04 25 00000000     # mov %fs:0, %rax
          48 03 05 00000000           # add x@gottpoff(%rip), %rax
          """);

  /** Follows {@link #GD_TO_LE} and {@link #GD_TO_IE} in the large model. */
  private static final byte[] NOP6 =
      code(
          """
          66 0f 1f 44 00 00           # nopw 0(%rax,%rax,1)
          """);

  private static final byte[] LD_TO_LE_12 =
      code(
          """
          66 66 66                    # data16 data16 data16
          64 48 8b 04 25 00000000     # mov %fs:0, %rax
          """);

  private static final byte[] LD_TO_LE_13 =
      code(
          """
          66 66 66 66                 # data16 data16 data16 data16
          64 48 8b 04 25 00000000     # mov %fs:0, %rax
          """);

  private static final byte[] LD_TO_LE_22 =
      code(
          """
          66 66 66 66 2e 0f 1f 84     # data16 data16 data16
          00 00000000                 #   nopw %cs:0(%rax,%rax,1)
          64 48 8b 04 25 00000000     # mov %fs:0, %rax
          """);

  private Amd64TlsCalls() {}

  // General dynamic

  static void scanGd(Link ctxt, Symbols syms, Relocs r) {
    int sym = r.symbol();
    int model = Amd64Tls.model(ctxt, syms, sym);
    if (model == Amd64Tls.OWN) {
      syms.need(sym, Need.TLS_GD);
      return;
    }
    int shape = gdShape(r);
    if (shape == UNKNOWN) {
      Amd64Tls.fail(r, model);
      return;
    }
    if (model == Amd64Tls.IE) {
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
   * Large model: 22 bytes, and six more of no-operations after the above.
   *
   * <pre>
   *   48 8d 3d tlsgd32            lea x@tlsgd(%rip), %rdi
   *   48 b8 pltoff64              movabs $__tls_get_addr@PLTOFF, %rax
   *   48 01 d8                    add %rbx, %rax; or 4c 01 f8: add %r15, %rax
   *   ff d0                       call *%rax
   * </pre>
   */
  static void applyGd(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int sym = r.symbol();
    int model = Amd64Tls.model(ctxt, syms, sym);
    if (model == Amd64Tls.OWN) {
      putSigned32(r, s, r.offset(), syms.tlsGdSlot(sym) + r.addend() - r.place());
      return;
    }
    int shape = gdShape(r);
    if (shape == UNKNOWN) {
      Amd64Tls.fail(r, model);
      return;
    }
    int before = shape == GD_SMALL ? 4 : 3;
    long start = r.offset() - before;
    long end = r.place() - before + GD_TO_LE.length;
    if (model == Amd64Tls.LE) {
      s.put(start, GD_TO_LE);
      putSigned32(r, s, start + 12, Amd64Tls.tpOff(ctxt, syms, sym));
    } else {
      s.put(start, GD_TO_IE);
      putSigned32(r, s, start + 12, syms.tpOffSlot(sym) - end);
    }
    if (shape == GD_LARGE) {
      s.put(start + GD_TO_LE.length, NOP6);
    }
    skipCall(r, shape, model);
  }

  private static int gdShape(Relocs r) {
    long at = r.offset();
    long size = r.sectionSize();
    Slice code = r.content();
    int next = r.peekType();
    if (r.addend() != -4) {
      return UNKNOWN;
    }
    if (at >= 4 && at <= size - 12 && code.get32(at - 4) == DATA16_LEA_RDI) {
      int call = code.get32(at + 4);
      boolean known =
          isCall(next)
              ? call == PADDED_CALL || call == ADDR32_CALL
              : isCallGot(next) && call == PADDED_CALL_GOT;
      return known ? GD_SMALL : UNKNOWN;
    }
    return isLargeCall(code, at, size, next) ? GD_LARGE : UNKNOWN;
  }

  // Local dynamic

  static void scanLd(Link ctxt, Relocs r) {
    if (ctxt.isShared()) {
      ctxt.needTlsLd();
      return;
    }
    int shape = ldShape(r);
    if (shape == UNKNOWN) {
      Amd64Tls.fail(r, Amd64Tls.LE);
      return;
    }
    skipCall(r, ldCall(shape), Amd64Tls.LE);
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
  static void applyLd(Link ctxt, Relocs r, Slice s) {
    if (ctxt.isShared()) {
      putSigned32(r, s, r.offset(), ctxt.tlsLdSlot() + r.addend() - r.place());
      return;
    }
    int shape = ldShape(r);
    long start = r.offset() - 3;
    switch (shape) {
      case LD_DIRECT -> s.put(start, LD_TO_LE_12);
      case LD_INDIRECT -> s.put(start, LD_TO_LE_13);
      case LD_LARGE -> s.put(start, LD_TO_LE_22);
      default -> {
        Amd64Tls.fail(r, Amd64Tls.LE);
        return;
      }
    }
    skipCall(r, ldCall(shape), Amd64Tls.LE);
  }

  private static int ldShape(Relocs r) {
    long at = r.offset();
    long size = r.sectionSize();
    Slice code = r.content();
    int next = r.peekType();
    if (r.addend() != -4 || !isLeaRdi(code, at)) {
      return UNKNOWN;
    }
    if (isCall(next) && at <= size - 9 && code.get8(at + 4) == 0xe8) {
      return LD_DIRECT;
    }
    if (isCall(next) && at <= size - 10 && code.get16(at + 4) == 0xe867) {
      return LD_INDIRECT;
    }
    if (isCallGot(next) && at <= size - 10 && code.get16(at + 4) == 0x15ff) {
      return LD_INDIRECT;
    }
    return isLargeCall(code, at, size, next) ? LD_LARGE : UNKNOWN;
  }

  /** Distance of the call's relocation from that of the first instruction. */
  private static int ldCall(int shape) {
    return shape == LD_DIRECT ? 5 : 6;
  }

  private static boolean isLeaRdi(Slice code, long at) {
    return at >= 3 && code.get8(at - 3) == (LEA_RDI & 0xff) && code.get16(at - 2) == LEA_RDI >> 8;
  }

  /** The large model's way to {@code __tls_get_addr}, see {@link #applyGd}. */
  private static boolean isLargeCall(Slice code, long at, long size, int next) {
    if (next != R_X86_64_PLTOFF64 || !isLeaRdi(code, at) || at > size - 19) {
      return false;
    }
    int add = code.get16(at + 14) | (code.get8(at + 16) << 16);
    return code.get16(at + 4) == 0xb848
        && (add == 0xd80148 || add == 0xf8014c)
        && code.get16(at + 17) == 0xd0ff;
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
      Amd64Tls.fail(r, model);
    }
  }
}
