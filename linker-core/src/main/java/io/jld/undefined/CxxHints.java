package io.jld.undefined;

import io.jld.input.ObjectFile;
import io.jld.link.NameBytes;
import io.jld.load.LoadedInputs;
import io.jld.load.Unit;
import io.jld.model.Context;
import io.jld.source.MangledName;
import io.jld.symbol.SymbolTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What C++ may have to do with an undefined symbol: a function that one of C and C++ defines and
 * the other asks for ({@code extern "C"}); one of the same name with other parameters; a class
 * whose key function is missing (Itanium C++ ABI, 5.2.3), or that is compiled with typeinfo here
 * and without there.
 */
final class CxxHints {
  /** Names of members that are not linked which are kept in mind. */
  private static final int MAX_UNLINKED = 1 << 18;

  private final Context ctxt;
  private final SymbolTable symbols;
  private final Set<Integer> undefined;

  /** What members of archives define that are not linked; null until it is asked for. */
  private Map<String, String> unlinked;

  /**
   * @param undefined all symbols that are missing
   */
  CxxHints(Context ctxt, Set<Integer> undefined) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
    this.undefined = undefined;
  }

  /** A line of the message without its mark; null where nothing is known. */
  String of(String name) {
    String type = MangledName.classOf(name);
    if (type != null) {
      return ofClass(name, type);
    }
    MangledName cxx = MangledName.of(name);
    if (cxx == null) {
      return name.startsWith("_Z") ? null : inCxx(name);
    }
    String c = cxx.scope().isEmpty() && !cxx.plain().isEmpty() ? inC(cxx.plain()) : null;
    return c != null ? c : withOtherParameters(name, cxx);
  }

  private String ofClass(String name, String type) {
    String encoded = name.substring(4);
    int vtable = ctxt.names.find("_ZTV" + encoded);
    if (name.startsWith("_ZTI") && vtable != 0 && symbols.isDefined(vtable)) {
      return "the class is compiled without typeinfo (-fno-rtti) in "
          + symbols.file(vtable).file().displayName();
    }
    String key =
        "the class may lack the definition of its key function: the first virtual function that is"
            + " neither pure nor inline";
    for (int id : undefined) {
      MangledName member = MangledName.of(symbols.name(id));
      if (member != null && member.scope().equals(type) && !member.isConstructor()) {
        return key + "; it may be " + symbols.name(id) + ", which is undefined too";
      }
    }
    return key;
  }

  /** A C++ function is wanted, and C has one of its name. */
  private String inC(String plain) {
    int id = ctxt.names.find(plain);
    String file =
        id != 0 && symbols.isDefined(id)
            ? symbols.file(id).file().displayName()
            : unlinked().get(plain);
    return file == null ? null : "did you mean: extern \"C\" " + plain + ", defined in " + file;
  }

  /** A C function is wanted, and C++ has one of its name in the global namespace. */
  private String inCxx(String name) {
    String prefix = "_Z" + NameBytes.bytes(name).length + name;
    for (int id = 1; id < symbols.globals(); id++) {
      if (symbols.isDefined(id)
          && symbols.names().length(id) > prefix.length()
          && symbols.name(id).startsWith(prefix)) {
        return cxxFunction(symbols.name(id), symbols.file(id).file().displayName());
      }
    }
    for (Map.Entry<String, String> e : unlinked().entrySet()) {
      if (e.getKey().length() > prefix.length() && e.getKey().startsWith(prefix)) {
        return cxxFunction(e.getKey(), e.getValue());
      }
    }
    return null;
  }

  private static String cxxFunction(String name, String file) {
    return "the C++ function " + name + " is defined in " + file + "; is an extern \"C\" missing?";
  }

  private String withOtherParameters(String name, MangledName wanted) {
    for (int id = 1; id < symbols.globals(); id++) {
      if (symbols.isDefined(id) && symbols.names().length(id) > wanted.scoped().length()) {
        String other = symbols.name(id);
        if (!other.equals(name) && other.startsWith("_Z") && isSame(other, wanted)) {
          return "did you mean: " + other + UndefinedHints.definedIn(symbols.file(id));
        }
      }
    }
    return null;
  }

  private static boolean isSame(String other, MangledName wanted) {
    int at = other.indexOf(wanted.scoped(), 2);
    if (at < 0 || at > 8) {
      return false; // an "N" and qualifiers at most may stand before it
    }
    MangledName its = MangledName.of(other);
    return its != null && its.scoped().equals(wanted.scoped());
  }

  /** The first member of an archive that defines each name, of those that are not linked. */
  private Map<String, String> unlinked() {
    if (unlinked == null) {
      unlinked = new LinkedHashMap<>();
      collect(LoadedInputs.of(ctxt).units());
    }
    return unlinked;
  }

  private void collect(List<Unit> units) {
    for (Unit u : units) {
      if (u instanceof Unit.Group g) {
        collect(g.units());
      } else if (u instanceof Unit.Archive a && unlinked.size() < MAX_UNLINKED) {
        a.forEachObject(this::add);
      }
    }
  }

  private void add(ObjectFile f) {
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      if (f.shndx(i) != 0 && unlinked.size() < MAX_UNLINKED) {
        unlinked.putIfAbsent(f.symbolName(i), f.displayName());
      }
    }
  }
}
