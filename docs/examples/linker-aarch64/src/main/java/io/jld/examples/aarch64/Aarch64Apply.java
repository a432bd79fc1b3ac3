package io.jld.examples.aarch64;

import static io.jld.examples.aarch64.Aarch64Insn.*;
import static io.jld.examples.aarch64.Aarch64Reloc.*;

import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * What relocations write (psABI, "Relocation operations"). A value that does not fit its field is
 * an error where the psABI asks for a check: not for the types that end in {@code _NC}.
 */
final class Aarch64Apply {
  private Aarch64Apply() {}

  static void apply(Link ctxt, Relocs r, Slice s) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      if (!r.check(width(r.type()))) {
        continue;
      }
      switch (r.type()) {
        case R_AARCH64_CALL26, R_AARCH64_JUMP26 -> words(r, s, branch(ctxt, syms, r), 26, 0);
        case R_AARCH64_ADR_PREL_PG_HI21 ->
            Aarch64Relax.applyPage(ctxt, syms, r, s, pageTarget(syms, r));
        case R_AARCH64_ADD_ABS_LO12_NC, R_AARCH64_LDST8_ABS_LO12_NC ->
            low12(r, s, target(syms, r), 0);
        case R_AARCH64_LDST16_ABS_LO12_NC -> low12(r, s, target(syms, r), 1);
        case R_AARCH64_LDST32_ABS_LO12_NC -> low12(r, s, target(syms, r), 2);
        case R_AARCH64_LDST64_ABS_LO12_NC -> low12(r, s, target(syms, r), 3);
        case R_AARCH64_LDST128_ABS_LO12_NC -> low12(r, s, target(syms, r), 4);
        case R_AARCH64_ABS64 -> s.put64(r.offset(), Scan.isSymbolic(ctxt, r) ? 0 : target(syms, r));
        case R_AARCH64_ADR_GOT_PAGE -> {
          if (Aarch64Relax.isKnown(ctxt, syms, r)) {
            Aarch64Relax.applyKnown(syms, r, s);
          } else {
            adrp(r, s, syms.gotSlot(r.symbol()) + r.addend());
          }
        }
        case R_AARCH64_LD64_GOT_LO12_NC -> low12(r, s, syms.gotSlot(r.symbol()) + r.addend(), 3);
        default -> applyOther(ctxt, syms, r, s);
      }
    }
  }

  private static long target(Symbols syms, Relocs r) {
    return syms.value(r.symbol()) + r.addend();
  }

  /** A weak symbol that nothing defines is 0 where that is near enough, else this page. */
  private static long pageTarget(Symbols syms, Relocs r) {
    long target = target(syms, r);
    boolean isFar = Math.abs(pages(r.place(), target)) >= 1 << 20;
    return isFar && syms.isUndefinedWeak(r.symbol()) ? r.place() : target;
  }

  /** A branch to a weak symbol that nothing defines goes to the next instruction. */
  private static long branch(Link ctxt, Symbols syms, Relocs r) {
    return syms.isUndefinedWeak(r.symbol()) && !syms.isPreemptible(r.symbol())
        ? r.place() + 4
        : r.branchTarget(ctxt);
  }

  private static void applyOther(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int type = r.type();
    long at = r.offset();
    switch (type) {
      case R_AARCH64_CONDBR19 -> words(r, s, branch(ctxt, syms, r), 19, 5);
      case R_AARCH64_TSTBR14 -> words(r, s, branch(ctxt, syms, r), 14, 5);
      case R_AARCH64_PLT32 -> {
        long distance = branch(ctxt, syms, r) - r.place();
        signed(r, distance, 32);
        s.put32(at, (int) distance);
      }
      case R_AARCH64_LD_PREL_LO19 -> words(r, s, target(syms, r), 19, 5);
      case R_AARCH64_ADR_PREL_LO21 -> adr(r, s, target(syms, r));
      case R_AARCH64_ADR_PREL_PG_HI21_NC -> adrpUnchecked(r, s, target(syms, r));
      case R_AARCH64_GOT_LD_PREL19 -> words(r, s, syms.gotSlot(r.symbol()) + r.addend(), 19, 5);
      case R_AARCH64_GOTPCREL32 -> {
        long distance = syms.gotSlot(r.symbol()) + r.addend() - r.place();
        signed(r, distance, 32);
        s.put32(at, (int) distance);
      }
      case R_AARCH64_LD64_GOTOFF_LO15 ->
          gotOffset(r, s, syms.gotSlot(r.symbol()) + r.addend() - ctxt.gotBase());
      case R_AARCH64_LD64_GOTPAGE_LO15 ->
          gotOffset(r, s, syms.gotSlot(r.symbol()) + r.addend() - (ctxt.gotBase() & -0x1000));
      case R_AARCH64_GOTREL64 -> s.put64(at, target(syms, r) - ctxt.gotBase());
      case R_AARCH64_GOTREL32 -> {
        long distance = target(syms, r) - ctxt.gotBase();
        signed(r, distance, 32);
        s.put32(at, (int) distance);
      }
      case R_AARCH64_TLSGD_ADR_PAGE21, R_AARCH64_TLSGD_ADD_LO12_NC ->
          Aarch64Tls.applyGd(ctxt, syms, r, s);
      case R_AARCH64_TLSLD_ADR_PAGE21, R_AARCH64_TLSLD_ADD_LO12_NC ->
          Aarch64Tls.applyLd(ctxt, r, s);
      case R_AARCH64_TLSIE_ADR_GOTTPREL_PAGE21,
          R_AARCH64_TLSIE_LD64_GOTTPREL_LO12_NC,
          R_AARCH64_TLSIE_LD_GOTTPREL_PREL19 ->
          Aarch64Tls.applyIe(ctxt, syms, r, s);
      case R_AARCH64_TLSDESC_LD_PREL19,
          R_AARCH64_TLSDESC_ADR_PREL21,
          R_AARCH64_TLSDESC_ADR_PAGE21,
          R_AARCH64_TLSDESC_LD64_LO12,
          R_AARCH64_TLSDESC_ADD_LO12,
          R_AARCH64_TLSDESC_CALL ->
          Aarch64Tls.applyDesc(ctxt, syms, r, s);
      default -> {
        if (!applyMove(syms, r, s)
            && !applyTlsOffset(ctxt, syms, r, s)
            && !applyData(r, s, target(syms, r), r.place())) {
          throw new IllegalStateException("no scan has refused " + name(type));
        }
      }
    }
  }

  private static void gotOffset(Relocs r, Slice s, long offset) {
    if (unsigned(r, offset, 15)) {
      low(r, s, offset, 3);
    }
  }

  /** {@code movz} and {@code movk} with a part of an address or a distance. */
  private static boolean applyMove(Symbols syms, Relocs r, Slice s) {
    int type = r.type();
    long v = target(syms, r);
    long d = v - r.place();
    switch (type) {
      case R_AARCH64_MOVW_UABS_G0, R_AARCH64_MOVW_UABS_G1, R_AARCH64_MOVW_UABS_G2 -> {
        int group = (type - R_AARCH64_MOVW_UABS_G0) / 2;
        unsigned(r, v, 16 * (group + 1));
        move(r, s, v, group);
      }
      case R_AARCH64_MOVW_UABS_G0_NC, R_AARCH64_MOVW_UABS_G1_NC, R_AARCH64_MOVW_UABS_G2_NC ->
          move(r, s, v, (type - R_AARCH64_MOVW_UABS_G0_NC) / 2);
      case R_AARCH64_MOVW_UABS_G3 -> move(r, s, v, 3);
      case R_AARCH64_MOVW_SABS_G0, R_AARCH64_MOVW_SABS_G1, R_AARCH64_MOVW_SABS_G2 -> {
        int group = type - R_AARCH64_MOVW_SABS_G0;
        signed(r, v, 16 * (group + 1) + 1);
        moveSigned(r, s, v, group);
      }
      case R_AARCH64_MOVW_PREL_G0, R_AARCH64_MOVW_PREL_G1, R_AARCH64_MOVW_PREL_G2 -> {
        int group = (type - R_AARCH64_MOVW_PREL_G0) / 2;
        signed(r, d, 16 * (group + 1) + 1);
        moveSigned(r, s, d, group);
      }
      case R_AARCH64_MOVW_PREL_G0_NC, R_AARCH64_MOVW_PREL_G1_NC, R_AARCH64_MOVW_PREL_G2_NC ->
          move(r, s, d, (type - R_AARCH64_MOVW_PREL_G0_NC) / 2);
      case R_AARCH64_MOVW_PREL_G3 -> moveSigned(r, s, d, 3);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether a type is one of local exec: an offset from the thread pointer. */
  static boolean isLocalExec(int type) {
    return (type >= R_AARCH64_TLSLE_MOVW_TPREL_G2 && type <= R_AARCH64_TLSLE_LDST64_TPREL_LO12_NC)
        || type == R_AARCH64_TLSLE_LDST128_TPREL_LO12
        || type == R_AARCH64_TLSLE_LDST128_TPREL_LO12_NC;
  }

  /** Local exec and local dynamic, which have the same types with 21 between their numbers. */
  private static boolean applyTlsOffset(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int type = r.type();
    boolean local = isLocalExec(type);
    int as = local ? type : type + LOCAL_EXEC - LOCAL_DYNAMIC;
    if (type == R_AARCH64_TLSLD_LDST128_DTPREL_LO12
        || type == R_AARCH64_TLSLD_LDST128_DTPREL_LO12_NC) {
      as = type - 2;
    } else if (!isLocalExec(as)) {
      return false;
    }
    long off = local ? Aarch64Tls.tpOff(ctxt, syms, r) : Aarch64Tls.dtpOff(ctxt, syms, r);
    switch (as) {
      case R_AARCH64_TLSLE_MOVW_TPREL_G2 -> checkedMove(r, s, off, 2);
      case R_AARCH64_TLSLE_MOVW_TPREL_G1 -> checkedMove(r, s, off, 1);
      case R_AARCH64_TLSLE_MOVW_TPREL_G0 -> checkedMove(r, s, off, 0);
      case R_AARCH64_TLSLE_MOVW_TPREL_G1_NC -> move(r, s, off, 1);
      case R_AARCH64_TLSLE_MOVW_TPREL_G0_NC -> move(r, s, off, 0);
      case R_AARCH64_TLSLE_ADD_TPREL_HI12 -> {
        unsigned(r, off, 24);
        low(r, s, off >> 12 & 0xfff, 0);
      }
      case R_AARCH64_TLSLE_ADD_TPREL_LO12 -> {
        if (unsigned(r, off, 12)) {
          low12(r, s, off, 0);
        }
      }
      case R_AARCH64_TLSLE_ADD_TPREL_LO12_NC -> low12(r, s, off, 0);
      case R_AARCH64_TLSLE_LDST128_TPREL_LO12 -> {
        if (unsigned(r, off, 12)) {
          low12(r, s, off, 4);
        }
      }
      case R_AARCH64_TLSLE_LDST128_TPREL_LO12_NC -> low12(r, s, off, 4);
      default -> {
        int n = as - R_AARCH64_TLSLE_LDST8_TPREL_LO12; // of each size one with a check, one without
        if (n % 2 != 0 || unsigned(r, off, 12)) {
          low12(r, s, off, n / 2);
        }
      }
    }
    return true;
  }

  private static final int LOCAL_EXEC = R_AARCH64_TLSLE_MOVW_TPREL_G2;
  private static final int LOCAL_DYNAMIC = R_AARCH64_TLSLD_MOVW_DTPREL_G2;

  private static void checkedMove(Relocs r, Slice s, long off, int group) {
    signed(r, off, 16 * (group + 1) + 1);
    moveSigned(r, s, off, group);
  }

  static void applyDebug(Link ctxt, Relocs r, Slice s) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      if (!r.check(width(r.type()))) {
        continue;
      }
      boolean gone = r.isGone();
      if (r.type() == R_AARCH64_TLS_DTPREL64) {
        s.put64(r.offset(), gone ? 0 : target(syms, r) - ctxt.tlsBase());
      } else if (!applyData(r, s, gone ? r.tombstone() : target(syms, r), gone ? 0 : r.place())) {
        r.error(
            DiagnosticCode.UNUSABLE_RELOCATION,
            "relocation " + name(r.type()) + " can not be used in a section that is not loaded");
      }
    }
  }

  /** Fields that are no instructions. */
  private static boolean applyData(Relocs r, Slice s, long value, long place) {
    switch (r.type()) {
      case R_AARCH64_NONE, 256 -> {}
      case R_AARCH64_ABS64 -> s.put64(r.offset(), value);
      case R_AARCH64_PREL64 -> s.put64(r.offset(), value - place);
      case R_AARCH64_ABS32 -> put32(r, s, value);
      case R_AARCH64_PREL32 -> put32(r, s, value - place);
      case R_AARCH64_ABS16 -> put16(r, s, value);
      case R_AARCH64_PREL16 -> put16(r, s, value - place);
      default -> {
        return false;
      }
    }
    return true;
  }

  // These may be meant with or without sign (psABI, "Static Data relocations").

  private static void put32(Relocs r, Slice s, long value) {
    fits(r, value, -(1L << 31), (1L << 32) - 1);
    s.put32(r.offset(), (int) value);
  }

  private static void put16(Relocs r, Slice s, long value) {
    fits(r, value, -(1L << 15), (1L << 16) - 1);
    s.put16(r.offset(), (int) value);
  }

  /** Bytes of the field of a type that is known. */
  static int width(int type) {
    return switch (type) {
      case R_AARCH64_NONE, 256 -> 0;
      case R_AARCH64_ABS64, R_AARCH64_PREL64, R_AARCH64_GOTREL64 -> 8;
      case R_AARCH64_ABS16, R_AARCH64_PREL16 -> 2;
      default -> type >= R_AARCH64_COPY && type <= R_AARCH64_IRELATIVE ? 8 : 4;
    };
  }

  /** What can be done where a field of this type is too small ({@link Aarch64#overflowCure}). */
  static String overflowCure(int type) {
    return switch (type) {
      case R_AARCH64_CALL26, R_AARCH64_JUMP26 ->
          " has a section of more than 128 MiB, in which no thunk has a place; compile it with"
              + " -ffunction-sections";
      case R_AARCH64_CONDBR19, R_AARCH64_TSTBR14 ->
          " has a conditional branch to another section; no thunk extends it: let it skip a b";
      case R_AARCH64_ADR_PREL_PG_HI21, R_AARCH64_ADR_GOT_PAGE ->
          " is compiled for a program of less than 4 GiB; compile it with -mcmodel=large -fno-pic";
      case R_AARCH64_ADR_PREL_LO21, R_AARCH64_LD_PREL_LO19, R_AARCH64_GOT_LD_PREL19 ->
          " is compiled for a program of less than 1 MiB; compile it with -mcmodel=small";
      case R_AARCH64_LD64_GOTPAGE_LO15, R_AARCH64_LD64_GOTOFF_LO15 ->
          " is compiled for a small GOT; compile it with -fPIC in place of -fpic";
      case R_AARCH64_TLSLE_ADD_TPREL_LO12 ->
          " is compiled for little thread-local storage; compile it with -mtls-size=24";
      case R_AARCH64_TLSLE_ADD_TPREL_HI12 ->
          " is compiled for 16 MiB of thread-local storage; compile it with -mtls-size=32";
      default -> "";
    };
  }
}
