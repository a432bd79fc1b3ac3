package io.jld.pass;

import io.jld.input.LinkerFile;
import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.symbol.SymbolTable;
import io.jld.synth.OutputSection;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The values of {@code --defsym} in a relocatable output, where a section has no address yet: a
 * number, or an offset in one section. An expression is relative to a section if it grows by as
 * much as the section's address does.
 */
final class RelocatableDefsyms {
  private static final long MOVE = 1 << 20;

  private final Context ctxt;
  private final Set<String> underWay = new LinkedHashSet<>();

  /**
   * @param section null for a number
   */
  record Value(OutputSection section, long offset) {}

  RelocatableDefsyms(Context ctxt) {
    this.ctxt = ctxt;
  }

  /**
   * @throws LinkException where the expression refers to what is not defined, or to more than one
   *     section
   */
  Value value(String name) {
    if (!underWay.add(name)) {
      throw new LinkException(Location.NONE, "--defsym=" + name + ": the symbol depends on itself");
    }
    try {
      Set<OutputSection> used = new LinkedHashSet<>();
      long plain = evaluate(name, null, used);
      OutputSection section = null;
      for (OutputSection s : Set.copyOf(used)) {
        long by = evaluate(name, s, used) - plain;
        if (by == MOVE && section == null) {
          section = s;
        } else if (by != 0) {
          throw new LinkException(
              Location.NONE, "--defsym=" + name + ": the value is relative to more than a section");
        }
      }
      return new Value(section, plain);
    } finally {
      underWay.remove(name);
    }
  }

  private long evaluate(String name, OutputSection moved, Set<OutputSection> used) {
    return ctxt.defsyms
        .expression(name)
        .evaluate(
            symbol -> {
              int id = ctxt.names.find(symbol);
              if (id == 0 || !ctxt.symbols.isDefined(id)) {
                return OptionalLong.empty();
              }
              Value v = defined(id, symbol);
              if (v == null) {
                return OptionalLong.empty();
              }
              if (v.section() != null) {
                used.add(v.section());
              }
              return OptionalLong.of(
                  v.offset() + (v.section() != null && v.section() == moved ? MOVE : 0));
            });
  }

  /** Null for a symbol that the output leaves undefined. */
  private Value defined(int id, String name) {
    SymbolTable symbols = ctxt.symbols;
    if (symbols.file(id) instanceof ObjectFile f) {
      int ndx = f.shndx(symbols.index(id));
      int section = f.firstSection() + ndx;
      if (ndx > 0 && ctxt.sections.isLive(section)) {
        OutputSection out = ctxt.outputOf(section);
        return new Value(
            out, f.symbolValue(symbols.index(id)) + ctxt.sections.addr[section] - out.addr);
      }
      return ndx == ObjectFile.ABS ? new Value(null, f.symbolValue(symbols.index(id))) : null;
    }
    boolean assigned =
        symbols.file(id) instanceof LinkerFile && symbols.kind(id) == SymbolTable.KIND_ASSIGNED;
    return assigned ? value(name) : null;
  }
}
