package io.jld.undefined;

import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.link.NameBytes;
import io.jld.load.LoadedInputs;
import io.jld.load.Unit;
import io.jld.model.Context;
import io.jld.source.CxxNames;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.List;
import java.util.Map;

/**
 * What may be behind an undefined symbol: an archive that stands too early; a library that is
 * needed by one of the link's, but is not on the command line itself; a compiler's own library
 * ({@link RuntimeHints}); a function that one of C and C++ defines and the other asks for ({@code
 * extern "C"}); a class whose key function is missing (Itanium C++ ABI, 5.2.3). Only looked for
 * when a link has failed.
 */
public final class UndefinedHints {
  private final Context ctxt;
  private final SymbolTable symbols;
  private final Inputs inputs;

  /** What the libraries define that the link's libraries need; null until it is asked for. */
  private Map<String, CheckShared.Offer> behind;

  UndefinedHints(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.symbols = ctxt.symbols();
  }

  /** A line of the message without its mark; null where nothing is known. */
  String of(int undefined) {
    String name = symbols.name(undefined);
    String needed = inNeeded(name);
    if (needed != null) {
      return needed;
    }
    String passed = inPassed(LoadedInputs.of(ctxt).units(), undefined);
    if (passed != null) {
      return passed;
    }
    String runtime = RuntimeHints.of(ctxt, name);
    if (runtime != null) {
      return runtime;
    }
    if (name.startsWith("_ZTV")) {
      return "the class may lack the definition of its key function: the first virtual function"
          + " that is neither pure nor inline";
    }
    return name.startsWith("_Z") ? inC(name) : inCxx(name);
  }

  /**
   * A member of an archive that was not linked though it defines the symbol: nothing referred to
   * that when the archive had its turn.
   */
  private static String inPassed(List<Unit> units, int undefined) {
    for (Unit u : units) {
      String found =
          u instanceof Unit.Archive a
              ? inPassed(a, undefined)
              : u instanceof Unit.Group g ? inPassed(g.units(), undefined) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static String inPassed(Unit.Archive archive, int undefined) {
    for (Unit.Member m : archive.members()) {
      if (m.object() != null && defines(m.object(), undefined)) {
        return m.object().file().location()
            + ", which stands before what refers to it, defines it: inputs are searched in their"
            + " order";
      }
    }
    return null;
  }

  private static boolean defines(LinkedObject object, int id) {
    ObjectFile f = object.file();
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      if (object.symbolNameId(i) == id && f.shndx(i) != 0) {
        return true;
      }
    }
    return false;
  }

  private String inNeeded(String name) {
    if (behind == null) {
      behind = new CheckShared(ctxt, inputs).behind();
    }
    CheckShared.Offer offer = behind.get(name);
    return offer == null
        ? null
        : offer.file().fileName()
            + ", which "
            + offer.by().fileName()
            + " needs, defines it: it has to be on the command line too";
  }

  /** A C++ function is wanted, and C has one of its name. */
  private String inC(String name) {
    String readable = CxxNames.of(ctxt, name);
    int end = readable == null ? -1 : readable.indexOf('(');
    String plain = end <= 0 ? "" : readable.substring(0, end);
    int id = plain.isEmpty() ? 0 : ctxt.names.find(plain);
    return id != 0 && symbols.isDefined(id)
        ? "did you mean: extern \"C\" "
            + plain
            + ", defined in "
            + symbols.file(id).file().displayName()
        : null;
  }

  /** A C function is wanted, and C++ has one of its name in the global namespace. */
  private String inCxx(String name) {
    String prefix = "_Z" + NameBytes.bytes(name).length + name;
    for (int id = 1; id < symbols.globals(); id++) {
      if (!symbols.isDefined(id)
          || symbols.names().length(id) <= prefix.length()
          || !symbols.name(id).startsWith(prefix)) {
        continue;
      }
      String readable = CxxNames.of(ctxt, symbols.name(id));
      if (readable != null && readable.startsWith(name + "(")) {
        return "the C++ function "
            + readable
            + " is defined in "
            + symbols.file(id).file().displayName()
            + "; is an extern \"C\" missing?";
      }
    }
    return null;
  }
}
