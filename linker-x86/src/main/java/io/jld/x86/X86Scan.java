package io.jld.x86;

import static io.jld.x86.X86Reloc.*;

import io.jld.arch.Need;
import io.jld.arch.Reference;
import io.jld.arch.Relocs;
import io.jld.arch.Scan;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.link.DiagnosticCode;

/**
 * What relocations ask for (psABI, "Relocation"; "Global Offset Table"; "Function Addresses").
 *
 * <p>Most of it is {@link Scan}'s table, which is about the symbol and the output. i386 differs in
 * three points:
 *
 * <ul>
 *   <li>An entry of a position-independent PLT needs {@code %ebx}, so that it can't be a function's
 *       address: there are no canonical PLT entries but in an output at a fixed address.
 *   <li>A displacement has the width of an address, and the loader knows {@code R_386_PC32}: code
 *       that was not compiled for a position-independent output can still be linked into one, if
 *       its sections may be relocated.
 *   <li>Branches outside of position-independent code are {@code R_386_PC32} as other displacements
 *       are; the instruction tells them apart, so that a call alone does not make a PLT entry
 *       canonical.
 * </ul>
 */
final class X86Scan {
  private X86Scan() {}

  static void scan(Link ctxt, Relocs r) {
    while (r.next()) {
      switch (r.type()) {
        case R_386_NONE, R_386_GNU_VTINHERIT, R_386_GNU_VTENTRY -> {}
        case R_386_32 -> word(ctxt, r);
        case R_386_PC32 -> pc32(ctxt, r);
        case R_386_PLT32 -> call(ctxt, r);
        case R_386_GOTOFF -> gotOff(ctxt, r);
        case R_386_GOTPC -> ctxt.needGotBase();
        case R_386_GOT32X -> {
          if (X86Relax.got32x(ctxt, r) == X86Relax.KEEP) {
            got(ctxt, r);
          } else if (ctxt.isPic()) {
            ctxt.needGotBase();
          }
        }
        case R_386_GOT32 -> got(ctxt, r);
        case R_386_16, R_386_8 -> Scan.narrow(ctxt, r);
        case R_386_PC16, R_386_PC8 -> displacement(ctxt, r, false);
        case R_386_SIZE32 -> {
          if (isDynamicSize(ctxt, r)) {
            r.addDynamic(R_386_SIZE32, r.symbol(), r.addend());
          }
        }
        case R_386_TLS_GD -> tlsGd(ctxt, r);
        case R_386_TLS_LDM -> tlsLdm(ctxt, r);
        case R_386_TLS_LDO_32 -> tlsLdo(ctxt, r);
        case R_386_TLS_IE, R_386_TLS_GOTIE, R_386_TLS_IE_32 -> tlsIe(ctxt, r);
        case R_386_TLS_LE, R_386_TLS_LE_32 -> tlsLe(ctxt, r);
        case R_386_TLS_GOTDESC -> tlsGotdesc(ctxt, r);
        case R_386_TLS_DESC_CALL -> {
          if (X86Tls.descCall(ctxt, r) == X86Tls.BROKEN) {
            r.error(
                DiagnosticCode.TLS_SEQUENCE, "not the call of a TLS descriptor: " + shown(r, 0, 2));
          }
        }
        default -> r.error(DiagnosticCode.UNKNOWN_RELOCATION, refusal(r.type()));
      }
    }
  }

  /** How a type refers to its symbol ({@link io.jld.arch.Arch#reference}). */
  static Reference reference(int type) {
    return switch (type) {
      case R_386_PLT32 -> Reference.CALL;
      case R_386_PC32 -> Reference.DISPLACEMENT;
      case R_386_32, R_386_16, R_386_8, R_386_PC16, R_386_PC8, R_386_GOTOFF -> Reference.ADDRESS;
      default -> Reference.OTHER;
    };
  }

  /** Why there is no such relocation in an object file. */
  static String refusal(int type) {
    String name = X86Reloc.name(type);
    if (X86Reloc.isDynamic(type)) {
      return "relocation " + name + " is the loader's and has no place in an object file";
    }
    return name.startsWith("R_386_")
        ? "unsupported relocation " + name
        : "unknown relocation type " + name;
  }

  // --- addresses and displacements

  private static void word(Link ctxt, Relocs r) {
    if (r.addend() != 0 && isPicIfunc(ctxt, r.symbol())) {
      refuseIfunc(ctxt, r);
    } else {
      Scan.word(ctxt, r);
    }
  }

  private static void pc32(Link ctxt, Relocs r) {
    if (isSymbolicPc32(ctxt, r)) {
      r.addDynamic(R_386_PC32, r.symbol(), r.addend());
    } else if (!ctxt.isPic() && X86Insn.isBranch(r)) {
      Scan.call(ctxt, r);
    } else {
      displacement(ctxt, r, true);
    }
  }

  /**
   * Whether an {@code R_386_PC32} is left to the loader: the symbol is not this output's, and there
   * is no stand-in for it that the code could use. Asked again when it is applied.
   */
  static boolean isSymbolicPc32(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    if (!ctxt.isPic() || !syms.isPreemptible(sym)) {
      return false;
    }
    return r.isWritable() || syms.isFunction(sym) || !ctxt.copyRelocations();
  }

  /** A displacement from the place or the GOT that must be known now. */
  private static void displacement(Link ctxt, Relocs r, boolean wide) {
    int sym = r.symbol();
    if (isPicIfunc(ctxt, sym)) {
      refuseIfunc(ctxt, r);
    } else if (ctxt.isPic()
        && ctxt.symbols().isPreemptible(sym)
        && (!wide || ctxt.symbols().isFunction(sym))) {
      r.error(DiagnosticCode.NOT_PIC, Scan.cannotBeUsed(ctxt, r));
    } else {
      Scan.pcRelative(ctxt, r);
    }
  }

  private static void gotOff(Link ctxt, Relocs r) {
    ctxt.needGotBase();
    displacement(ctxt, r, true);
  }

  private static void call(Link ctxt, Relocs r) {
    Scan.call(ctxt, r, -4);
    if (ctxt.isPic()) {
      ctxt.needGotBase(); // the entry counts from there
    }
  }

  private static void got(Link ctxt, Relocs r) {
    if (!X86Relax.isAddress(r)) {
      ctxt.needGotBase();
    } else if (ctxt.isPic()) {
      r.error(
          DiagnosticCode.NOT_PIC,
          "direct GOT relocation "
              + X86Reloc.name(r.type())
              + " against symbol '"
              + ctxt.symbols().name(r.symbol())
              + "' without base register can not be used when making "
              + (ctxt.isShared() ? "a shared object" : "a PIE object"));
    }
    ctxt.symbols().need(r.symbol(), Need.GOT);
  }

  /** Whether the size is that of whichever definition the loader finds. */
  static boolean isDynamicSize(Link ctxt, Relocs r) {
    return ctxt.symbols().isPreemptible(r.symbol()) && (ctxt.isPic() || r.isWritable());
  }

  private static boolean isPicIfunc(Link ctxt, int sym) {
    return ctxt.isPic() && ctxt.symbols().isIfunc(sym) && !ctxt.symbols().isPreemptible(sym);
  }

  /**
   * Only code that knows neither a function's address nor that the function is this output's asks
   * the PLT or the GOT for it; a compiler that has been told {@code hidden} does not.
   */
  private static void refuseIfunc(Link ctxt, Relocs r) {
    String visible = "declare it with default visibility where it is used";
    String pic = "recompile with " + (ctxt.isShared() ? "-fPIC" : "-fPIE");
    r.error(
        DiagnosticCode.IFUNC_REFERENCE,
        "relocation "
            + X86Reloc.name(r.type())
            + " against STT_GNU_IFUNC symbol '"
            + ctxt.symbols().name(r.symbol())
            + "' can not be used when making "
            + (ctxt.isShared() ? "a shared object" : "a PIE object")
            + ", where only calls through the PLT and loads from the GOT reach it; "
            + (r.type() == R_386_GOTOFF ? visible : pic + ", and " + visible));
  }

  // --- thread-local storage

  private static void tlsGd(Link ctxt, Relocs r) {
    int sym = r.symbol();
    switch (X86Tls.gd(ctxt, r)) {
      case X86Tls.TO_LE -> X86Tls.skipCall(r, true);
      case X86Tls.TO_IE -> {
        tpOff(ctxt, sym, true);
        X86Tls.skipCall(r, true);
      }
      default -> {
        ctxt.needGotBase();
        ctxt.symbols().need(sym, Need.TLS_GD);
      }
    }
  }

  private static void tlsLdm(Link ctxt, Relocs r) {
    switch (X86Tls.ld(ctxt, r)) {
      case X86Tls.TO_LE -> X86Tls.skipCall(r, false);
      case X86Tls.KEEP -> {
        ctxt.needGotBase();
        ctxt.needTlsLd();
      }
      default ->
          r.error(
              DiagnosticCode.TLS_SEQUENCE,
              "not a local dynamic TLS sequence that can be rewritten: " + shown(r, -3, 10));
    }
  }

  private static void tlsLdo(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    if (!syms.isDefinedHere(r.symbol()) && !syms.isUndefinedWeak(r.symbol())) {
      r.error(
          DiagnosticCode.TLS_RELOCATION,
          "relocation "
              + X86Reloc.name(r.type())
              + " against symbol '"
              + syms.name(r.symbol())
              + "' can not be used: it is not defined in this output");
    }
  }

  private static void tlsIe(Link ctxt, Relocs r) {
    if (X86Tls.ie(ctxt, r) == X86Tls.TO_LE) {
      return;
    }
    int type = r.type();
    tpOff(ctxt, r.symbol(), type != R_386_TLS_IE);
    if (type == R_386_TLS_IE && ctxt.isPic()) {
      r.addRelative(0, 0); // the field is the slot's address
    } else if (type == R_386_TLS_IE_32 && !X86Tls.canNegate(r)) {
      r.error(
          DiagnosticCode.TLS_SEQUENCE,
          "only addl and subl can read a GOT slot with @gottpoff: " + shown(r, -2, 4));
    }
  }

  private static void tpOff(Link ctxt, int sym, boolean fromGotBase) {
    ctxt.symbols().need(sym, Need.TP_OFF);
    if (fromGotBase) {
      ctxt.needGotBase();
    }
    if (ctxt.isShared()) {
      ctxt.needStaticTls();
    }
  }

  private static void tlsLe(Link ctxt, Relocs r) {
    if (ctxt.isShared()) {
      r.error(DiagnosticCode.NOT_PIC, Scan.cannotBeUsed(ctxt, r));
    } else if (ctxt.symbols().isPreemptible(r.symbol())
        && !ctxt.symbols().isUndefinedWeak(r.symbol())) {
      r.error(
          DiagnosticCode.TLS_RELOCATION,
          "relocation "
              + X86Reloc.name(r.type())
              + " against symbol '"
              + ctxt.symbols().name(r.symbol())
              + "', which is not defined in the executable; recompile with -fPIE or -fPIC");
    }
  }

  private static void tlsGotdesc(Link ctxt, Relocs r) {
    switch (X86Tls.gotdesc(ctxt, r)) {
      case X86Tls.TO_LE -> {}
      case X86Tls.TO_IE -> tpOff(ctxt, r.symbol(), true);
      case X86Tls.KEEP -> {
        ctxt.needGotBase();
        ctxt.symbols().need(r.symbol(), Need.TLS_DESC);
      }
      default ->
          r.error(
              DiagnosticCode.TLS_SEQUENCE,
              "not a load of a TLS descriptor's address: " + shown(r, -2, 4));
    }
  }

  /** Bytes of the content for a message. */
  private static String shown(Relocs r, int from, int to) {
    StringBuilder s = new StringBuilder();
    for (int i = from; i < to; i++) {
      int b = X86Insn.at(r, i);
      if (b >= 0) {
        s.append(s.isEmpty() ? "" : " ");
        s.append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 15, 16));
      }
    }
    return s.toString();
  }
}
