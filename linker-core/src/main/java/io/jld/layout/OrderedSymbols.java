package io.jld.layout;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.HashMap;
import java.util.Map;

/** The sections of the symbols that a file about their order names. */
final class OrderedSymbols {
  /** A symbol of an object. */
  private record Local(LinkedObject object, int sym) {}

  private final Context ctxt;

  /** What the file is, for messages. */
  private final String what;

  /** The local symbols by name, of several the last one; null as long as none was asked for. */
  private Map<String, Local> locals;

  OrderedSymbols(Context ctxt, String what) {
    this.ctxt = ctxt;
    this.what = what;
  }

  /** The section that a name's definition is in; 0, with a warning, where it is in none. */
  int section(String name) {
    int id = ctxt.names.find(name);
    if (id != 0
        && ctxt.symbols().isDefined(id)
        && ctxt.symbols().file(id) instanceof LinkedObject o) {
      return section(o, ctxt.symbols().index(id), name);
    }
    Local local = locals().get(name);
    if (local != null) {
      return section(local.object, local.sym, name);
    }
    warnOfMissing(name);
    return 0;
  }

  private Map<String, Local> locals() {
    if (locals == null) {
      locals = new HashMap<>();
      for (LinkedObject o : ctxt.objects()) {
        ObjectFile f = o.file();
        for (int i = 1; i < f.firstGlobal(); i++) {
          if (f.shndx(i) > 0) {
            locals.put(f.symbolName(i), new Local(o, i));
          }
        }
      }
    }
    return locals;
  }

  /** The section of a definition; 0, with a warning, where it has none in the output. */
  int section(LinkedObject o, int symbol, String name) {
    int ndx = o.file().shndx(symbol);
    int id = ndx <= 0 ? 0 : live(o.sectionId(ndx));
    if (id == 0) {
      String where = ndx <= 0 ? "which is in no section" : "whose section is not linked";
      warn(o.file().location(), "cannot order '" + name + "', " + where);
    }
    return id;
  }

  /** The section of what an object's symbol stands for; 0 for none. */
  int section(LinkedObject o, int symbol) {
    return live(ctxt.symbols().section(o.symbolId(symbol)));
  }

  /** The section itself, or that into which it is folded; 0 where it is not linked. */
  private int live(int id) {
    int kept = ctxt.sections().kept(id);
    return ctxt.sections().isLive(kept) ? kept : 0;
  }

  void warnOfMissing(String name) {
    int id = ctxt.names.find(name);
    if (id != 0 && ctxt.symbols().file(id) instanceof LinkedLibrary l) {
      warn(l.file().location(), "cannot order '" + name + "', which a shared library defines");
    } else {
      boolean known = id != 0 && ctxt.symbols().has(id, SymbolTable.REFERENCED);
      warn(
          Location.NONE,
          known ? "cannot order '" + name + "', which is undefined" : "no symbol '" + name + "'");
    }
  }

  private void warn(Location where, String message) {
    if (ctxt.option(LinkOption.WARN_SYMBOL_ORDERING)) {
      ctxt.warning(DiagnosticCode.OPTION_SYMBOL, where, what + ": " + message);
    }
  }
}
