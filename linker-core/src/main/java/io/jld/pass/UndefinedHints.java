package io.jld.pass;

import io.jld.link.NameBytes;
import io.jld.symbol.SymbolTable;

/**
 * What may be behind an undefined symbol of C++: a function that one language defines and the other
 * asks for ({@code extern "C"}), or a class whose key function is missing (Itanium C++ ABI, 5.2.3).
 * Only looked for when a link has failed.
 */
final class UndefinedHints {
  private final Context ctxt;
  private final SymbolTable symbols;

  UndefinedHints(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols;
  }

  /** A line of the message without its mark; null where nothing is known. */
  String of(int undefined) {
    String name = symbols.name(undefined);
    if (name.startsWith("_ZTV")) {
      return "the class may lack the definition of its key function: the first virtual function"
          + " that is neither pure nor inline";
    }
    return name.startsWith("_Z") ? inC(name) : inCxx(name);
  }

  /** A C++ function is wanted, and C has one of its name. */
  private String inC(String name) {
    String readable = ctxt.demangled(name);
    int end = readable == null ? -1 : readable.indexOf('(');
    String plain = end <= 0 ? "" : readable.substring(0, end);
    int id = plain.isEmpty() ? 0 : ctxt.names.find(plain);
    return id != 0 && symbols.isDefined(id)
        ? "did you mean: extern \"C\" " + plain + ", defined in " + symbols.file(id).displayName()
        : null;
  }

  /** A C function is wanted, and C++ has one of its name in the global namespace. */
  private String inCxx(String name) {
    String prefix = "_Z" + NameBytes.bytes(name).length + name;
    for (int id = 1; id < symbols.globals(); id++) {
      if (!symbols.isDefined(id)
          || symbols.names().file(id).nameLength(symbols.names().index(id)) <= prefix.length()
          || !symbols.name(id).startsWith(prefix)) {
        continue;
      }
      String readable = ctxt.demangled(symbols.name(id));
      if (readable != null && readable.startsWith(name + "(")) {
        return "the C++ function "
            + readable
            + " is defined in "
            + symbols.file(id).displayName()
            + "; is an extern \"C\" missing?";
      }
    }
    return null;
  }
}
