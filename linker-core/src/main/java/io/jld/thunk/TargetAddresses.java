package io.jld.thunk;

import io.jld.arch.Need;
import io.jld.model.Context;
import io.jld.place.Placer;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;

/**
 * Where branches lead while addresses are still being given: as {@link
 * io.jld.arch.Symbols#callTarget}, which is known later.
 */
final class TargetAddresses {
  private final Context ctxt;
  private final Placer placer;

  TargetAddresses(Context ctxt, Placer placer) {
    this.ctxt = ctxt;
    this.placer = placer;
  }

  long of(Thunk.Target target) {
    return of(target.symbol()) + target.addend();
  }

  /** From any thread. */
  long of(int symbol) {
    SymbolTable symbols = ctxt.symbols();
    if (symbol == 0) {
      return 0;
    }
    if (symbols.has(symbol, Need.PLT | Need.CANONICAL_PLT)) {
      return symbols.callTarget(symbol);
    }
    if (symbol >= symbols.globals()) {
      int index = symbols.index(symbol);
      return ctxt.values().inObject((LinkedObject) symbols.file(symbol), index, symbol);
    }
    if (symbols.isDefined(symbol) && symbols.kind(symbol) == SymbolTable.KIND_ASSIGNED) {
      return placer.valueOf(symbols.name(symbol));
    }
    return ctxt.values().defined(symbol);
  }
}
