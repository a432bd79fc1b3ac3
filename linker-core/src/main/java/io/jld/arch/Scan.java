package io.jld.arch;

import io.jld.asmb.Link;

/**
 * What a reference to a symbol needs, decided by the output and by the symbol and not by the
 * instruction: the tables that all architectures with copy relocations and canonical PLT entries
 * share.
 */
public final class Scan {
  private Scan() {}

  /**
   * A field as wide as an address that holds S + A.
   *
   * <p>Position-dependent output: known now, but for a preemptible symbol (writable section: left
   * to the loader; else copied or given a canonical PLT entry). Position-independent output: a
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
        r.error(cannotBeUsed(ctxt, r));
      } else {
        bindHere(ctxt, r, sym);
      }
    } else if (ctxt.isPic() && !syms.isAbsolute(sym)) {
      r.error(cannotBeUsed(ctxt, r));
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
        r.error(cannotBeUsed(ctxt, r));
      } else {
        bindHere(ctxt, r, sym);
      }
    } else if (syms.isIfunc(sym)) {
      syms.need(sym, Need.CANONICAL_PLT);
    } else {
      fixed(ctxt, r);
    }
  }

  /** The distance to what does not move with the output is not known in one that moves. */
  private static void fixed(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    if (ctxt.isPic() && syms.isAbsolute(r.symbol()) && !syms.isUndefinedWeak(r.symbol())) {
      r.error(cannotBeUsed(ctxt, r));
    }
  }

  /** A call or jump through the PLT where the target is not known here. */
  public static void call(Link ctxt, Relocs r) {
    Symbols syms = ctxt.symbols();
    int sym = r.symbol();
    if (syms.isPreemptible(sym) || syms.isIfunc(sym)) {
      syms.need(sym, Need.PLT);
    } else {
      fixed(ctxt, r);
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
      r.error(cannotBeUsed(ctxt, r));
    } else {
      syms.need(sym, Need.COPY);
    }
  }

  private static boolean canBind(Link ctxt, int sym) {
    return ctxt.symbols().isFunction(sym) || ctxt.copyRelocations();
  }

  /** The message for a relocation that the output's kind has no room for. */
  public static String cannotBeUsed(Link ctxt, Relocs r) {
    String output =
        switch (ctxt.kind()) {
          case SHARED -> "a shared object";
          case PIE -> "a PIE object";
          default -> "an executable without copy relocations";
        };
    return "relocation "
        + ctxt.arch().relocationName(r.type())
        + " against symbol '"
        + ctxt.symbols().name(r.symbol())
        + "' can not be used when making "
        + output
        + "; recompile with "
        + (ctxt.isShared() ? "-fPIC" : "-fPIE");
  }
}
