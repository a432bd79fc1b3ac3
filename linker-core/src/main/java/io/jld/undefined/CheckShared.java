package io.jld.undefined;

import io.jld.input.Inputs;
import io.jld.input.SharedFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.load.NeededFiles;
import io.jld.load.OfferedLibraries;
import io.jld.model.Context;
import io.jld.resolve.LibrariesBehind;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds references of the shared libraries that nothing satisfies: neither the output nor the
 * libraries nor what these in turn need ({@code --no-allow-shlib-undefined}, the default for
 * executables). For a program the libraries that these need are asked as well, as by GNU ld: the
 * loader loads them, too.
 */
public final class CheckShared {
  /** How many messages name who has what is missing. */
  private static final int MAX_EXPLAINED = 20;

  private final Context ctxt;
  private final Inputs inputs;
  private final NeededFiles files;
  private final Set<String> loaded = new HashSet<>();
  private final Map<String, Offer> offered = new HashMap<>();
  private boolean complete = true;

  /**
   * A definition of a library.
   *
   * @param by the library that needs this one; null where the link names it itself
   */
  record Offer(SharedFile file, SharedFile by) {}

  public CheckShared(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.files = new NeededFiles(ctxt, inputs);
  }

  /**
   * Reports them.
   *
   * @param behind the libraries that are not on the command line
   */
  public static void run(Context ctxt, Inputs inputs, LibrariesBehind behind) {
    Boolean allowed = ctxt.option(LinkOption.ALLOW_SHLIB_UNDEFINED);
    boolean ignored =
        switch (ctxt.option(LinkOption.UNRESOLVED)) {
          case IGNORE_ALL, IGNORE_IN_SHARED_LIBS -> true;
          default -> false;
        };
    if (!ctxt.shared().isEmpty() && !ignored && !(allowed == null ? ctxt.isShared() : allowed)) {
      new CheckShared(ctxt, inputs).check(behind);
    }
  }

  private void check(LibrariesBehind behind) {
    Map<String, LinkedLibrary> missing = new LinkedHashMap<>();
    Set<Integer> versioned = new HashSet<>();
    for (LinkedLibrary library : ctxt.shared()) {
      SharedFile f = library.file();
      loaded.add(library.soname());
      for (int r = 0; r < f.rows(); r++) {
        if (library.isNeeded() && !f.isDefined(r) && !f.isWeak(r) && !isSatisfied(library, r)) {
          missing.putIfAbsent(wantedName(f, r, ctxt.symbols().name(library.nameId(r))), library);
          if (!f.wantedVersion(r).isEmpty()) {
            versioned.add(library.nameId(r));
          }
        }
      }
    }
    Map<LinkedLibrary, LinkedLibrary> neededBy = new IdentityHashMap<>();
    for (LibrariesBehind.Reference r : behind.unsatisfied()) {
      SharedFile f = r.library().file();
      missing.putIfAbsent(wantedName(f, r.row(), f.rowName(r.row())), r.library());
      neededBy.put(r.library(), r.by());
    }
    for (LinkedLibrary l : ctxt.shared()) {
      if (!l.isNeeded() && !versioned.isEmpty()) {
        removeDefaults(l, versioned, missing);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    // One that this link prefers may be hidden, as libgcc.a's are, and another library have it too.
    ctxt.shared().forEach(l -> offer(l.file().withVersionedNames(), null));
    ctxt.shared().forEach(l -> follow(l.file(), 0));
    missing.keySet().removeIf(this::isOwnVersion);
    missing.keySet().removeAll(offered.keySet());
    for (String name : ctxt.option(LinkOption.IGNORE_UNRESOLVED)) {
      missing.keySet().removeIf(m -> m.equals(name) || m.startsWith(name + "@"));
    }
    if (complete) {
      report(missing, neededBy);
    }
  }

  private void report(
      Map<String, LinkedLibrary> missing, Map<LinkedLibrary, LinkedLibrary> neededBy) {
    int left = MAX_EXPLAINED;
    try (OfferedLibraries libraries = new OfferedLibraries(ctxt)) {
      for (Map.Entry<String, LinkedLibrary> e : missing.entrySet()) {
        ctxt.error(
            DiagnosticCode.UNDEFINED_IN_LIBRARY,
            Location.file(e.getValue().file().fileName()).symbol(e.getKey()),
            "undefined reference to '"
                + e.getKey()
                + "'"
                + reason(neededBy.get(e.getValue()))
                + (left-- > 0 ? hint(e.getKey(), libraries) : ""));
      }
    }
  }

  /** Who has what a library lacks. */
  private String hint(String name, OfferedLibraries libraries) {
    SymbolTable symbols = ctxt.symbols();
    int id = ctxt.names.find(name);
    if (id != 0 && symbols.isDefined(id) && symbols.file(id) instanceof LinkedObject o) {
      return "\n>>> "
          + o.file().displayName()
          + " defines it, but hidden: libraries cannot see that";
    }
    String offered = UndefinedHints.offered(libraries, name);
    return offered == null ? "" : "\n>>> " + offered;
  }

  /** The name with the version that a reference wants. */
  private static String wantedName(SharedFile f, int r, String name) {
    return f.wantedVersion(r).isEmpty() ? name : name + "@" + f.wantedVersion(r);
  }

  private static String reason(LinkedLibrary by) {
    return by == null ? "" : "\n>>> the library is needed by " + by.file().fileName();
  }

  /**
   * Takes out of {@code missing} what a library that is not named defines by default: another
   * library names it and loads it. So it is with libc and the loader in nearly every link, for
   * which no library has to be read again.
   */
  private void removeDefaults(
      LinkedLibrary library, Set<Integer> ids, Map<String, LinkedLibrary> missing) {
    SharedFile f = library.file();
    for (int r = 0; r < f.rows(); r++) {
      if (f.isDefined(r) && ids.contains(library.nameId(r))) {
        missing.remove(ctxt.symbols().name(library.nameId(r)) + "@" + f.versionName(r));
      }
    }
  }

  /** What libraries define that the link does not name, but that those which it names need. */
  Map<String, Offer> behind() {
    ctxt.shared().forEach(l -> loaded.add(l.soname()));
    ctxt.shared().forEach(l -> follow(l.file(), 0));
    return offered;
  }

  /**
   * Only definitions that the library can see count: hidden ones of the output it can't. Where a
   * library after {@code --as-needed} has it and is not named, another one names it. What is wanted
   * in a version is defined in that one, if not by default.
   */
  private boolean isSatisfied(LinkedLibrary library, int r) {
    SharedFile f = library.file();
    SymbolTable symbols = ctxt.symbols();
    int id = library.nameId(r);
    String version = f.wantedVersion(r);
    if (!version.isEmpty()) {
      return symbols.isDefined(id)
          && symbols.file(id) instanceof LinkedLibrary by
          && by.file().versionName(symbols.index(id)).equals(version);
    }
    return LibrariesBehind.isVisible(symbols, id);
  }

  /** Whether an object of the link defines {@code NAME@VERSION}, or {@code NAME@@VERSION}. */
  private boolean isOwnVersion(String name) {
    int at = name.indexOf('@', 1);
    if (at < 0) {
      return false;
    }
    SymbolTable symbols = ctxt.symbols();
    for (String own : List.of(name, name.substring(0, at))) {
      int id = ctxt.names.find(own);
      if (id != 0
          && symbols.isDefined(id)
          && symbols.file(id) instanceof LinkedObject o
          && o.file().symbolName(symbols.index(id)).replace("@@", "@").equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Reads what a library needs and the link does not name. */
  private void follow(SharedFile f, int depth) {
    for (String soname : f.needed()) {
      if (depth < 64 && loaded.add(soname)) {
        Path path = files.find(soname, f);
        if (path == null) {
          complete = false; // a library that isn't there may define it all
          continue;
        }
        SharedFile needed;
        try {
          needed =
              inputs.library(NameBytes.string(path), path, inputs.map(path)).withVersionedNames();
        } catch (LinkException e) {
          // That is the loader's business; the link that names the library reports it.
          complete = false;
          continue;
        }
        complete &= needed.rows() > 0; // a library without names is damaged: it may define anything
        offer(needed, f);
        follow(needed, depth + 1);
      }
    }
  }

  private void offer(SharedFile f, SharedFile by) {
    for (int r = 0; r < f.rows(); r++) {
      if (f.isDefined(r)) {
        offered.putIfAbsent(f.rowName(r), new Offer(f, by));
      }
    }
  }
}
