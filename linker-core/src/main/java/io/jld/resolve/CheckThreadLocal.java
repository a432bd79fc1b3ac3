package io.jld.resolve;

import static io.jld.elf.Elf.*;

import io.jld.input.InputFile;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.plan.Statement;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;

/**
 * Refuses names that are thread-local in one file and not in another, as GNU ld does: the value of
 * the one is an offset into each thread's block, that of the other an address (gABI, "Symbol
 * Table", {@code STT_TLS}).
 */
public final class CheckThreadLocal {
  private final Context ctxt;
  private final SymbolTable symbols;

  private CheckThreadLocal(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
  }

  /** All names have their definitions. */
  static void run(Context ctxt) {
    CheckThreadLocal c = new CheckThreadLocal(ctxt);
    SymbolTable symbols = ctxt.symbols();
    int end = symbols.globals();
    int bits = SymbolTable.SEEN_TLS;
    for (int id = symbols.next(1, end, bits); id < end; id = symbols.next(id + 1, end, bits)) {
      if (symbols.has(id, SymbolTable.SEEN_PLAIN) || !c.isTlsOrOpen(id)) {
        c.report(id);
      }
    }
    for (LinkedLibrary l : ctxt.shared()) {
      c.checkImported(l);
    }
    c.checkAssigned();
  }

  /** Checks what an assignment has made thread-local. */
  private void checkAssigned() {
    for (Statement.Assign a : ctxt.assignments.assigned()) {
      int id = ctxt.names.find(a.symbol());
      if (symbols.has(id, SymbolTable.SEEN_PLAIN)
          && !symbols.has(id, SymbolTable.SEEN_TLS)
          && ctxt.assignments.type(a.symbol()) == STT_TLS) {
        report(id);
      }
    }
  }

  /** Checks what a library has as thread-local data and the objects refer to. */
  private void checkImported(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int r = 0; r < f.rows(); r++) {
      int id = library.nameId(r);
      if (f.symbolType(r) == STT_TLS
          && symbols.has(id, SymbolTable.SEEN_PLAIN)
          && !symbols.has(id, SymbolTable.SEEN_TLS)
          && symbols.file(id) == library
          && f.isDefined(r)) {
        report(id);
      }
    }
  }

  /**
   * Whether the definition is thread-local, or may be: there is none, or it is the linker's own.
   */
  private boolean isTlsOrOpen(int id) {
    LinkedFile f = symbols.file(id);
    return f instanceof LinkedObject o
        ? o.file().symbolType(symbols.index(id)) == STT_TLS
        : !(f instanceof LinkedLibrary l) || l.file().symbolType(symbols.index(id)) == STT_TLS;
  }

  private void report(int id) {
    String shared = symbols.file(id) instanceof LinkedLibrary l ? definition(l.file()) : null;
    String tls = shared != null && isTlsOrOpen(id) ? shared : null;
    String plain = tls == null ? shared : null;
    ObjectFile first = null;
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(), n = f.symbolCount(); i < n; i++) {
        if (object.symbolNameId(i) != id) {
          continue;
        }
        first = first == null ? f : first;
        String is = f.shndx(i) == 0 ? "reference in " + f.displayName() : definition(f);
        if (f.symbolType(i) == STT_TLS) {
          tls = tls == null ? is : tls;
        } else {
          plain = plain == null ? is : plain;
        }
      }
    }
    if (tls == null) {
      tls = "definition by an assignment";
    }
    String name = symbols.name(id);
    ctxt.error(
        DiagnosticCode.TLS_MISMATCH,
        (first == null ? Location.NONE : first.location()).symbol(name),
        "'" + name + "': thread-local " + tls + " does not match other " + plain);
  }

  private static String definition(InputFile f) {
    return "definition in " + f.displayName();
  }
}
