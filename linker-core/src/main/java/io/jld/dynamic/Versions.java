package io.jld.dynamic;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.pattern.VersionScript;
import io.jld.resolve.Exports;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The versions of the dynamic symbols (LSB, "Symbol Versioning"): numbers 0 and 1 are for symbols
 * that are local and that have no version; then those that this output defines; then those that it
 * needs of its libraries, library by library.
 */
public final class Versions {
  static final int GLOBAL = 1;
  static final int HIDDEN = 0x8000;

  /**
   * A version of this output.
   *
   * @param index its number; 1 is the output's own name
   * @param parents offsets in {@code .dynstr}
   */
  record Definition(int index, String name, int nameOffset, List<Integer> parents) {}

  /** A version that a library must have. */
  record Need(int index, String name, int nameOffset) {}

  private final List<Definition> definitions = new ArrayList<>();
  private final Map<LinkedLibrary, Map<String, Need>> needs = new LinkedHashMap<>();
  private int[] ofSymbol = {};
  private int next = 2;

  /** The version of definitions that have no other one ({@code --default-symver}). */
  private int standard = GLOBAL;

  /** Index of the definition that the version script's first node makes. */
  private int firstNode;

  private Exports exports;
  private boolean importsDefault;

  /** Gives each dynamic symbol its version's number. */
  public void collect(Context ctxt) {
    exports = Exports.of(ctxt);
    DynStr strings = LoaderTables.of(ctxt).dynStr();
    define(ctxt, strings);
    importsDefault = ctxt.option(LinkOption.DEFAULT_IMPORTED_SYMVER);
    DynSym dynSym = LoaderTables.of(ctxt).dynSym();
    ofSymbol = new int[dynSym.count()];
    for (int i = 1; i < dynSym.count(); i++) {
      int id = dynSym.symbol(i);
      ofSymbol[i] = version(ctxt, id, strings);
    }
    needRelr(ctxt, strings);
  }

  private int version(Context ctxt, int id, DynStr strings) {
    LinkedFile file = ctxt.symbols().file(id);
    if (file instanceof LinkedLibrary l) {
      return need(l, ctxt.symbols().index(id), strings);
    }
    if (file instanceof LinkedObject o) {
      return defined(ctxt, o.file(), id, strings);
    }
    return file == ctxt.linker() ? node(ctxt, ctxt.symbols().name(id)) : GLOBAL;
  }

  /**
   * glibc's loader takes {@code DT_RELR} only from an output that needs this version, so that an
   * older one refuses it with a clear message.
   */
  private void needRelr(Context ctxt, DynStr strings) {
    String version = "GLIBC_ABI_DT_RELR";
    for (LinkedLibrary l : ctxt.shared()) {
      if (LoaderTables.of(ctxt).relrDyn().isNeeded(ctxt)
          && !ctxt.option(LinkOption.ANDROID_RELR_TAGS) // which glibc does not know
          && l.isNeeded()
          && l.file().definesVersion(version)) {
        needs
            .computeIfAbsent(l, k -> new LinkedHashMap<>())
            .computeIfAbsent(version, v -> new Need(next++, v, strings.add(v)));
      }
    }
  }

  private void define(Context ctxt, DynStr strings) {
    List<VersionScript.Node> nodes = exports.script().nodes();
    boolean hasDefault = ctxt.option(LinkOption.DEFAULT_SYMVER);
    boolean named = false;
    for (VersionScript.Node n : nodes) {
      named |= !n.anonymous();
    }
    if (!named && !hasDefault) {
      return;
    }
    String own = defineOwn(ctxt, strings);
    if (hasDefault) {
      standard = next++;
      definitions.add(new Definition(standard, own, strings.add(own), List.of()));
    }
    firstNode = definitions.size();
    for (VersionScript.Node n : named ? nodes : List.<VersionScript.Node>of()) {
      int name = strings.add(n.name());
      List<Integer> parents = new ArrayList<>();
      for (String parent : n.parents()) {
        parents.add(strings.add(parent));
      }
      definitions.add(new Definition(next++, n.name(), name, parents));
    }
  }

  private int need(LinkedLibrary library, int row, DynStr strings) {
    String version = library.file().versionName(row);
    if (!library.isNeeded()) {
      return GLOBAL; // a version of a library that the loader does not know of stops the program
    }
    if (version.isEmpty()) {
      if (!importsDefault || library.file().definesVersions()) {
        return GLOBAL;
      }
      version = library.soname();
    }
    return needs
        .computeIfAbsent(library, k -> new LinkedHashMap<>())
        .computeIfAbsent(version, v -> new Need(next++, v, strings.add(v)))
        .index();
  }

  /** A definition's version stands in its name ({@code .symver}), or the script says it. */
  private int defined(Context ctxt, ObjectFile f, int id, DynStr strings) {
    String name = f.symbolName(ctxt.symbols().index(id));
    int at = name.indexOf('@');
    if (at > 0) {
      boolean isDefault = name.startsWith("@@", at);
      String version = name.substring(at + (isDefault ? 2 : 1));
      if (version.isEmpty()) {
        return GLOBAL; // f@ and f@@: the name says that there is no version
      }
      Definition d = definition(version);
      if (d == null && ctxt.isShared()) {
        ctxt.error(
            DiagnosticCode.UNDEFINED_VERSION,
            Location.file(f.fileName(), f.member()).symbol(name),
            "version node not found for symbol " + name);
        return GLOBAL;
      }
      return (d == null ? define(ctxt, version, strings) : d).index() | (isDefault ? 0 : HIDDEN);
    }
    return node(ctxt, name);
  }

  private Definition definition(String version) {
    for (Definition d : definitions) {
      if (d.index() > 1 && d.name().equals(version)) {
        return d;
      }
    }
    return null;
  }

  /** Defines a version that no script defines: an executable may do without one. */
  private Definition define(Context ctxt, String version, DynStr strings) {
    if (definitions.isEmpty()) {
      defineOwn(ctxt, strings);
    }
    Definition d = new Definition(next++, version, strings.add(version), List.of());
    definitions.add(d);
    return d;
  }

  /** The first one is the output's own name. */
  private String defineOwn(Context ctxt, DynStr strings) {
    String own = ctxt.option(LinkOption.SONAME);
    if (own.isEmpty()) {
      own = ctxt.outputName();
    }
    definitions.add(new Definition(1, own, strings.add(own), List.of()));
    return own;
  }

  private int node(Context ctxt, String name) {
    int node = exports.node(name);
    return node < 0 || firstNode + node >= definitions.size()
        ? standard
        : definitions.get(firstNode + node).index();
  }

  /** The name without a version. */
  static String base(String name) {
    int at = name.indexOf('@');
    return at > 0 ? name.substring(0, at) : name;
  }

  /** The ELF hash (gABI, "Hash Table"). */
  static int hash(String name) {
    int h = 0;
    for (byte b : NameBytes.bytes(name)) {
      h = (h << 4) + (b & 0xff);
      int g = h & 0xf0000000;
      h = (h ^ (g >>> 24)) & ~g;
    }
    return h;
  }

  boolean any() {
    return !definitions.isEmpty() || !needs.isEmpty();
  }

  List<Definition> definitions() {
    return definitions;
  }

  Map<LinkedLibrary, Map<String, Need>> needs() {
    return needs;
  }

  /** The number of the version of dynamic symbol {@code i}. */
  int of(int i) {
    return ofSymbol[i];
  }

  int count() {
    return ofSymbol.length;
  }
}
