package io.jld.arch;

import io.jld.asmb.Link;
import io.jld.link.DiagnosticCode;

/**
 * What a reference to a symbol needs, decided by the output and by the symbol and not by the
 * instruction: the tables that all architectures with copy relocations and canonical PLT entries
 * share.
 *
 * @since 0.1
 */
public final class Scan {
  private Scan() {}

  /**
   * A field as wide as an address that holds S + A.
   *
   * <p>Position-dependent output: known now, except for a preemptible symbol (writable section:
   * left to the loader; else copied or given a canonical PLT entry). Position-independent output: a
   * relative relocation, or a symbolic one.
   */
  public static void word(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    if (isSymbolic(ctxt, r)) {
      r.addDynamic(ctxt.arch().info().relocations().symbolic(), sym, r.addend());
    } else if (syms.isPreemptible(sym)) {
      bindHere(ctxt, r, sym);
    } else if (syms.isIfunc(sym)) {
      if (ctxt.isPic() && r.addend() == 0) {
        r.addIrelative(sym);
      } else {
        syms.need(sym, Need.CANONICAL_PLT);
        if (ctxt.isPic()) {
          r.addRelative(sym, r.addend());
        }
      }
    } else if (ctxt.isPic() && !syms.isAbsolute(sym)) {
      r.addRelative(sym, r.addend());
    }
  }

  /**
   * Whether {@link #word} leaves the field to a symbolic dynamic relocation. The loader adds S to
   * what an architecture with {@code SHT_REL} finds in the field, so that it holds A alone; asked
   * again when relocations are applied.
   */
  public static boolean isSymbolic(Link ctxt, Relocs r) {
    return ctxt.symbols().isPreemptible(r.symbol()) && (ctxt.isPic() || isLeftToLoader(ctxt, r));
  }

  /**
   * In position-dependent code the address of an undefined weak symbol is 0, so it is in data as
   * well.
   */
  private static boolean isLeftToLoader(Link ctxt, Relocs r) {
    return !ctxt.symbols().isUndefinedWeak(r.symbol())
        && (r.isWritable() || !canBind(ctxt, r.symbol()));
  }

  /** A field narrower than an address that holds S + A: no loader can relocate it. */
  public static void narrow(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    if (syms.isPreemptible(sym)) {
      if (ctxt.isPic()) {
        r.error(DiagnosticCode.NOT_PIC, cannotBeUsed(ctxt, r));
      } else {
        bindHere(ctxt, r, sym);
      }
    } else if (ctxt.isPic() && !syms.isAbsolute(sym)) {
      r.error(DiagnosticCode.NOT_PIC, cannotBeUsed(ctxt, r));
    } else if (syms.isIfunc(sym)) {
      syms.need(sym, Need.CANONICAL_PLT);
    }
  }

  /** A field that holds S + A - P and is not the target of a call. */
  public static void pcRelative(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    if (syms.isPreemptible(sym)) {
      if (ctxt.isShared()) {
        r.error(DiagnosticCode.NOT_PIC, cannotBeUsed(ctxt, r));
      } else {
        bindHere(ctxt, r, sym);
      }
    } else if (syms.isIfunc(sym)) {
      syms.need(sym, Need.CANONICAL_PLT);
    } else if (isFarAway(ctxt, sym)) {
      r.error(DiagnosticCode.NOT_PIC, tooFarAway(ctxt, r));
    }
  }

  /** The distance to what does not move with the output is not known in one that moves. */
  private static boolean isFarAway(Link ctxt, int sym) {
    Symbols syms = ctxt.symbols();
    return ctxt.isPic() && syms.isAbsolute(sym) && !syms.isUndefinedWeak(sym);
  }

  /** As {@link #call(Link, Relocs, long)}, for a relocation whose addend is 0. */
  public static void call(Link ctxt, Relocs r) {
    call(ctxt, r, 0);
  }

  /**
   * A call or jump. It goes through the PLT where the target is not known here, or where its
   * distance is not: in a position-independent output nobody knows how far away an absolute address
   * is, and the PLT entry jumps through a slot of the GOT, which holds that address and is not
   * relocated.
   *
   * @param addend of a call of the symbol itself and not of what lies beside it
   */
  public static void call(Link ctxt, Relocs r, long addend) {
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    if (syms.isPreemptible(sym) || syms.isIfunc(sym)) {
      syms.need(sym, Need.PLT);
    } else if (isFarAway(ctxt, sym)) {
      if (sym == 0 || r.addend() != addend) {
        r.error(DiagnosticCode.NOT_PIC, tooFarAway(ctxt, r));
      } else {
        syms.need(sym, Need.PLT | Need.GOT);
      }
    }
  }

  /**
   * Makes a preemptible symbol's address known in an executable: a function's is its PLT entry,
   * data is copied.
   */
  private static void bindHere(Link ctxt, Relocs r, int sym) {
    Symbols syms = ctxt.symbols();
    if (syms.isFunction(sym)) {
      syms.need(sym, Need.CANONICAL_PLT);
    } else if (syms.isUndefinedWeak(sym)) {
      return; // stays 0: nothing in this output says where the loader could put another value
    } else if (!canBind(ctxt, sym)) {
      r.error(DiagnosticCode.NOT_PIC, cannotBeUsed(ctxt, r));
    } else {
      syms.need(sym, Need.COPY);
    }
  }

  private static boolean canBind(Link ctxt, int sym) {
    return ctxt.symbols().isFunction(sym) || ctxt.copyRelocations();
  }

  /** The message for a relocation that the output's kind has no room for. */
  public static String cannotBeUsed(Link ctxt, Relocs r) {
    return against(ctxt, r, "symbol '" + ctxt.symbols().name(r.symbol()) + "'")
        + "; recompile with "
        + (ctxt.isShared() ? "-fPIC" : "-fPIE");
  }

  private static String tooFarAway(Link ctxt, Relocs r) {
    String name = ctxt.symbols().name(r.symbol());
    return against(
            ctxt, r, name.isEmpty() ? "an absolute address" : "absolute symbol '" + name + "'")
        + ": how far away that is depends on where the output is loaded";
  }

  private static String against(Link ctxt, Relocs r, String what) {
    String output =
        switch (ctxt.kind()) {
          case SHARED -> "a shared object";
          case PIE -> "a PIE object";
          default -> "an executable without copy relocations";
        };
    return "relocation "
        + ctxt.arch().relocationName(r.type())
        + " against "
        + what
        + " can not be used when making "
        + output;
  }
}
