package io.jld.undefined;

import static io.jld.elf.Elf.*;

import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.Severity;
import io.jld.load.Lto;
import io.jld.model.Context;
import io.jld.model.Use;
import io.jld.source.SourceLines;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reports the symbols that relocations refer to and nothing defines, each once, with the places
 * that refer to it.
 */
public final class CheckUndefined {
  private static final int MAX_PLACES = 3;

  private final Context ctxt;
  private final Inputs inputs;
  private final SymbolTable symbols;

  private CheckUndefined(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.symbols = ctxt.symbols();
  }

  public static void run(Context ctxt, Inputs inputs) {
    new CheckUndefined(ctxt, inputs).check();
  }

  private void check() {
    requireDefined();
    List<Use> reported = new ArrayList<>();
    for (Use u : ctxt.notedUses) {
      if (isError(u.symbol())) {
        reported.add(u);
      }
    }
    if (!reported.isEmpty()) {
      report(reported);
      Lto.explain(ctxt);
    }
  }

  private boolean isError(int symbol) {
    return symbols.has(symbol, SymbolTable.UNDEFINED)
        && (!ctxt.leavesUndefined(symbol)
            || symbols.isOwn(symbol)
            || symbols.has(symbol, SymbolTable.THROWN_AWAY));
  }

  private void requireDefined() {
    for (String name : ctxt.option(LinkOption.REQUIRE_DEFINED)) {
      if (!symbols.isDefined(ctxt.names.find(name))) {
        ctxt.error(
            DiagnosticCode.REQUIRED_SYMBOL,
            Location.NONE,
            "required symbol '" + name + "' not defined");
      }
    }
  }

  /**
   * What is known of the place beside what the message begins with: the function, the source line.
   */
  private String within(Use u) {
    return SourceLines.of(ctxt).describeWithin(u.object().file(), u.section(), u.offset());
  }

  private String describe(Use u) {
    return SourceLines.of(ctxt).describe(u.object().file(), u.section(), u.offset());
  }

  /**
   * The message where an object has the definition in a section that is left out: by a script, or
   * for another object's COMDAT group, which then lacks it. Null where there is none.
   */
  private String discarded(int id) {
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile f = o.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        int ndx = f.shndx(i);
        if (o.symbolNameId(i) == id
            && ndx > 0
            && ctxt.sections().has(o.sectionId(ndx), SectionTable.DUPLICATE)) {
          return CheckDiscarded.message(symbols.name(id), f, ndx);
        }
      }
    }
    return null;
  }

  private void report(List<Use> uses) {
    Map<Integer, TreeSet<Use>> found = new TreeMap<>();
    for (Use u : uses) {
      found.computeIfAbsent(u.symbol(), id -> new TreeSet<>()).add(u);
    }
    Severity severity =
        ctxt.option(LinkOption.WARN_UNRESOLVED) || ctxt.option(LinkOption.NOINHIBIT_EXEC)
            ? Severity.WARNING
            : Severity.ERROR;
    UndefinedHints hints = new UndefinedHints(ctxt, inputs);
    found.forEach(
        (id, of) -> {
          String discarded = discarded(id);
          StringBuilder text =
              new StringBuilder(
                  discarded == null
                      ? "undefined reference to '" + symbols.name(id) + "'"
                      : discarded);
          String first = within(of.first());
          if (first != null) {
            text.append("\n>>> referenced by ").append(first);
          }
          of.stream()
              .skip(1)
              .limit(MAX_PLACES - 1)
              .forEach(u -> text.append("\n>>> referenced by ").append(describe(u)));
          if (of.size() > MAX_PLACES) {
            text.append("\n>>> referenced ").append(of.size() - MAX_PLACES).append(" more times");
          }
          if (symbols.isOwn(id) && symbols.has(id, SymbolTable.SHARED_DEF)) {
            text.append("\n>>> a shared library defines it, but the reference is ")
                .append(symbols.has(id, SymbolTable.HIDDEN) ? "hidden" : "protected")
                .append(": the definition has to be in this output");
          }
          String hint = discarded != null ? "" : hints.of(id);
          String near = hint == null ? new NearMiss(symbols).of(id) : null;
          if (hint != null && !hint.isEmpty()) {
            text.append("\n>>> ").append(hint);
          } else if (near != null) {
            text.append("\n>>> did you mean: ").append(near);
          }
          ctxt.report(
              new Diagnostic(
                  severity,
                  DiagnosticCode.UNDEFINED_SYMBOL,
                  of.first().location().symbol(symbols.name(id)),
                  text.toString()));
        });
  }
}
