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
import io.jld.source.MangledName;
import io.jld.source.SourceLines;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.Comparator;
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

  /** How many messages say more than the name: the first, which are shown. */
  private static final int MAX_EXPLAINED = 100;

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
    joinClasses(found);
    List<Integer> order = new ArrayList<>(found.keySet());
    order.sort(Comparator.comparing(id -> found.get(id).first().location()));
    Severity severity =
        ctxt.option(LinkOption.WARN_UNRESOLVED) || ctxt.option(LinkOption.NOINHIBIT_EXEC)
            ? Severity.WARNING
            : Severity.ERROR;
    int limit = ctxt.option(LinkOption.ERROR_LIMIT);
    int explained = limit == 0 ? MAX_EXPLAINED : Math.min(limit, MAX_EXPLAINED);
    try (UndefinedHints hints = new UndefinedHints(ctxt, inputs, found.keySet())) {
      for (int i = 0; i < order.size(); i++) {
        int id = order.get(i);
        Location where = found.get(id).first().location().symbol(symbols.name(id));
        ctxt.report(
            i < explained
                ? explained(severity, where, id, found.get(id), hints)
                : new Diagnostic(severity, DiagnosticCode.UNDEFINED_SYMBOL, where, message(id)));
      }
    }
  }

  /**
   * Typeinfo and VTT of a class stand beside its vtable: where that is missing, they are too, and
   * what refers to them is counted to it.
   */
  private void joinClasses(Map<Integer, TreeSet<Use>> found) {
    for (int id : List.copyOf(found.keySet())) {
      String name = symbols.name(id);
      if (MangledName.classOf(name) != null && !name.startsWith("_ZTV")) {
        TreeSet<Use> vtable = found.get(ctxt.names.find("_ZTV" + name.substring(4)));
        if (vtable != null) {
          vtable.addAll(found.remove(id));
        }
      }
    }
  }

  private String message(int id) {
    return "undefined reference to '" + symbols.name(id) + "'";
  }

  private Diagnostic explained(
      Severity severity, Location where, int id, TreeSet<Use> uses, UndefinedHints hints) {
    String discarded = discarded(id);
    StringBuilder text = new StringBuilder(discarded == null ? message(id) : discarded);
    String first = within(uses.first());
    if (first != null) {
      text.append("\n>>> referenced by ").append(first);
    }
    uses.stream()
        .skip(1)
        .limit(MAX_PLACES - 1)
        .forEach(u -> text.append("\n>>> referenced by ").append(describe(u)));
    if (uses.size() > MAX_PLACES) {
      text.append("\n>>> referenced ").append(uses.size() - MAX_PLACES).append(" more times");
    }
    boolean shared = symbols.isOwn(id) && symbols.has(id, SymbolTable.SHARED_DEF);
    if (shared) {
      text.append("\n>>> a shared library defines it, but the reference is ")
          .append(symbols.has(id, SymbolTable.HIDDEN) ? "hidden" : "protected")
          .append(": the definition has to be in this output");
    }
    String hint = discarded != null || shared ? null : hints.of(id);
    if (hint != null) {
      text.append("\n>>> ").append(hint);
    }
    return new Diagnostic(
        severity,
        discarded == null ? DiagnosticCode.UNDEFINED_SYMBOL : DiagnosticCode.DISCARDED_SYMBOL,
        where,
        text.toString());
  }
}
