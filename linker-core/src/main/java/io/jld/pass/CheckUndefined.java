package io.jld.pass;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.Severity;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reports the symbols that relocations refer to and nothing defines, each once, with the places that refer to it. */
final class CheckUndefined {
  private static final int MAX_PLACES = 3;

  private final Context ctxt;
  private final SymbolTable symbols;

  private CheckUndefined(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols;
  }

  static void run(Context ctxt) {
    new CheckUndefined(ctxt).check();
  }

  private void check() {
    requireDefined();
    LinkOption.Unresolved mode = ctxt.option(LinkOption.UNRESOLVED);
    boolean ignored =
        mode == LinkOption.Unresolved.IGNORE_ALL
            || mode == LinkOption.Unresolved.IGNORE_IN_OBJECT_FILES
            || (ctxt.isShared() && mode == LinkOption.Unresolved.DEFAULT);
    if (!ignored && anyUndefined()) {
      report();
    }
  }

  private void requireDefined() {
    for (String name : ctxt.option(LinkOption.REQUIRE_DEFINED)) {
      if (!symbols.isDefined(ctxt.names.find(name))) {
        ctxt.error(Location.NONE, "required symbol '" + name + "' not defined");
      }
    }
  }

  private boolean isUndefined(int id) {
    return id != 0 && id < symbols.globals() && !symbols.isDefined(id) && symbols.has(id, SymbolTable.STRONG_REF);
  }

  private boolean anyUndefined() {
    for (int id = 1; id < symbols.globals(); id++) {
      if (isUndefined(id)) {
        return true;
      }
    }
    return false;
  }

  /** The places that refer to a symbol: as many as are named, and the number of the others. */
  private static final class Places {
    private final List<Location> named = new ArrayList<>();
    private int more;
  }

  private void report() {
    Map<Integer, Places> found = new TreeMap<>();
    for (ObjectFile f : ctxt.objects) {
      findIn(f, found);
    }
    Severity severity =
        ctxt.option(LinkOption.WARN_UNRESOLVED) || ctxt.option(LinkOption.NOINHIBIT_EXEC) ? Severity.WARNING : Severity.ERROR;
    found.forEach((id, places) -> {
      StringBuilder text = new StringBuilder("undefined reference to '" + ctxt.demangle(symbols.name(id)) + "'");
      for (Location l : places.named) {
        text.append("\n>>> referenced by ").append(referrer(l));
      }
      if (places.more > 0) {
        text.append("\n>>> referenced ").append(places.more).append(" more times");
      }
      String near = new NearMiss(symbols).of(id);
      if (near != null) {
        text.append("\n>>> did you mean: ").append(ctxt.demangle(near));
      }
      ctxt.report(new Diagnostic(severity, text.toString(), places.named.get(0).symbol(symbols.name(id))));
    });
  }

  private static String referrer(Location l) {
    return l.symbol() == null ? l.toString() : l.symbol() + " in " + l;
  }

  private void findIn(ObjectFile f, Map<Integer, Places> found) {
    RelocReader reader = new RelocReader(ctxt);
    for (int i = 1; i < f.sectionCount(); i++) {
      boolean loaded = ctxt.sections.isLive(f.firstSection() + i) && (f.flags(i) & SHF_ALLOC) != 0;
      if (!loaded || f.relocSection(i) == 0 || f.type(i) == SHT_NOBITS || !reader.open(f, i, ctxt.content(f, i), 0, null)) {
        continue;
      }
      while (reader.next()) {
        if (isUndefined(reader.symbol())) {
          Places p = found.computeIfAbsent(reader.symbol(), id -> new Places());
          if (p.named.size() < MAX_PLACES) {
            p.named.add(f.location(i, reader.offset()).symbol(functionAt(f, i, reader.offset())));
          } else {
            p.more++;
          }
        }
      }
    }
  }

  /** The function that lies around an offset in a section; null if there is none. */
  private static String functionAt(ObjectFile f, int section, long offset) {
    for (int i = 1; i < f.symbolCount(); i++) {
      if (f.shndx(i) == section
          && f.symbolType(i) == STT_FUNC
          && f.symbolValue(i) <= offset
          && offset - f.symbolValue(i) < f.symbolSize(i)) {
        return "function " + f.symbolName(i);
      }
    }
    return null;
  }
}
