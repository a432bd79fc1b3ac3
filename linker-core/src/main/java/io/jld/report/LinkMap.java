package io.jld.report;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.load.Extraction;
import io.jld.load.Extractions;
import io.jld.load.LoadedInputs;
import io.jld.model.Context;
import io.jld.place.PlacedPlan;
import io.jld.plan.MemoryRegion;
import io.jld.plan.Statement;
import io.jld.resolve.CommonSymbols;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * {@code -Map}: what is in the output, from which file, and why. The parts, their titles and their
 * columns are those of GNU ld's map, which programs read; without a script its patterns are
 * missing, since there are none.
 */
public final class LinkMap {
  private static final int FILE = 30;
  private static final int SIZE = 20;
  private static final int SIZE_END = 38;

  private final Context ctxt;
  private final SymbolTable symbols;
  private final ShownNames names;
  private final Consumer<String> sink;

  private LinkMap(Context ctxt, Consumer<String> sink) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
    this.sink = sink;
    this.names =
        new ShownNames(
            ctxt,
            take -> {
              for (int id = 1; id < symbols.globals(); id++) {
                if (symbols.isDefined(id) && symbols.kind(id) != SymbolTable.KIND_SHARED) {
                  take.accept(id);
                }
              }
            });
  }

  /** Prints the map; the link is complete except for closing the output. */
  static void print(Context ctxt, Consumer<String> sink) {
    LinkMap m = new LinkMap(ctxt, sink);
    m.members();
    m.asNeeded();
    m.commons();
    if (ctxt.option(LinkOption.MAP_DISCARDED)) {
      m.discarded();
    }
    m.memory();
    m.loads();
    new MapSections(ctxt, m.names).print(sink);
    sink.accept("OUTPUT(" + m.output() + " " + m.format() + ")");
  }

  private void title(String text) {
    sink.accept(text);
    sink.accept("");
  }

  private void members() {
    List<Extraction> extractions = Extractions.of(ctxt).list();
    if (extractions.isEmpty()) {
      return;
    }
    title("Archive member included to satisfy reference by file (symbol)");
    for (Extraction e : extractions) {
      String symbol = e.symbol() == 0 ? "--whole-archive" : names.of(e.symbol());
      String by = e.by() == null ? "" : e.by().file().displayName() + " ";
      reason(e.member().file().displayName(), by, symbol);
    }
    sink.accept("");
  }

  private void reason(String what, String by, String symbol) {
    StringBuilder b = new StringBuilder(what);
    if (what.length() >= FILE - 1) {
      sink.accept(what);
      b.setLength(0);
    }
    MapRows.pad(b, FILE);
    sink.accept(b.append(by).append('(').append(symbol).append(')').toString());
  }

  /** For each library of {@code --as-needed} that is needed, the first reference to it. */
  private void asNeeded() {
    Map<LinkedLibrary, Extraction> first = new HashMap<>();
    long wanted = ctxt.shared().stream().filter(f -> f.asNeeded() && f.isNeeded()).count();
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount() && first.size() < wanted; i++) {
        int id = object.symbolNameId(i);
        if (f.shndx(i) == 0
            && symbols.isDefined(id)
            && symbols.file(id) instanceof LinkedLibrary l
            && l.asNeeded()
            && l.isNeeded()) {
          first.putIfAbsent(l, new Extraction(object, l, id));
        }
      }
    }
    if (first.isEmpty()) {
      return;
    }
    title("As-needed library included to satisfy reference by file (symbol)");
    for (LinkedLibrary l : ctxt.shared()) {
      Extraction e = first.get(l);
      if (e != null) {
        String version = l.file().versionName(symbols.index(e.symbol()));
        String name = names.of(e.symbol());
        boolean plain = version.isEmpty() || name.contains("@");
        String by = e.member().file().displayName() + " ";
        reason(l.soname(), by, plain ? name : name + "@@" + version);
      }
    }
    sink.accept("");
  }

  private void commons() {
    int[] ids =
        CommonSymbols.of(ctxt).spaces().stream()
            .flatMapToInt(c -> Arrays.stream(c.ids()))
            .toArray();
    if (ids.length == 0 || ctxt.kind() == OutputKind.RELOCATABLE) {
      return;
    }
    sink.accept("Allocating common symbols");
    title("Common symbol       size              file");
    for (int id : ids) {
      String name = names.of(id);
      StringBuilder b = new StringBuilder(name);
      if (name.length() >= SIZE - 1) {
        sink.accept(name);
        b.setLength(0);
      }
      MapRows.pad(b, SIZE);
      b.append("0x").append(Long.toHexString(symbols.size(id)));
      MapRows.pad(b, SIZE_END);
      sink.accept(b.append(symbols.file(id).file().displayName()).toString());
    }
    sink.accept("");
  }

  /** Sections that have no place in the output, with address 0. */
  private void discarded() {
    MapRows rows = new MapRows(ctxt.elf.is64());
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = 1; i < f.sectionCount(); i++) {
        if (isDiscarded(object, i)) {
          rows.input(f.sectionName(i), 0, f.rawSize(i), f.displayName());
        }
      }
    }
    if (!rows.lines().isEmpty()) {
      title("Discarded input sections");
      rows.lines().forEach(sink);
      sink.accept("");
    }
  }

  private boolean isDiscarded(LinkedObject object, int section) {
    int id = object.sectionId(section);
    return switch (object.file().type(section)) {
      case SHT_NULL, SHT_SYMTAB, SHT_STRTAB, SHT_REL, SHT_RELA, SHT_SYMTAB_SHNDX -> false;
      default -> !ctxt.sections().has(id, SectionTable.HAS_PLACE);
    };
  }

  private void memory() {
    title("Memory Configuration");
    String zeros = ctxt.elf.is64() ? "0x0000000000000000" : "0x00000000";
    String ones = zeros.replace("0", "f").replace("fx", "0x");
    sink.accept(column("Name", 17) + column("Origin", 19) + column("Length", 19) + "Attributes");
    for (MemoryRegion r : ctxt.script.plan().regions()) {
      PlacedPlan plan = ctxt.find(PlacedPlan.class);
      if (plan != null) {
        long[] extent = plan.extent(r);
        sink.accept(
            column(r.name(), 17)
                + column(hex(extent[0]), 19)
                + column(hex(extent[1]), 19)
                + letters(r));
      }
    }
    sink.accept(column("*default*", 17) + column(zeros, 19) + ones);
    sink.accept("");
  }

  private String hex(long n) {
    String digits = Long.toHexString(n);
    return "0x" + "0".repeat(Math.max(0, (ctxt.elf.is64() ? 16 : 8) - digits.length())) + digits;
  }

  /** The attributes in GNU ld's order. */
  private static String letters(MemoryRegion r) {
    String without = letters(r.without());
    return letters(r.with()) + (without.isEmpty() ? "" : "!" + without);
  }

  private static String letters(int attributes) {
    StringBuilder s = new StringBuilder();
    int[] order = {
      MemoryRegion.EXEC,
      MemoryRegion.READ,
      MemoryRegion.WRITE,
      MemoryRegion.ALLOC,
      MemoryRegion.LOAD
    };
    for (int i = 0; i < order.length; i++) {
      if ((attributes & order[i]) != 0) {
        s.append("xrwal".charAt(i));
      }
    }
    return s.toString();
  }

  private static String column(String text, int width) {
    StringBuilder b = new StringBuilder(text);
    MapRows.pad(b, width);
    return b.toString();
  }

  private void loads() {
    title("Linker script and memory map");
    LoadedInputs.of(ctxt).lines().forEach(sink);
    if (ctxt.find(PlacedPlan.class) != null) {
      return; // among the sections
    }
    MapRows rows = new MapRows(ctxt.elf.is64());
    for (Statement.Assign a : ctxt.assignments.assigned()) {
      if (!a.place().isBuiltIn()) { // those stand among the sections
        rows.assignment(symbols.value(ctxt.names.find(a.symbol())), a.toString());
      }
    }
    rows.lines().forEach(sink);
  }

  private String output() {
    return ctxt.outputFile();
  }

  private String format() {
    String asked = ctxt.outputFormat();
    return asked.isEmpty() ? ctxt.arch().info().outputFormats().getFirst() : asked;
  }
}
