package io.jld.examples.riscv64;

import static io.jld.examples.riscv64.Riscv64Insn.fits;
import static io.jld.examples.riscv64.Riscv64Reloc.*;

import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;
import java.util.function.IntPredicate;

/**
 * What relocations write (psABI, "Relocations": the column "Description").
 *
 * <p>Several relocations may change one field, one after the other: {@code ADD} and {@code SUB}
 * make a difference of two places there, whose distance is not known before relaxation.
 */
final class Riscv64Apply {
  private final Link ctxt;
  private final Symbols syms;
  private final Relocs r;
  private final Slice s;
  private final long gp;

  private Riscv64Apply(Link ctxt, Relocs r, Slice s) {
    this.ctxt = ctxt;
    this.syms = ctxt.symbols();
    this.r = r;
    this.s = s;
    this.gp = r.isAlloc() ? Riscv64Relax.gp(ctxt) : 0;
  }

  static void apply(Link ctxt, Relocs r, Slice s) {
    Riscv64Apply a = new Riscv64Apply(ctxt, r, s);
    while (r.next()) {
      switch (r.type()) {
        case R_RISCV_RELAX, R_RISCV_NONE -> {}
        case R_RISCV_ALIGN -> Riscv64Relax.applyPadding(r, s);
        case R_RISCV_CALL, R_RISCV_CALL_PLT -> a.call();
        case R_RISCV_PCREL_HI20, R_RISCV_HI20, R_RISCV_TPREL_HI20, R_RISCV_TPREL_ADD -> {
          if (r.form() == 0) {
            a.applyWord();
          } else if ((r.form() & 0xff) == Riscv64Relax.C_LUI) {
            a.shortLui();
          }
        }
        default -> a.applyWord();
      }
    }
  }

  private void applyWord() {
    if (r.check(Riscv64Reloc.width(r.type()))) {
      field();
    }
  }

  private long target() {
    return syms.value(r.symbol()) + r.addend();
  }

  private long callTarget() {
    return syms.callTarget(r.symbol()) + r.addend();
  }

  private void field() {
    long at = r.offset();
    long p = r.place();
    switch (r.type()) {
      case R_RISCV_PCREL_HI20, R_RISCV_GOT_HI20, R_RISCV_TLS_GOT_HI20, R_RISCV_TLS_GD_HI20 ->
          upper(distance(r));
      case R_RISCV_PCREL_LO12_I, R_RISCV_PCREL_LO12_S -> lowerOfPair();
      case R_RISCV_HI20 -> upper(target());
      case R_RISCV_LO12_I, R_RISCV_LO12_S -> lowerOfAddress();
      case R_RISCV_TPREL_HI20 -> upper(Riscv64Tls.offset(ctxt, syms, r));
      case R_RISCV_TPREL_LO12_I, R_RISCV_TPREL_LO12_S -> lowerOfTpRel();
      case R_RISCV_TPREL_ADD -> {}
      case R_RISCV_BRANCH -> {
        if (isIn(callTarget() - p, 13)) {
          s.put32(at, Riscv64Insn.b(s.get32(at), callTarget() - p));
        }
      }
      case R_RISCV_JAL -> {
        if (isIn(callTarget() - p, 21)) {
          s.put32(at, Riscv64Insn.j(s.get32(at), callTarget() - p));
        }
      }
      case R_RISCV_RVC_BRANCH -> {
        if (isIn(callTarget() - p, 9)) {
          s.put16(at, Riscv64Insn.cb(s.get16(at), callTarget() - p));
        }
      }
      case R_RISCV_RVC_JUMP -> {
        if (isIn(callTarget() - p, 12)) {
          s.put16(at, Riscv64Insn.cj(s.get16(at), callTarget() - p));
        }
      }
      case R_RISCV_64 -> s.put64(at, Scan.isSymbolic(ctxt, r) ? 0 : target());
      case R_RISCV_32 -> put32(target());
      case R_RISCV_32_PCREL -> putSigned32(target() - p);
      case R_RISCV_PLT32 -> putSigned32(callTarget() - p);
      case R_RISCV_GOT32_PCREL -> putSigned32(syms.gotSlot(r.symbol()) + r.addend() - p);
      case R_RISCV_TLSDESC_HI20 -> Riscv64Tls.applyDescriptor(ctxt, syms, r, s);
      case R_RISCV_TLSDESC_LOAD_LO12, R_RISCV_TLSDESC_ADD_LO12, R_RISCV_TLSDESC_CALL -> {
        Relocs first = pair(type -> type == R_RISCV_TLSDESC_HI20);
        if (first != null) {
          Riscv64Tls.applyDescriptor(ctxt, syms, r, first, s);
        }
      }
      case R_RISCV_TLS_DTPREL64 -> s.put64(at, target() - ctxt.tlsBase());
      case R_RISCV_TLS_DTPREL32 -> putSigned32(target() - ctxt.tlsBase());
      default -> number(target());
    }
  }

  // Instructions

  private void call() {
    long distance = callTarget() - r.place();
    if (r.form() != 0) {
      Riscv64Relax.applyCall(r, s, distance);
    } else if (r.check(8) && isHigh(distance)) {
      long at = r.offset();
      s.put32(at, Riscv64Insn.u(s.get32(at), distance));
      s.put32(at + 4, Riscv64Insn.i(s.get32(at + 4), distance));
    }
  }

  private void shortLui() {
    if (r.check(2)) {
      int rd = r.form() >> 8;
      s.put16(r.offset(), Riscv64Insn.cLui(rd, target()));
    }
  }

  private void upper(long v) {
    if (isHigh(v)) {
      s.put32(r.offset(), Riscv64Insn.u(s.get32(r.offset()), v));
    }
  }

  /** Whether a 20-bit upper and a signed 12-bit lower part make this number. */
  private boolean isHigh(long v) {
    if (!fits(v + 0x800, 32)) {
      r.outOfRange(v, -(1L << 31) - 0x800, (1L << 31) - 0x801);
      return false;
    }
    return true;
  }

  private boolean isIn(long v, int bits) {
    if (!fits(v, bits)) {
      r.outOfRange(v, -1L << bits - 1, (1L << bits - 1) - 1);
      return false;
    }
    return true;
  }

  /** What an auipc and the instruction after it make together. */
  private long distance(Relocs high) {
    int sym = high.symbol();
    long to =
        switch (high.type()) {
          case R_RISCV_GOT_HI20 -> syms.gotSlot(sym);
          case R_RISCV_TLS_GOT_HI20 -> syms.tpOffSlot(sym);
          case R_RISCV_TLS_GD_HI20 -> syms.tlsGdSlot(sym);
          default -> syms.value(sym);
        };
    return to + high.addend() - high.place();
  }

  /** The relocation at the place that the current one's symbol labels. */
  private Relocs pair(IntPredicate types) {
    Relocs high = r.labelOffset() < 0 ? null : r.at(r.labelOffset(), types);
    if (high == null) {
      r.error(
          DiagnosticCode.MALFORMED_RELOCATION,
          "relocation "
              + Riscv64Reloc.name(r.type())
              + " labels no instruction of this section with the upper part");
    }
    return high;
  }

  private void lowerOfPair() {
    Relocs high = pair(Riscv64Reloc::isHigh);
    if (high != null) {
      switch (high.form()) {
        case Riscv64Relax.FROM_GP ->
            whole(Riscv64Insn.GP, syms.value(high.symbol()) + high.addend() - gp);
        case Riscv64Relax.FROM_ZERO ->
            whole(Riscv64Insn.ZERO, syms.value(high.symbol()) + high.addend());
        default -> lower(-1, distance(high));
      }
    }
  }

  /** Writes a number whose upper part is gone. */
  private void whole(int from, long v) {
    if (isIn(v, 12)) {
      lower(from, v);
    }
  }

  private void lowerOfAddress() {
    long v = target();
    boolean relaxes = ctxt.relax() && Riscv64Relax.isMarked(r);
    if (relaxes && fits(v, 12)) {
      lower(Riscv64Insn.ZERO, v);
    } else if (relaxes && Riscv64Relax.isNearGp(gp, v, 0)) {
      lower(Riscv64Insn.GP, v - gp);
    } else {
      lower(-1, v);
    }
  }

  private void lowerOfTpRel() {
    long v = Riscv64Tls.offset(ctxt, syms, r);
    boolean relaxes = ctxt.relax() && Riscv64Relax.isMarked(r);
    lower(relaxes && fits(v, 12) ? Riscv64Insn.TP : -1, v);
  }

  /**
   * Writes the lower part of a number.
   *
   * @param from the register that it counts from; -1 for that which the instruction has
   */
  private void lower(int from, long v) {
    long at = r.offset();
    int insn = from < 0 ? s.get32(at) : Riscv64Insn.withRs1(s.get32(at), from);
    boolean store =
        r.type() == R_RISCV_PCREL_LO12_S
            || r.type() == R_RISCV_LO12_S
            || r.type() == R_RISCV_TPREL_LO12_S;
    s.put32(at, store ? Riscv64Insn.s(insn, v) : Riscv64Insn.i(insn, v));
  }

  // Numbers

  private void put32(long v) {
    if (v >> 32 != 0 && v >> 31 != -1) {
      r.outOfRange(v, -1L << 31, (1L << 32) - 1);
    }
    s.put32(r.offset(), (int) v);
  }

  private void putSigned32(long v) {
    if (isIn(v, 32)) {
      s.put32(r.offset(), (int) v);
    }
  }

  /** A part of a difference. */
  private void number(long v) {
    long at = r.offset();
    switch (r.type()) {
      case R_RISCV_ADD8 -> s.put8(at, s.get8(at) + (int) v);
      case R_RISCV_ADD16 -> s.put16(at, s.get16(at) + (int) v);
      case R_RISCV_ADD32 -> s.put32(at, s.get32(at) + (int) v);
      case R_RISCV_ADD64 -> s.put64(at, s.get64(at) + v);
      case R_RISCV_SUB8 -> s.put8(at, s.get8(at) - (int) v);
      case R_RISCV_SUB16 -> s.put16(at, s.get16(at) - (int) v);
      case R_RISCV_SUB32 -> s.put32(at, s.get32(at) - (int) v);
      case R_RISCV_SUB64 -> s.put64(at, s.get64(at) - v);
      case R_RISCV_SET8 -> s.put8(at, (int) v);
      case R_RISCV_SET16 -> s.put16(at, (int) v);
      case R_RISCV_SET32 -> s.put32(at, (int) v);
      case R_RISCV_SET6 -> six(v);
      case R_RISCV_SUB6 -> six(s.get8(at) - v);
      case R_RISCV_SET_ULEB128 -> setUleb(v);
      case R_RISCV_SUB_ULEB128 -> putUleb(at, getUleb(at) - v);
      default ->
          r.error(
              DiagnosticCode.UNUSABLE_RELOCATION,
              "relocation " + Riscv64Reloc.name(r.type()) + " can not be used here");
    }
  }

  /** The lower six bits of a byte: a {@code DW_CFA_advance_loc}. */
  private void six(long v) {
    s.put8(r.offset(), s.get8(r.offset()) & 0xc0 | (int) v & 0x3f);
  }

  /**
   * The field has room for the difference, not for an address: so both relocations of a pair are
   * applied at once.
   */
  private void setUleb(long v) {
    long at = r.offset();
    boolean pair = r.peekType() == R_RISCV_SUB_ULEB128;
    if (pair && r.next()) {
      if (r.offset() == at) {
        putUleb(at, v - (r.isAlloc() || !r.isGone() ? target() : 0));
        return;
      }
      r.error(DiagnosticCode.MALFORMED_RELOCATION, "R_RISCV_SUB_ULEB128 stands alone");
      return;
    }
    putUleb(at, v);
  }

  /** Bytes of the number at an offset; 0 where it has no end. */
  private int ulebLength(long at) {
    for (int n = 1; n <= 10 && at + n <= r.sectionSize(); n++) {
      if ((s.get8(at + n - 1) & 0x80) == 0) {
        return n;
      }
    }
    r.error(DiagnosticCode.MALFORMED_RELOCATION, "a ULEB128 number has no end");
    return 0;
  }

  private long getUleb(long at) {
    long v = 0;
    for (int i = 0, n = ulebLength(at); i < n; i++) {
      v |= (long) (s.get8(at + i) & 0x7f) << 7 * i;
    }
    return v;
  }

  /** Writes a number with as many bytes as are there. */
  private void putUleb(long at, long v) {
    int n = ulebLength(at);
    if (n > 0 && n < 10 && v >>> 7 * n != 0) {
      r.outOfRange(v, 0, (1L << 7 * n) - 1);
      return;
    }
    for (int i = 0; i < n; i++) {
      s.put8(at + i, (int) (v >>> 7 * i) & 0x7f | (i + 1 < n ? 0x80 : 0));
    }
  }

  // What is not loaded

  static void applyDebug(Link ctxt, Relocs r, Slice s) {
    Riscv64Apply a = new Riscv64Apply(ctxt, r, s);
    while (r.next()) {
      if (r.check(Riscv64Reloc.width(r.type()))) {
        a.debug();
      }
    }
  }

  private void debug() {
    boolean gone = r.isGone();
    long at = r.offset();
    switch (r.type()) {
      case R_RISCV_NONE, R_RISCV_RELAX -> {}
      case R_RISCV_64 -> s.put64(at, gone ? r.tombstone() : target());
      case R_RISCV_32 -> put32(gone ? r.tombstone() : target());
      case R_RISCV_32_PCREL -> putSigned32(gone ? 0 : target() - r.place());
      case R_RISCV_TLS_DTPREL64 -> s.put64(at, gone ? 0 : target() - ctxt.tlsBase());
      case R_RISCV_TLS_DTPREL32 -> putSigned32(gone ? 0 : target() - ctxt.tlsBase());
      default -> number(gone ? 0 : target());
    }
  }
}
