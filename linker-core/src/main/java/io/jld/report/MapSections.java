package io.jld.report;

import io.jld.elf.Elf;
import io.jld.frame.EhFrame;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.layout.SymbolValues;
import io.jld.merge.MergePool;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.place.PlacedPlan;
import io.jld.plan.Statement;
import io.jld.resolve.Commons;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import io.jld.synth.CopyRelocs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The part of the link map that goes through the output: its sections, in each the input sections
 * and what the linker has made, and in each of those the global symbols. Addresses of sections that
 * are not loaded count from 0, as in GNU ld's map.
 */
public final class MapSections {
  /** Pieces that one task writes lines for. */
  private static final int CHUNK = 4096;

  /** What GNU ld's built-in script defines in any case, and not by {@code PROVIDE}. */
  private static final Set<String> PLAIN = Set.of("_edata", "__bss_start", "_end");

  /** Shown in place of a file's name for what the linker makes. */
  private static final String INTERNAL = "<internal>";

  private final Context ctxt;
  private final SymbolTable symbols;
  private final ShownNames names;
  private final SectionSymbols bySection;
  private final MergedSections merged;
  private final EhFrame frames;
  private final Map<OutputSection, List<Integer>> provided = new HashMap<>();

  MapSections(Context ctxt, ShownNames names) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
    this.names = names;
    this.bySection = new SectionSymbols(ctxt);
    this.merged = new MergedSections(ctxt);
    this.frames = EhFrame.of(ctxt);
    SymbolValues values = SymbolValues.of(ctxt);
    Set<String> builtIn = new HashSet<>();
    for (Statement.Assign a : ctxt.assignments.assigned()) {
      if (a.place().isBuiltIn()) {
        builtIn.add(a.symbol());
      }
    }
    for (int id = 1; id < symbols.globals(); id++) {
      if (symbols.isDefined(id)
          && symbols.file(id) == ctxt.linker()
          && (symbols.kind(id) == SymbolTable.KIND_PROVIDED
              || builtIn.contains(symbols.name(id)))) {
        OutputSection s = values.sectionAt(symbols.value(id));
        if (s != null) {
          provided.computeIfAbsent(s, x -> new ArrayList<>()).add(id);
        }
      }
    }
    provided.values().forEach(ids -> ids.sort(Comparator.comparingLong(symbols::value)));
  }

  void print(Consumer<String> sink) {
    PlacedPlan plan = ctxt.find(PlacedPlan.class);
    Set<OutputSection> shown =
        plan == null ? Set.of() : new ScriptRows(ctxt, this, sink).print(plan);
    for (OutputSection s : ctxt.outputSections()) {
      if (shown.contains(s)) {
        continue;
      }
      MapRows head = new MapRows(ctxt.elf.is64());
      head.line("");
      head.output(s.name(), shown(s, s.addr), s.size);
      head.lines().forEach(sink);
      int chunks = (s.itemCount() + CHUNK - 1) / CHUNK;
      MapRows[] rows = new MapRows[chunks];
      ctxt.tasks()
          .forEach(
              chunks,
              c -> {
                rows[c] = new MapRows(ctxt.elf.is64());
                int end = Math.min(s.itemCount(), (c + 1) * CHUNK);
                for (int i = c * CHUNK; i < end; i++) {
                  item(s, i, rows[c]);
                }
              });
      for (MapRows r : rows) {
        r.lines().forEach(sink);
      }
      printProvided(s, sink);
    }
  }

  private static long shown(OutputSection s, long addr) {
    return s.seen(addr);
  }

  long addrOf(OutputSection s, int item) {
    return item < 0 ? s.synthetic(item).addr() : ctxt.sections().addr[item];
  }

  long sizeOf(OutputSection s, int item) {
    return item < 0 ? s.synthetic(item).size() : ctxt.sections().size[item];
  }

  private void item(OutputSection s, int i, MapRows rows) {
    int item = s.item(i);
    long addr = addrOf(s, item);
    long end = i == 0 ? s.addr : addrOf(s, s.item(i - 1)) + sizeOf(s, s.item(i - 1));
    if (addr > end) {
      rows.fill(shown(s, end), addr - end);
    }
    piece(s, item, rows);
  }

  /** An item of an output section, and the symbols in it. */
  void piece(OutputSection s, int item, MapRows rows) {
    if (item < 0) {
      synthetic(s, s.synthetic(item), rows);
    } else {
      section(item, shown(s, ctxt.sections().addr[item]), ctxt.sections().size[item], rows);
    }
  }

  private void section(int id, long addr, long size, MapRows rows) {
    ObjectFile f = ctxt.sections().object(id).file();
    rows.input(ctxt.sections().name(id), addr, size, f.displayName());
    long before = Decompress.size(f, ctxt.sections().index(id));
    if (before != size) {
      rows.before(before);
    }
    for (int symbol : bySection.of(id)) {
      rows.symbol(symbols.value(symbol), names.of(symbol));
    }
  }

  private void synthetic(OutputSection s, Synthetic y, MapRows rows) {
    if (y instanceof MergePool pool && !merged.of(pool).isEmpty()) {
      pool(s, pool, rows);
    } else if (y == frames && !merged.of(y).isEmpty()) {
      frames(s, rows);
    } else if (y instanceof Commons commons) {
      commons(commons, rows);
    } else if (y instanceof CopyRelocs copies) {
      String name = (y.flags() & Elf.SHF_X86_64_LARGE) == 0 ? ".dynbss" : ".dynlbss";
      rows.input(name, y.addr(), y.size(), INTERNAL);
      copied(copies, rows);
    } else {
      rows.input(y.section(), shown(s, y.addr()), y.size(), INTERNAL);
    }
  }

  /**
   * The merged content counts as that of the first section that has gone into it, as with GNU ld.
   */
  private void pool(OutputSection s, MergePool pool, MapRows rows) {
    long addr = shown(s, pool.addr());
    long size = pool.size();
    for (int id : merged.of(pool)) {
      section(id, addr, size, rows);
      addr = shown(s, pool.addr()) + pool.size();
      size = 0;
    }
  }

  /**
   * Each section has the records of its own that are left; the end of the table belongs to the last
   * one.
   */
  private void frames(OutputSection s, MapRows rows) {
    List<Integer> ids = merged.of(frames);
    long[] at = new long[ids.size() + 1];
    at[ids.size()] = frames.size();
    for (int k = ids.size() - 1; k >= 0; k--) {
      LinkedObject o = ctxt.sections().object(ids.get(k));
      at[k] = Math.min(at[k + 1], frames.map(o, ctxt.sections().index(ids.get(k)), 0));
    }
    at[0] = 0;
    for (int k = 0; k < ids.size(); k++) {
      section(ids.get(k), shown(s, frames.addr()) + at[k], at[k + 1] - at[k], rows);
    }
  }

  /** Common symbols that lie side by side and come from one file are one piece. */
  private void commons(Commons commons, MapRows rows) {
    int[] ids = commons.ids();
    long end = commons.addr();
    for (int i = 0; i < ids.length; ) {
      String file = fileOf(ids[i]);
      long addr = symbols.value(ids[i]);
      int k = i;
      long last = addr;
      while (k < ids.length && fileOf(ids[k]).equals(file)) {
        last = symbols.value(ids[k]) + symbols.size(ids[k]);
        k++;
      }
      if (addr > end) {
        rows.fill(end, addr - end);
      }
      rows.input(commons.pattern(), addr, last - addr, file);
      for (; i < k; i++) {
        rows.symbol(symbols.value(ids[i]), names.of(ids[i]));
      }
      end = last;
    }
  }

  private String fileOf(int id) {
    return symbols.file(id).file().displayName();
  }

  private void copied(CopyRelocs copies, MapRows rows) {
    List<Integer> ids = new ArrayList<>();
    for (int id = 1; id < symbols.globals(); id++) {
      if (symbols.isDefined(id) && symbols.file(id) instanceof LinkedLibrary && copies.has(id)) {
        ids.add(id);
      }
    }
    ids.sort(Comparator.comparingLong(symbols::value));
    ids.forEach(id -> rows.symbol(symbols.value(id), names.of(id)));
  }

  /** Symbols that the linker defines stand after the section that they lie in or end. */
  private void printProvided(OutputSection s, Consumer<String> sink) {
    MapRows rows = new MapRows(ctxt.elf.is64());
    for (int id : provided.getOrDefault(s, List.of())) {
      String name = symbols.name(id);
      String text =
          switch (name) {
            case "_DYNAMIC", "_GLOBAL_OFFSET_TABLE_", "__GNU_EH_FRAME_HDR" -> name;
            default -> PLAIN.contains(name) ? name + " = ." : "PROVIDE (" + name + " = .)";
          };
      if (text.equals(name)) {
        rows.symbol(symbols.value(id), text);
      } else {
        rows.assignment(symbols.value(id), text);
      }
    }
    rows.lines().forEach(sink);
  }
}
