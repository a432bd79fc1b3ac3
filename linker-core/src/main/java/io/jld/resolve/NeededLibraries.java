package io.jld.resolve;

import io.jld.input.SharedFile;
import io.jld.model.Context;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides which libraries after {@code --as-needed} the output names, by GNU ld's rule: one that an
 * object refers to, not weakly; and one that a named library refers to in this way and does not
 * name itself. The others are as if they were not there. A weak reference in particular is not
 * bound to them: it would ask for a version of a library that is not loaded, which glibc's loader
 * refuses.
 */
public final class NeededLibraries {
  private final Context ctxt;
  private final SymbolTable symbols;

  private NeededLibraries(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
  }

  /** All definitions have been offered, those of the shared libraries too. */
  static void run(Context ctxt) {
    NeededLibraries n = new NeededLibraries(ctxt);
    boolean optional = false;
    for (LinkedLibrary l : ctxt.shared()) {
      if (!l.isNeeded()) {
        n.wantedByObjects(l);
        optional |= !l.isNeeded();
      }
    }
    if (optional) {
      n.wantedByLibraries();
      ctxt.shared().forEach(n::drop);
    }
    ctxt.tasks().forEach(ctxt.shared().size(), i -> n.name(ctxt.shared().get(i)));
  }

  /** Marks what a library has that the output does not name, and that is loaded with it. */
  static void markShared(Context ctxt, LinkedLibrary library) {
    SharedFile f = library.file();
    NeededLibraries n = new NeededLibraries(ctxt);
    for (int r = 0; r < f.rows(); r++) {
      if (library.nameId(r) != 0) {
        n.mark(library, r);
      }
    }
  }

  private void wantedByObjects(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int r = 0; r < f.rows(); r++) {
      int id = library.nameId(r);
      if (symbols.has(id, SymbolTable.STRONG_REF) && symbols.file(id) == library) {
        library.want();
        return;
      }
    }
  }

  private void wantedByLibraries() {
    Set<String> named = new HashSet<>();
    for (LinkedLibrary l : ctxt.shared()) {
      if (l.isNeeded()) {
        named.addAll(l.file().needed());
      }
    }
    Set<LinkedLibrary> asked = new HashSet<>();
    for (boolean more = true; more; ) {
      more = false;
      for (LinkedLibrary l : ctxt.shared()) {
        if (l.isNeeded() && asked.add(l)) {
          more |= want(l, named);
        }
      }
    }
  }

  /** Whether the references of a library add others. */
  private boolean want(LinkedLibrary asking, Set<String> named) {
    SharedFile by = asking.file();
    boolean added = false;
    for (int r = 0; r < by.rows(); r++) {
      if (!by.isDefined(r)
          && !by.isWeak(r)
          && symbols.file(asking.nameId(r)) instanceof LinkedLibrary l
          && !l.isNeeded()
          && !named.contains(l.soname())) {
        l.want();
        named.addAll(l.file().needed());
        added = true;
      }
    }
    return added;
  }

  private void drop(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int r = 0; !library.isNeeded() && r < f.rows(); r++) {
      int id = library.nameId(r);
      if (f.isDefined(r) && symbols.file(id) == library) {
        symbols.undefine(id);
      }
    }
  }

  /**
   * Offers what a library that the output names has; its definitions once more, as those that went
   * before them may be gone. It never looks elsewhere for what it defines protected (gABI, "Symbol
   * Visibility").
   */
  private void name(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int r = 0; library.isNeeded() && r < f.rows(); r++) {
      if (f.isDefined(r) && !symbols.isOwn(library.nameId(r))) {
        symbols.define(library.nameId(r), SymbolTable.KIND_SHARED, library.order(), r);
      }
      mark(library, r);
    }
  }

  private void mark(LinkedLibrary library, int r) {
    SharedFile f = library.file();
    if (f.isDefined(r) ? !f.isProtected(r) : !isOfLibrary(library, r)) {
      symbols.flag(library.nameId(r), SymbolTable.IN_SHARED);
    }
  }

  /**
   * Whether a library asks for a name in an old version that another library defines, while no
   * library defines the name by default: then it does not mean the definition of the output. So
   * does GNU ld; the loader would prefer what the output exports.
   */
  private boolean isOfLibrary(LinkedLibrary library, int r) {
    SharedFile f = library.file();
    int id = library.nameId(r);
    if (f.wantedVersion(r).isEmpty()
        || symbols.has(id, SymbolTable.SHARED_DEF)
        || !(symbols.file(id) instanceof LinkedObject)) {
      return false;
    }
    String name = symbols.name(id) + "@" + f.wantedVersion(r);
    return ctxt.shared().stream().anyMatch(l -> l.isNeeded() && l.file().definesVersioned(name));
  }
}
