package io.jld.thunk;

import static io.jld.elf.Elf.*;

import io.jld.arch.Thunks;
import io.jld.model.Context;
import io.jld.model.MadeSymbols;
import io.jld.model.OutputSection;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.List;

/** A symbol for each thunk, and for each pool one that says what code it holds. */
final class ThunkSymbols implements MadeSymbols {
  private record Row(String name, int type, long value, int size, OutputSection section) {}

  private final List<Row> rows = new ArrayList<>();

  ThunkSymbols(Context ctxt, List<ThunkPool> pools) {
    Thunks kind = ctxt.arch().thunks();
    for (ThunkPool pool : pools) {
      if (pool.size() > 0 && !kind.mappingSymbol().isEmpty()) {
        rows.add(new Row(kind.mappingSymbol(), STT_NOTYPE, pool.addr(), 0, pool.out()));
      }
      for (Thunk t : pool.thunks()) {
        String name = kind.symbol(targetName(ctxt, t.target.symbol()));
        rows.add(new Row(name, STT_FUNC, t.addr(), t.size, pool.out()));
      }
    }
  }

  private static String targetName(Context ctxt, int symbol) {
    SymbolTable symbols = ctxt.symbols();
    String name = symbols.name(symbol);
    int section = name.isEmpty() ? symbols.section(symbol) : 0;
    return section == 0 ? name : ctxt.sections().name(section);
  }

  @Override
  public int count() {
    return rows.size();
  }

  @Override
  public String name(int i) {
    return rows.get(i).name();
  }

  @Override
  public int type(int i) {
    return rows.get(i).type();
  }

  @Override
  public long value(int i) {
    return rows.get(i).value();
  }

  @Override
  public long size(int i) {
    return rows.get(i).size();
  }

  @Override
  public OutputSection section(int i) {
    return rows.get(i).section();
  }
}
