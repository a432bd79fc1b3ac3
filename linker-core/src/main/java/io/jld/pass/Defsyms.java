package io.jld.pass;

import io.jld.link.LinkOption;
import io.jld.script.Expression;
import io.jld.symbol.SymbolTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The symbols that {@code --defsym} defines; a later definition of a name takes the place of an earlier one. */
public final class Defsyms {
  private final Map<String, Expression> expressions = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();

  void parse(Context ctxt) {
    for (Map.Entry<String, String> d : ctxt.option(LinkOption.DEFSYM)) {
      expressions.put(d.getKey(), Expression.parse("--defsym=" + d.getKey(), d.getValue()));
    }
  }

  /** Whether the value does not move with the output. */
  boolean isConstant(String name) {
    Expression e = expressions.get(name);
    return e == null || e.relativeTo() == null;
  }

  Expression expression(String name) {
    return expressions.get(name);
  }

  /** The value; addresses are known. */
  synchronized long value(Context ctxt, String name) {
    if (!underWay.add(name)) {
      throw new io.jld.link.LinkException(io.jld.link.Location.NONE, "--defsym=" + name + ": the symbol depends on itself");
    }
    try {
      return expressions.get(name).evaluate(symbol -> {
        int id = ctxt.names.find(symbol);
        SymbolTable symbols = ctxt.symbols;
        return id != 0 && symbols.isDefined(id) ? OptionalLong.of(ctxt.values.defined(id)) : OptionalLong.empty();
      });
    } finally {
      underWay.remove(name);
    }
  }
}
