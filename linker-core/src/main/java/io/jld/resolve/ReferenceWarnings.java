package io.jld.resolve;

import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.model.Context;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sections {@code .gnu.warning.SYMBOL} hold a text that is to be shown where something refers to
 * the symbol: glibc warns so of {@code gets}, and of what does not work in a static program. The
 * first place that refers to it is named.
 */
public final class ReferenceWarnings {
  static final String PREFIX = ".gnu.warning.";

  private final Map<Integer, String> texts = new HashMap<>();
  private final Queue<Found> sections = new ConcurrentLinkedQueue<>();

  private record Found(ObjectFile file, int section) {}

  /** Takes such a section; from any thread. */
  public void found(ObjectFile file, int section) {
    sections.add(new Found(file, section));
  }

  /** Finds the texts, and marks the symbols, so that the scan notes who refers to them. */
  public void collect(Context ctxt) {
    List<Found> inOrder = new ArrayList<>(sections);
    inOrder.sort(
        (a, b) ->
            a.file() != b.file()
                ? Integer.compare(a.file().order(), b.file().order())
                : Integer.compare(a.section(), b.section()));
    for (Found s : inOrder) {
      add(ctxt, s.file().sectionName(s.section()), s.file().rawContent(s.section()));
    }
    for (SharedFile f : ctxt.shared) {
      f.forEachWarning(
          PREFIX,
          (name, text) -> {
            // A library's warning is not about a definition that takes the place of its own.
            int id = ctxt.names.find(name.substring(PREFIX.length()));
            if (id != 0 && !(ctxt.symbols.file(id) instanceof ObjectFile)) {
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
      ctxt.symbols.flag(id, SymbolTable.WARNED);
    }
  }

  /** Warns; the relocations have been scanned. */
  public void report(Context ctxt) {
    if (texts.isEmpty()) {
      return;
    }
    Map<Integer, CheckUndefined.Use> first = new TreeMap<>();
    for (CheckUndefined.Use u : ctxt.notedUses) {
      if (texts.containsKey(u.symbol())) {
        first.merge(u.symbol(), u, (a, b) -> a.compareTo(b) <= 0 ? a : b);
      }
    }
    first.forEach(
        (id, u) -> ctxt.warning(u.location().symbol(ctxt.symbols.name(id)), texts.get(id)));
  }
}
