package io.jld.amd64;

import static io.jld.amd64.Amd64Bytes.putSigned32;
import static io.jld.amd64.Amd64Reloc.*;

import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.link.DiagnosticCode;

/**
 * What relocations write (psABI, "Relocation Types": the column "Calculation").
 *
 * <p>Fields are little-endian and may stand at any byte. What does not fit is an error, and what
 * fits is what GNU ld says: {@code 32} is zero-extended by the instruction and unsigned therefore,
 * {@code 32S} and all that is relative to the place is sign-extended and signed. {@code 8}, {@code
 * 16} and {@code PC16} take both: whatever is a number of that many bits once the address space
 * wraps around.
 *
 * <p>An eight-byte field that the loader will relocate holds S + A as well (before the load address
 * is added), which {@code RELR} needs and debuggers like; where it is bound to a symbol that this
 * output does not define it holds 0, since the addend is in the {@code RELA} entry.
 *
 * <p>The loops run once for each of millions of relocations: they allocate nothing, and they are
 * split so that the few types that make up almost all of them are in a method small enough to be
 * compiled as a whole.
 */
final class Amd64Apply {
  private static final long MAX_UNSIGNED_32 = 0xffff_ffffL;

  private Amd64Apply() {}

  static void apply(Link ctxt, Relocs r, Slice s) {
    Symbols syms = ctxt.symbols();
    while (r.next()) {
      switch (r.type()) {
        case R_X86_64_PC32, R_X86_64_PC32_BND -> {
          if (r.check(4)) {
            putSigned32(r, s, r.offset(), syms.value(r.symbol()) + r.addend() - r.place());
          }
        }
        case R_X86_64_PLT32, R_X86_64_PLT32_BND -> {
          if (r.check(4)) {
            putSigned32(r, s, r.offset(), syms.callTarget(r.symbol()) + r.addend() - r.place());
          }
        }
        case R_X86_64_64 -> {
          if (r.check(8)) {
            boolean bound = Scan.isSymbolic(ctxt, r);
            s.put64(r.offset(), bound ? 0 : syms.value(r.symbol()) + r.addend());
          }
        }
        case R_X86_64_32 -> {
          if (r.check(4)) {
            putUnsigned32(r, s, syms.value(r.symbol()) + r.addend());
          }
        }
        case R_X86_64_32S -> {
          if (r.check(4)) {
            putSigned32(r, s, r.offset(), syms.value(r.symbol()) + r.addend());
          }
        }
        case R_X86_64_GOTPCREL -> {
          if (r.check(4)) {
            putSigned32(r, s, r.offset(), syms.gotSlot(r.symbol()) + r.addend() - r.place());
          }
        }
        case R_X86_64_GOTPCRELX,
            R_X86_64_REX_GOTPCRELX,
            R_X86_64_CODE_4_GOTPCRELX,
            R_X86_64_CODE_5_GOTPCRELX,
            R_X86_64_CODE_6_GOTPCRELX -> {
          if (r.check(4)) {
            Amd64Relax.apply(ctxt, syms, r, s);
          }
        }
        default -> applyOther(ctxt, syms, r, s);
      }
    }
  }

  private static void applyOther(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int type = r.type();
    if (!r.check(width(type))) {
      return;
    }
    int sym = r.symbol();
    long at = r.offset();
    long a = r.addend();
    switch (type) {
      case R_X86_64_NONE, R_X86_64_GNU_VTINHERIT, R_X86_64_GNU_VTENTRY -> {}

      case R_X86_64_16 -> putWrapped16(r, s, syms.value(sym) + a);
      case R_X86_64_8 -> putWrapped8(r, s, syms.value(sym) + a);
      case R_X86_64_PC64 -> s.put64(at, syms.value(sym) + a - r.place());
      case R_X86_64_PC16 -> putWrapped16(r, s, syms.value(sym) + a - r.place());
      case R_X86_64_PC8 -> putSigned8(r, s, syms.value(sym) + a - r.place());

      // The GOT, from the place or from its own start.
      case R_X86_64_GOTPCREL64 -> s.put64(at, syms.gotSlot(sym) + a - r.place());
      case R_X86_64_GOT32 -> putSigned32(r, s, at, syms.gotSlot(sym) + a - ctxt.gotBase());
      case R_X86_64_GOT64, R_X86_64_GOTPLT64 -> s.put64(at, syms.gotSlot(sym) + a - ctxt.gotBase());
      case R_X86_64_GOTPC32 -> putSigned32(r, s, at, ctxt.gotBase() + a - r.place());
      case R_X86_64_GOTPC64 -> s.put64(at, ctxt.gotBase() + a - r.place());
      case R_X86_64_GOTOFF64 -> s.put64(at, syms.value(sym) + a - ctxt.gotBase());
      case R_X86_64_PLTOFF64 -> s.put64(at, syms.callTarget(sym) + a - ctxt.gotBase());

      case R_X86_64_SIZE32 -> putUnsigned32(r, s, syms.isPreemptible(sym) ? 0 : syms.size(sym) + a);
      case R_X86_64_SIZE64 -> s.put64(at, syms.isPreemptible(sym) ? 0 : syms.size(sym) + a);

      default -> applyTls(ctxt, syms, r, s);
    }
  }

  private static void applyTls(Link ctxt, Symbols syms, Relocs r, Slice s) {
    int sym = r.symbol();
    long at = r.offset();
    long a = r.addend();
    switch (r.type()) {
      case R_X86_64_TLSGD -> Amd64TlsCalls.applyGd(ctxt, syms, r, s);
      case R_X86_64_TLSLD -> Amd64TlsCalls.applyLd(ctxt, r, s);
      case R_X86_64_GOTTPOFF,
          R_X86_64_CODE_4_GOTTPOFF,
          R_X86_64_CODE_5_GOTTPOFF,
          R_X86_64_CODE_6_GOTTPOFF ->
          Amd64Tls.applyIe(ctxt, syms, r, s);
      case R_X86_64_GOTPC32_TLSDESC,
          R_X86_64_CODE_4_GOTPC32_TLSDESC,
          R_X86_64_CODE_5_GOTPC32_TLSDESC,
          R_X86_64_CODE_6_GOTPC32_TLSDESC ->
          Amd64Tls.applyDesc(ctxt, syms, r, s);
      case R_X86_64_TLSDESC_CALL -> Amd64Tls.applyDescCall(ctxt, syms, r, s);
      case R_X86_64_TPOFF32 -> putSigned32(r, s, at, Amd64Tls.tpOff(ctxt, syms, sym) + a);
      case R_X86_64_TPOFF64 -> s.put64(at, Amd64Tls.tpOff(ctxt, syms, sym) + a);
      case R_X86_64_DTPOFF32 -> putSigned32(r, s, at, Amd64Tls.dtpOff(ctxt, syms, r) + a);
      case R_X86_64_DTPOFF64 -> s.put64(at, Amd64Tls.dtpOff(ctxt, syms, r) + a);
      default -> r.error(DiagnosticCode.UNKNOWN_RELOCATION, "unknown relocation type " + r.type());
    }
  }

  /**
   * Debug information is never loaded: no slot, no PLT, no thread pointer. What speaks of code that
   * is not part of the output gets a value that no code has.
   */
  static void applyDebug(Link ctxt, Relocs r, Slice s) {
    while (r.next()) {
      if (r.check(width(r.type()))) {
        applyOneDebug(ctxt, r, s);
      }
    }
  }

  /**
   * A method of its own, and not the body of a loop: debug sections are few and large, and the JVM
   * compiles a method that is called often sooner than a loop that runs once (docs/performance.md).
   */
  private static void applyOneDebug(Link ctxt, Relocs r, Slice s) {
    Symbols syms = ctxt.symbols();
    int type = r.type();
    int sym = r.symbol();
    boolean gone = r.isGone();
    long sa = gone ? r.tombstone() : syms.value(sym) + r.addend();
    switch (type) {
      case R_X86_64_NONE, R_X86_64_GNU_VTINHERIT, R_X86_64_GNU_VTENTRY -> {}
      case R_X86_64_64 -> s.put64(r.offset(), sa);
      case R_X86_64_32 -> putUnsigned32(r, s, sa);
      case R_X86_64_32S -> putSigned32(r, s, r.offset(), sa);
      case R_X86_64_16 -> putWrapped16(r, s, sa);
      case R_X86_64_8 -> putWrapped8(r, s, sa);
      case R_X86_64_PC64 -> s.put64(r.offset(), gone ? sa : sa - r.place());
      case R_X86_64_PC32 -> putSigned32(r, s, r.offset(), gone ? sa : sa - r.place());
      // Code that something else loads: a ROM's, which a script puts at its address.
      case R_X86_64_PC16 -> putWrapped16(r, s, gone ? sa : sa - r.place());
      case R_X86_64_PC8 -> putSigned8(r, s, gone ? sa : sa - r.place());
      // Offsets for a debugger, which knows the module: never from the thread pointer.
      case R_X86_64_DTPOFF64 -> s.put64(r.offset(), gone ? sa : sa - ctxt.tlsBegin());
      case R_X86_64_DTPOFF32 -> putSigned32(r, s, r.offset(), gone ? sa : sa - ctxt.tlsBegin());
      case R_X86_64_SIZE64 -> s.put64(r.offset(), gone ? sa : syms.size(sym) + r.addend());
      case R_X86_64_SIZE32 -> putUnsigned32(r, s, gone ? sa : syms.size(sym) + r.addend());
      default ->
          r.error(
              DiagnosticCode.UNUSABLE_RELOCATION,
              Amd64Reloc.isKnown(type)
                  ? "relocation "
                      + Amd64Reloc.name(type)
                      + " can not be used in a section that is not loaded"
                  : "unknown relocation type " + type);
    }
  }

  /** Bytes of the type's field, from the relocation's offset on. */
  static int width(int type) {
    return switch (type) {
      case R_X86_64_NONE, R_X86_64_GNU_VTINHERIT, R_X86_64_GNU_VTENTRY -> 0;
      case R_X86_64_8, R_X86_64_PC8 -> 1;
      case R_X86_64_16, R_X86_64_PC16, R_X86_64_TLSDESC_CALL -> 2;
      case R_X86_64_64,
          R_X86_64_PC64,
          R_X86_64_GOTOFF64,
          R_X86_64_GOT64,
          R_X86_64_GOTPLT64,
          R_X86_64_GOTPCREL64,
          R_X86_64_GOTPC64,
          R_X86_64_PLTOFF64,
          R_X86_64_SIZE64,
          R_X86_64_TPOFF64,
          R_X86_64_DTPOFF64 ->
          8;
      default -> Amd64Reloc.isKnown(type) ? 4 : 0;
    };
  }

  /** What the psABI's code models (3.5.1) say of a field that is too small. */
  static String overflowCure(int type) {
    return switch (type) {
      case R_X86_64_32, R_X86_64_32S ->
          " is compiled for addresses below 2 GiB; compile it with -fPIC or -mcmodel=large, or"
              + " lower the addresses of the output";
      case R_X86_64_TPOFF32, R_X86_64_DTPOFF32, R_X86_64_SIZE32 -> "";
      case R_X86_64_16, R_X86_64_PC16, R_X86_64_8, R_X86_64_PC8 ->
          " needs a wider field or jump in the assembly";
      default ->
          " is compiled for a program of less than 2 GiB; compile it with -mcmodel=medium, which"
              + " puts large data out of the way, or -mcmodel=large";
    };
  }

  private static void putUnsigned32(Relocs r, Slice s, long v) {
    if (v >>> 32 != 0) {
      r.outOfRange(v, 0, MAX_UNSIGNED_32);
    }
    s.put32(r.offset(), (int) v);
  }

  private static void putWrapped16(Relocs r, Slice s, long v) {
    if (v >> 16 != 0 && v >> 16 != -1) {
      r.outOfRange(v, -0x10000, 0xffff);
    }
    s.put16(r.offset(), (int) v);
  }

  private static void putWrapped8(Relocs r, Slice s, long v) {
    if (v >> 8 != 0 && v >> 8 != -1) {
      r.outOfRange(v, -0x100, 0xff);
    }
    s.put8(r.offset(), (int) v);
  }

  private static void putSigned8(Relocs r, Slice s, long v) {
    if (v != (byte) v) {
      r.outOfRange(v, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    s.put8(r.offset(), (int) v);
  }
}
