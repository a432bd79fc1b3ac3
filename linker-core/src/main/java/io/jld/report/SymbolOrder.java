package io.jld.report;

import static io.jld.elf.Elf.STT_SECTION;

import io.jld.input.ObjectFile;
import io.jld.layout.CallOrder;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.util.function.Consumer;

/**
 * {@code --print-symbol-order}: the symbols of the sections that calls have put into an order,
 * which {@code --symbol-ordering-file} takes.
 */
final class SymbolOrder {
  private SymbolOrder() {}

  static void print(Context ctxt, Consumer<String> sink) {
    CallOrder order = ctxt.find(CallOrder.class);
    for (int id : order == null ? new int[0] : order.sections()) {
      LinkedObject o = ctxt.sections().object(id);
      ObjectFile f = o.file();
      int section = ctxt.sections().index(id);
      for (int i = 1; i < f.symbolCount(); i++) {
        boolean own =
            i < f.firstGlobal() || ctxt.symbols().isDefinedBy(o.symbolNameId(i), o.order(), i);
        if (f.shndx(i) == section && f.symbolType(i) != STT_SECTION && own) {
          sink.accept(f.symbolName(i));
        }
      }
    }
  }
}
