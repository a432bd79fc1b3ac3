package io.jld.source;

import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.NameTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The C++ names of the link's symbols as people write them: {@code extern "C++"} in version scripts
 * and dynamic lists means those. All of them are demangled at once when the first is asked for.
 * Here the output depends on the names, and so it is an error where the system has no demangler;
 * for messages it is none.
 */
public final class CxxNames {
  /**
   * Longer than any sound list of names takes, so that the output does not depend on how busy a
   * machine is.
   */
  private static final int PATIENCE_MINUTES = 5;

  /** A name that every demangler knows, whether or not the link has it. */
  private static final String KNOWN = "_Z1fv";

  private final Context ctxt;
  private volatile Map<String, String> table;

  private CxxNames(Context ctxt) {
    this.ctxt = ctxt;
  }

  /** The C++ name; null where it isn't one. May be called from any thread. */
  public static String of(Context ctxt, String name) {
    CxxNames all = ctxt.orMake(CxxNames.class, () -> new CxxNames(ctxt));
    Map<String, String> known = all.table;
    return (known == null ? all.table() : known).get(name);
  }

  private synchronized Map<String, String> table() {
    if (table != null) {
      return table;
    }
    NameTable names = ctxt.names;
    List<String> mangled = new ArrayList<>(List.of(KNOWN));
    for (int id = 1; id < names.end(); id++) {
      String name = names.string(id);
      if (name.startsWith("_Z")) {
        mangled.add(name);
      }
    }
    Map<String, String> all = new Demangler(Duration.ofMinutes(PATIENCE_MINUTES)).names(mangled);
    if (!all.containsKey(KNOWN)) {
      ctxt.error(
          DiagnosticCode.NO_DEMANGLER,
          Location.NONE,
          "names in extern \"C++\" of a version script or dynamic list need c++filt (binutils),"
              + " which is missing or failed");
    }
    table = all;
    return all;
  }
}
