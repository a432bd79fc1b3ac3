package io.jld.relocatable;

import io.jld.input.ObjectFile;
import io.jld.model.AssignedValue;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.resolve.CommonSymbols;
import io.jld.resolve.Commons;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;

/** What symbols are worth in a relocatable output: numbers, and offsets in sections. */
final class SymbolOffsets {
  private SymbolOffsets() {}

  /**
   * The value of a symbol in a relocatable output; null where that leaves it undefined. What
   * statements assign has been evaluated.
   */
  static AssignedValue offset(Context ctxt, int id) {
    LinkedFile file = ctxt.symbols().file(id);
    if (file instanceof LinkedObject o) {
      return offset(ctxt, o, ctxt.symbols().index(id), id);
    }
    boolean assigned =
        file == ctxt.linker() && ctxt.symbols().kind(id) == SymbolTable.KIND_ASSIGNED;
    return assigned ? ctxt.assignments.value(ctxt.symbols().name(id)) : null;
  }

  private static AssignedValue offset(Context ctxt, LinkedObject object, int sym, int id) {
    ObjectFile f = object.file();
    int ndx = f.shndx(sym);
    if (ndx == ObjectFile.COMMON && ctxt.placesCommons()) {
      Commons commons = CommonSymbols.of(ctxt).of(object, sym);
      OutputSection out = commons.out();
      return new AssignedValue(out, commons.address(id) - out.addr);
    }
    int section = object.sectionId(ndx);
    if (ndx > 0 && ctxt.sections().isLive(section)) {
      OutputSection out = ctxt.outputOf(section);
      return new AssignedValue(out, f.symbolValue(sym) + ctxt.sections().addr[section] - out.addr);
    }
    return ndx == ObjectFile.ABS ? AssignedValue.of(f.symbolValue(sym)) : null;
  }
}
