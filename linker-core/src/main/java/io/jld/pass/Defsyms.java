package io.jld.pass;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.script.Expression;
import io.jld.symbol.SymbolTable;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The symbols that {@code --defsym} defines; a later definition of a name takes the place of an
 * earlier one.
 */
public final class Defsyms {
  private final Map<String, Expression> expressions = new LinkedHashMap<>();
  private final Set<String> underWay = new HashSet<>();

  void parse(Context ctxt) {
    for (Map.Entry<String, String> d : ctxt.option(LinkOption.DEFSYM)) {
      expressions.put(d.getKey(), Expression.parse("--defsym=" + d.getKey(), d.getValue()));
    }
  }

  /** The names that the values depend on: referred to from the start, as by an object. */
  Set<String> symbols() {
    Set<String> names = new LinkedHashSet<>();
    expressions.values().forEach(e -> names.addAll(e.symbols()));
    return names;
  }

  /** Whether the value does not move with the output. */
  boolean isConstant(Context ctxt, String name) {
    Set<String> seen = new HashSet<>();
    for (String n = name; seen.add(n); ) {
      Expression e = expressions.get(n);
      if (e == null) {
        int id = ctxt.names.find(n);
        return ctxt.symbols.file(id) instanceof ObjectFile f
            && f.shndx(ctxt.symbols.index(id)) == ObjectFile.ABS;
      }
      n = e.relativeTo();
      if (n == null) {
        return true;
      }
    }
    return false; // a circle: an error when the values are known
  }

  /** The type of a symbol that is another name of a function or an object; else none. */
  int type(Context ctxt, String name) {
    Set<String> seen = new HashSet<>();
    String n = name;
    while (expressions.containsKey(n) && seen.add(n)) {
      n = expressions.get(n).symbol();
    }
    int id = n == null ? 0 : ctxt.names.find(n);
    int type =
        ctxt.symbols.file(id) instanceof ObjectFile f
            ? f.symbolType(ctxt.symbols.index(id))
            : STT_NOTYPE;
    return type == STT_FUNC || type == STT_OBJECT ? type : STT_NOTYPE;
  }

  /** The expression for a name that {@code --defsym} defines. */
  Expression expression(String name) {
    return expressions.get(name);
  }

  /** The value; addresses are known. */
  synchronized long value(Context ctxt, String name) {
    if (!underWay.add(name)) {
      throw new io.jld.link.LinkException(
          io.jld.link.Location.NONE, "--defsym=" + name + ": the symbol depends on itself");
    }
    try {
      return expressions
          .get(name)
          .evaluate(
              symbol -> {
                int id = ctxt.names.find(symbol);
                SymbolTable symbols = ctxt.symbols;
                return id != 0 && symbols.isDefined(id)
                    ? OptionalLong.of(ctxt.values.defined(id))
                    : OptionalLong.empty();
              });
    } finally {
      underWay.remove(name);
    }
  }
}
