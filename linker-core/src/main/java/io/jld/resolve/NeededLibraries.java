package io.jld.resolve;

import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.model.Context;
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
    this.symbols = ctxt.symbols;
  }

  /** All definitions have been offered, those of the shared libraries too. */
  static void run(Context ctxt) {
    NeededLibraries n = new NeededLibraries(ctxt);
    boolean optional = false;
    for (SharedFile f : ctxt.shared) {
      if (!f.isNeeded()) {
        n.wantedByObjects(f);
        optional |= !f.isNeeded();
      }
    }
    if (optional) {
      n.wantedByLibraries();
      ctxt.shared.forEach(n::drop);
    }
    ctxt.tasks().forEach(ctxt.shared.size(), i -> n.name(ctxt.shared.get(i)));
  }

  /** Marks what a library has that the output does not name, and that is loaded with it. */
  static void markShared(Context ctxt, SharedFile f) {
    NeededLibraries n = new NeededLibraries(ctxt);
    for (int r = 0; r < f.rows(); r++) {
      if (f.nameId(r) != 0) {
        n.mark(f, r);
      }
    }
  }

  private void wantedByObjects(SharedFile f) {
    for (int r = 0; r < f.rows(); r++) {
      int id = f.nameId(r);
      if (symbols.has(id, SymbolTable.STRONG_REF) && symbols.file(id) == f) {
        f.want();
        return;
      }
    }
  }

  private void wantedByLibraries() {
    Set<String> named = new HashSet<>();
    for (SharedFile f : ctxt.shared) {
      if (f.isNeeded()) {
        named.addAll(f.needed());
      }
    }
    Set<SharedFile> asked = new HashSet<>();
    for (boolean more = true; more; ) {
      more = false;
      for (SharedFile f : ctxt.shared) {
        if (f.isNeeded() && asked.add(f)) {
          more |= want(f, named);
        }
      }
    }
  }

  /** Whether the references of a library add others. */
  private boolean want(SharedFile by, Set<String> named) {
    boolean added = false;
    for (int r = 0; r < by.rows(); r++) {
      if (!by.isDefined(r)
          && !by.isWeak(r)
          && symbols.file(by.nameId(r)) instanceof SharedFile f
          && !f.isNeeded()
          && !named.contains(f.soname())) {
        f.want();
        named.addAll(f.needed());
        added = true;
      }
    }
    return added;
  }

  private void drop(SharedFile f) {
    for (int r = 0; !f.isNeeded() && r < f.rows(); r++) {
      int id = f.nameId(r);
      if (f.isDefined(r) && symbols.file(id) == f) {
        symbols.undefine(id);
      }
    }
  }

  /**
   * Offers what a library that the output names has; its definitions once more, as those that went
   * before them may be gone. It never looks elsewhere for what it defines protected (gABI, "Symbol
   * Visibility").
   */
  private void name(SharedFile f) {
    for (int r = 0; f.isNeeded() && r < f.rows(); r++) {
      if (f.isDefined(r) && !symbols.isOwn(f.nameId(r))) {
        symbols.define(f.nameId(r), SymbolTable.KIND_SHARED, f.order(), r);
      }
      mark(f, r);
    }
  }

  private void mark(SharedFile f, int r) {
    if (f.isDefined(r) ? !f.isProtected(r) : !isOfLibrary(f, r)) {
      symbols.flag(f.nameId(r), SymbolTable.IN_SHARED);
    }
  }

  /**
   * Whether a library asks for a name in an old version that another library defines, while no
   * library defines the name by default: then it does not mean the definition of the output. So
   * does GNU ld; the loader would prefer what the output exports.
   */
  private boolean isOfLibrary(SharedFile f, int r) {
    int id = f.nameId(r);
    if (f.wantedVersion(r).isEmpty()
        || symbols.has(id, SymbolTable.SHARED_DEF)
        || !(symbols.file(id) instanceof ObjectFile)) {
      return false;
    }
    String name = symbols.name(id) + "@" + f.wantedVersion(r);
    return ctxt.shared.stream().anyMatch(g -> g.isNeeded() && g.definesVersioned(name));
  }
}
