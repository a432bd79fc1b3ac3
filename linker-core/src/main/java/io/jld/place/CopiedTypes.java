package io.jld.place;

import static io.jld.elf.Elf.*;

import io.jld.model.Assignments;
import io.jld.model.Context;
import io.jld.plan.Statement;
import io.jld.symbol.LinkedObject;

/**
 * Types of symbols that a script's layout gives values to. One whose value comes from a single
 * other symbol is of its type; else it keeps the type that it had, by an object or an earlier
 * statement. So does GNU ld.
 */
final class CopiedTypes {
  private CopiedTypes() {}

  /**
   * @param statement number of the assignment
   * @param symbol the only one that the value comes from; null where there is none or are several
   */
  static void copy(Context ctxt, int statement, String symbol) {
    Assignments all = ctxt.assignments;
    if (all.typeOf(statement) == STT_TLS) {
      return;
    }
    String own = ((Statement.Assign) all.statements().get(statement)).symbol();
    int found;
    if (symbol != null) {
      int seen = all.seenBy(statement, symbol);
      found = seen != Assignments.NONE ? all.typeOf(seen) : ofObject(ctxt, symbol);
    } else {
      int before = all.before(statement, own);
      found = before != Assignments.NONE ? all.typeOf(before) : ofReplaced(all.replaced(own));
    }
    all.setType(statement, found == STT_FUNC || found == STT_OBJECT ? found : STT_NOTYPE);
  }

  private static int ofObject(Context ctxt, String symbol) {
    Assignments.Replaced before = ctxt.assignments.replaced(symbol);
    if (before != null) {
      return ofReplaced(before);
    }
    int id = ctxt.names.find(symbol);
    return ctxt.symbols().file(id) instanceof LinkedObject o
        ? o.file().symbolType(ctxt.symbols().index(id))
        : STT_NOTYPE;
  }

  private static int ofReplaced(Assignments.Replaced r) {
    return r == null ? STT_NOTYPE : r.object().file().symbolType(r.sym());
  }
}
