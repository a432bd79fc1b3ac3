package io.jld.resolve;

import static io.jld.elf.Elf.STB_WEAK;
import static io.jld.elf.Elf.STT_COMMON;
import static io.jld.elf.Elf.STT_OBJECT;

import io.jld.elf.Bytes;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.pattern.SymbolMatcher;
import io.jld.pattern.SymbolPattern;
import io.jld.pattern.VersionScript;
import io.jld.script.SymbolListParser;
import io.jld.source.CxxNames;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of the output's definitions others may see: a shared library's all but the hidden ones and
 * those that a version script keeps local; an executable's only where a shared library refers to
 * them or an option asks for it. It stands before garbage collection, which starts from them.
 */
public final class Exports {
  private VersionScript script = new VersionScript(List.of());
  private SymbolMatcher versions;
  private SymbolMatcher listed;

  /** Whether a definition is exported whoever refers to it. */
  private boolean exportsAll;

  /** {@code --dynamic-list-data}: data is as if a dynamic list named it. */
  private boolean listsData;

  /** A matcher for each node of the version script alone, by name. */
  private final Map<String, SymbolMatcher> nodes = new HashMap<>();

  public static Exports of(Context ctxt) {
    return ctxt.get(Exports.class);
  }

  /** Reads the scripts, and makes local what they and {@code --exclude-libs} keep local. */
  public static void run(Context ctxt) {
    Exports e = new Exports();
    ctxt.handOn(e);
    e.read(ctxt);
    Set<String> excluded = new HashSet<>(ctxt.option(LinkOption.EXCLUDE_LIBS));
    if (e.versions != null || !excluded.isEmpty()) {
      e.makeLocal(ctxt, excluded);
    }
    if (ctxt.option(LinkOption.NO_UNDEFINED_VERSION)) {
      e.checkVersions(ctxt);
    }
  }

  private void makeLocal(Context ctxt, Set<String> excluded) {
    SymbolTable symbols = ctxt.symbols();
    BitSet compiled = compiled(ctxt);
    ctxt.tasks()
        .forRanges(
            symbols.globals(),
            2048,
            (from, to) -> {
              for (int id = Math.max(1, from); id < to; id++) {
                if (isOwn(ctxt, id)
                    && (isLocal(ctxt, id)
                        || (symbols.file(id) instanceof LinkedObject o
                            && (isExcluded(o.file(), excluded)
                                || (o.file().origin() == ObjectFile.Origin.COMPILED
                                    && compiled.get(id)))))) {
                  symbols.setFlags(id, SymbolTable.FORCED_LOCAL);
                }
              }
            });
  }

  /**
   * What was local as intermediate code: an archive's member is compiled into an object of none.
   */
  private static BitSet compiled(Context ctxt) {
    BitSet names = new BitSet();
    if (ctxt.plugins() != null) {
      ctxt.plugins().locals().forEach(l -> names.set(ctxt.names.find(l)));
    }
    return names;
  }

  /**
   * {@code --no-undefined-version}: names without wildcards that the script makes global have to be
   * there.
   */
  private void checkVersions(Context ctxt) {
    Set<String> defined = new HashSet<>();
    Set<String> demangled = new HashSet<>();
    boolean cxx =
        script.nodes().stream()
            .flatMap(n -> n.globals().stream())
            .anyMatch(p -> p.language() == SymbolPattern.Language.CXX);
    for (int id = 1; id < ctxt.symbols().globals(); id++) {
      if (isOwn(ctxt, id)) {
        String name = ctxt.symbols().name(id);
        defined.add(name.indexOf('@') > 0 ? name.substring(0, name.indexOf('@')) : name);
        String readable = cxx ? CxxNames.of(ctxt, name) : null;
        demangled.add(readable == null ? name : readable);
      }
    }
    for (VersionScript.Node n : script.nodes()) {
      for (SymbolPattern p : n.globals()) {
        Set<String> there = p.language() == SymbolPattern.Language.CXX ? demangled : defined;
        if (p.exact() && !there.contains(p.text())) {
          ctxt.error(
              DiagnosticCode.VERSIONED_NAME_UNDEFINED,
              Location.file(n.file() + ":" + n.line()),
              "version "
                  + (n.anonymous() ? "script" : n.name())
                  + " names '"
                  + p.text()
                  + "', which is not defined");
        }
      }
    }
  }

  private void read(Context ctxt) {
    exportsAll = ctxt.isShared() || ctxt.option(LinkOption.EXPORT_DYNAMIC);
    listsData = ctxt.option(LinkOption.SYMBOLIC) == LinkOption.Symbolic.ALL_BUT_DATA;
    List<LinkOption.Script> scripts = ctxt.option(LinkOption.VERSION_SCRIPT);
    List<VersionScript.Node> more = new ArrayList<>(ctxt.script.versions());
    if (!ctxt.option(LinkOption.VERSION_EXPORTS_SECTION).isEmpty()) {
      more.add(exportsSections(ctxt));
    }
    if (!scripts.isEmpty() || !more.isEmpty()) {
      script = SymbolListParser.versions(scripts, more);
      versions = SymbolMatcher.of(script, name -> CxxNames.of(ctxt, name));
      for (VersionScript.Node n : script.nodes()) {
        nodes.put(
            n.name(),
            SymbolMatcher.of(new VersionScript(List.of(n)), name -> CxxNames.of(ctxt, name)));
      }
    }
    List<SymbolPattern> patterns = new ArrayList<>();
    for (LinkOption.Script s : ctxt.option(LinkOption.DYNAMIC_LIST)) {
      patterns.addAll(SymbolListParser.dynamicList(s.name(), s.text()));
    }
    for (LinkOption.Script s : ctxt.option(LinkOption.EXPORT_DYNAMIC_SYMBOL_LIST)) {
      patterns.addAll(SymbolListParser.dynamicList(s.name(), s.text()));
    }
    for (String glob : ctxt.option(LinkOption.EXPORT_DYNAMIC_SYMBOL)) {
      patterns.add(SymbolPattern.of(glob, false, SymbolPattern.Language.C));
    }
    if (!patterns.isEmpty()) {
      listed = SymbolMatcher.of(patterns, name -> CxxNames.of(ctxt, name));
    }
  }

  /**
   * {@code --version-exports-section}: the version of what sections {@code .exports} name, each
   * name or pattern with a NUL at its end; all else is local. They are not part of the output.
   */
  private static VersionScript.Node exportsSections(Context ctxt) {
    List<SymbolPattern> named = new ArrayList<>();
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile f = o.file();
      for (int i = 1, n = f.sectionCount(); i < n; i++) {
        if (ctxt.sections().isLive(o.sectionId(i)) && f.isNamed(i, ".exports")) {
          for (String name : NameBytes.string(Bytes.of(ctxt.content(f, i))).split("\0")) {
            if (!name.isEmpty()) {
              named.add(SymbolPattern.of(name, false, SymbolPattern.Language.C));
            }
          }
          ctxt.sections().clear(o.sectionId(i), SectionTable.LIVE);
        }
      }
    }
    String version = ctxt.option(LinkOption.VERSION_EXPORTS_SECTION);
    List<SymbolPattern> rest = List.of(SymbolPattern.of("*", false, SymbolPattern.Language.C));
    return new VersionScript.Node("--version-exports-section", 1, version, named, rest, List.of());
  }

  /**
   * Of a library's name with a version, {@code f@V1} or {@code f@@V1}, only that version's own node
   * says whether it is local; none does so of {@code f@}. A name to which the script would give a
   * version that an object has for another definition ({@code f@V1}) is local too, so that there is
   * one of them. So does GNU ld.
   */
  private boolean isLocal(Context ctxt, int id) {
    if (versions == null) {
      return false;
    }
    String name = definedAs(ctxt, id);
    int at = name.indexOf('@', 1);
    if (at < 0) {
      int match = versions.match(name);
      return match != SymbolMatcher.NONE
          && (SymbolMatcher.isLocal(match)
              || isDefined(
                  ctxt, name + "@" + script.nodes().get(SymbolMatcher.node(match)).name()));
    }
    String version = name.substring(at).replaceFirst("^@+", "");
    SymbolMatcher own = !ctxt.isShared() ? versions : version.isEmpty() ? null : nodes.get(version);
    return own != null && SymbolMatcher.isLocal(own.match(name.substring(0, at)));
  }

  /** The name that the definition has in its object, with its version if it has one. */
  private static String definedAs(Context ctxt, int id) {
    return ctxt.symbols().file(id) instanceof LinkedObject o && o.file().hasVersionedNames()
        ? o.file().symbolName(ctxt.symbols().index(id))
        : ctxt.symbols().name(id);
  }

  private static boolean isDefined(Context ctxt, String name) {
    int id = ctxt.versionedNames() ? ctxt.names.find(name) : 0;
    return id != 0
        && ctxt.symbols().isDefined(id)
        && ctxt.symbols().file(id) instanceof LinkedObject;
  }

  private static boolean isExcluded(ObjectFile f, Set<String> excluded) {
    if (excluded.isEmpty() || f.member() == null) {
      return false;
    }
    String name = f.fileName().substring(f.fileName().lastIndexOf('/') + 1);
    return excluded.contains("ALL")
        || excluded.contains(name)
        || (name.endsWith(".a") && excluded.contains(name.substring(0, name.length() - 2)));
  }

  /** The version script's nodes; none where there is no script. */
  public VersionScript script() {
    return script;
  }

  /** Index of the script's node that names a symbol, or -1. */
  public int node(String name) {
    int match = versions == null ? SymbolMatcher.NONE : versions.match(name);
    return match == SymbolMatcher.NONE || SymbolMatcher.isLocal(match)
        ? -1
        : SymbolMatcher.node(match);
  }

  /** Whether a symbol is defined by an object, by a script, or as start or end of a section. */
  private static boolean isOwn(Context ctxt, int id) {
    SymbolTable symbols = ctxt.symbols();
    return symbols.isDefined(id)
        && (symbols.file(id) instanceof LinkedObject
            || symbols.kind(id) == SymbolTable.KIND_ASSIGNED
            || (symbols.kind(id) == SymbolTable.KIND_PROVIDED && ctxt.startStop.containsKey(id)));
  }

  /** Whether a definition of the output is in {@code .dynsym}. */
  public boolean isExported(Context ctxt, int id) {
    SymbolTable symbols = ctxt.symbols();
    return id < symbols.globals()
        && (exportsAll || symbols.has(id, SymbolTable.IN_SHARED) || isListed(symbols, id))
        && ctxt.isDynamic()
        && !symbols.has(id, SymbolTable.HIDDEN | SymbolTable.FORCED_LOCAL)
        && isOwn(ctxt, id);
  }

  /**
   * {@code --gc-keep-exported}: whether others could see a definition if the output were exporting.
   */
  public static boolean isKept(Context ctxt, int id) {
    return isOwn(ctxt, id)
        && !ctxt.symbols().has(id, SymbolTable.HIDDEN | SymbolTable.FORCED_LOCAL);
  }

  /**
   * Whether {@code --dynamic-list} or {@code --export-dynamic-symbol} names a symbol; or it is
   * data, and {@code --dynamic-list-data} means it.
   */
  private boolean isListed(SymbolTable symbols, int id) {
    return (listed != null && listed.match(symbols.name(id)) != SymbolMatcher.NONE)
        || (listsData && isData(symbols, id));
  }

  private static boolean isData(SymbolTable symbols, int id) {
    if (!(symbols.file(id) instanceof LinkedObject o)) {
      return false;
    }
    int type = o.file().symbolType(symbols.index(id));
    return type == STT_OBJECT || type == STT_COMMON;
  }

  /** Whether nothing of the output may be preempted, which {@code DF_SYMBOLIC} says. */
  public boolean isSymbolic(Context ctxt) {
    return ctxt.isShared()
        && ctxt.option(LinkOption.SYMBOLIC) == LinkOption.Symbolic.ALL
        && listed == null;
  }

  /**
   * Whether another module's definition may take the place of one in a shared library: not where
   * {@code -Bsymbolic} or protected visibility binds it; with a dynamic list only what it names may
   * be preempted, and with {@code -Bsymbolic} what {@code --export-dynamic-symbol} names.
   */
  boolean isPreemptible(Context ctxt, int id, int bits) {
    if (!ctxt.isShared() || ctxt.symbols().has(id, SymbolTable.PROTECTED)) {
      return false;
    }
    LinkOption.Symbolic symbolic = ctxt.option(LinkOption.SYMBOLIC);
    if (listsData) {
      return isListed(ctxt.symbols(), id);
    }
    if (listed != null
        && (symbolic != LinkOption.Symbolic.NONE
            || !ctxt.option(LinkOption.DYNAMIC_LIST).isEmpty())) {
      return isListed(ctxt.symbols(), id);
    }
    boolean isFunction = (bits & SymbolTable.FUNCTION) != 0;
    return switch (symbolic) {
      case FUNCTIONS -> !isFunction;
      case NON_WEAK_FUNCTIONS -> !isFunction || isWeak(ctxt.symbols(), id);
      case NON_WEAK -> isWeak(ctxt.symbols(), id);
      case NONE -> true;
      default -> false;
    };
  }

  private static boolean isWeak(SymbolTable symbols, int id) {
    return symbols.file(id) instanceof LinkedObject o
        && o.file().symbolBinding(symbols.index(id)) == STB_WEAK;
  }
}
