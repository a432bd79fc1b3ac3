package io.jld.report;

import io.jld.model.Context;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;

/** The global symbols that each input section defines: a list through two columns. */
public final class SectionSymbols {
  private static final int[] NONE = {};

  private final SymbolTable symbols;
  private final int[] first;
  private final int[] next;

  SectionSymbols(Context ctxt) {
    symbols = ctxt.symbols();
    first = new int[ctxt.sections().count()];
    next = new int[symbols.globals()];
    for (int id = symbols.globals() - 1; id > 0; id--) {
      int section = symbols.section(id);
      if (section != 0) {
        section = ctxt.sections().kept(section);
        next[id] = first[section];
        first[section] = id;
      }
    }
  }

  /**
   * The symbols of a section by their values, those of one value in the order of the object's
   * symbol table.
   */
  int[] of(int section) {
    int n = 0;
    for (int id = first[section]; id != 0; id = next[id]) {
      n++;
    }
    if (n == 0) {
      return NONE;
    }
    Integer[] ids = new Integer[n];
    for (int id = first[section], i = 0; id != 0; id = next[id]) {
      ids[i++] = id;
    }
    Arrays.sort(
        ids,
        (a, b) -> {
          int c = Long.compareUnsigned(symbols.value(a), symbols.value(b));
          return c != 0 ? c : Integer.compare(symbols.index(a), symbols.index(b));
        });
    return Arrays.stream(ids).mapToInt(i -> i).toArray();
  }
}
