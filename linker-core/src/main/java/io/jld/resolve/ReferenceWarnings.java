package io.jld.resolve;

import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.link.DiagnosticCode;
import io.jld.model.Context;
import io.jld.model.Use;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sections {@code .gnu.warning.SYMBOL} hold a text that is to be shown where something refers to
 * the symbol: glibc warns so of {@code gets}, and of what does not work in a static program. The
 * first place that refers to it is named.
 */
public final class ReferenceWarnings {
  static final String PREFIX = ".gnu.warning.";

  private final Map<Integer, String> texts = new HashMap<>();

  /** Finds the texts, and marks the symbols, so that the scan notes who refers to them. */
  public static void collect(Context ctxt) {
    ReferenceWarnings found = new ReferenceWarnings();
    found.find(ctxt);
    ctxt.handOn(found);
  }

  private void find(Context ctxt) {
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = 1; f.has(SectionKind.WARNING) && i < f.sectionCount(); i++) {
        if (f.kind(i) == SectionKind.WARNING) {
          add(ctxt, f.sectionName(i), f.rawContent(i));
        }
      }
    }
    for (LinkedLibrary l : ctxt.shared()) {
      l.file()
          .forEachWarning(
              PREFIX,
              (name, text) -> {
                // A library's warning is not about a definition that takes the place of its own.
                int id = ctxt.names.find(name.substring(PREFIX.length()));
                if (id != 0 && !(ctxt.symbols().file(id) instanceof LinkedObject)) {
                  add(ctxt, name, text);
                }
              });
    }
  }

  private void add(Context ctxt, String section, MemorySegment text) {
    int id = ctxt.names.find(section.substring(PREFIX.length()));
    if (id != 0 && text.byteSize() > 0) {
      int end = 0;
      while (end < text.byteSize() && end < 4096 && ElfClass.u8(text, end) != 0) {
        end++;
      }
      texts.putIfAbsent(id, Names.string(text, 0, end));
      ctxt.symbols().flag(id, SymbolTable.WARNED);
    }
  }

  /** Warns; the relocations have been scanned. */
  public static void report(Context ctxt) {
    ctxt.get(ReferenceWarnings.class).warn(ctxt);
  }

  private void warn(Context ctxt) {
    if (texts.isEmpty()) {
      return;
    }
    Map<Integer, Use> first = new TreeMap<>();
    for (Use u : ctxt.notedUses) {
      if (texts.containsKey(u.symbol())) {
        first.merge(u.symbol(), u, (a, b) -> a.compareTo(b) <= 0 ? a : b);
      }
    }
    first.forEach(
        (id, u) ->
            ctxt.warning(
                DiagnosticCode.SYMBOL_WARNING,
                u.location().symbol(ctxt.symbols().name(id)),
                texts.get(id)));
  }
}
