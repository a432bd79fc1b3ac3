package io.jld.resolve;

import io.jld.input.Inputs;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.source.CxxNames;
import io.jld.symbol.SymbolTable;
import java.util.Map;

/**
 * What may be behind an undefined symbol: a library that is needed by one of the link's, but is not
 * on the command line itself; a compiler's own library ({@link RuntimeHints}); a function that one
 * of C and C++ defines and the other asks for ({@code extern "C"}); a class whose key function is
 * missing (Itanium C++ ABI, 5.2.3). Only looked for when a link has failed.
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
