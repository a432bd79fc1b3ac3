package io.jld.layout;

import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.input.RelocTable;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * How often sections call each other: by {@code --call-graph-ordering-file}, and by what compilers
 * know from a profile ({@code SHT_LLVM_CALL_GRAPH_PROFILE}; LLVM's "Extensions", where the
 * assembler has {@code .cg_profile}). The order of sections that follows from it is {@link
 * Clusters}'.
 */
final class CallGraph {
  private final Context ctxt;
  private final OrderedSymbols symbols;

  /** The index of each pair of sections, in the order in which they come. */
  private final Map<Long, Integer> edges = new HashMap<>();

  private int[] from = new int[64];
  private int[] to = new int[64];
  private long[] weight = new long[64];

  private CallGraph(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = new OrderedSymbols(ctxt, "call graph ordering file");
  }

  /** Whether an option or an object has some of it that counts. */
  static boolean isThere(Context ctxt) {
    return ctxt.option(LinkOption.CALL_GRAPH_SORT)
        && (!ctxt.option(LinkOption.CALL_GRAPH).isEmpty() || countsProfiles(ctxt));
  }

  /** Whether an object has a profile, and no option asks for another order. */
  private static boolean countsProfiles(Context ctxt) {
    if (!ctxt.option(LinkOption.SYMBOL_ORDER).isEmpty()) {
      return false;
    }
    for (LinkedObject o : ctxt.objects()) {
      if (o.file().callGraphs().length > 0) {
        return true;
      }
    }
    return false;
  }

  /** The input sections that it puts into an order, in that order. */
  static int[] order(Context ctxt) {
    CallGraph graph = new CallGraph(ctxt);
    for (LinkOption.Script file : ctxt.option(LinkOption.CALL_GRAPH)) {
      graph.add(file);
    }
    if (countsProfiles(ctxt)) {
      RelocTable table = new RelocTable();
      for (LinkedObject o : ctxt.objects()) {
        for (int i : o.file().callGraphs()) {
          graph.add(o, i, table);
        }
      }
    }
    return graph.clusters().order();
  }

  private Clusters clusters() {
    Clusters clusters = new Clusters();
    long[] size = ctxt.sections().size;
    for (int e = 0; e < edges.size(); e++) {
      clusters.add(from[e], size[from[e]], to[e], size[to[e]], weight[e]);
    }
    return clusters;
  }

  /**
   * Sections of different output sections can't be put side by side, and would only spoil the size
   * of a cluster.
   */
  private void add(int caller, int called, long calls) {
    if (caller == 0 || called == 0 || ctxt.sections().out[caller] != ctxt.sections().out[called]) {
      return;
    }
    int e = edges.computeIfAbsent((long) caller << 32 | called, k -> edges.size());
    if (e == from.length) {
      from = Arrays.copyOf(from, 2 * e);
      to = Arrays.copyOf(to, 2 * e);
      weight = Arrays.copyOf(weight, 2 * e);
    }
    from[e] = caller;
    to[e] = called;
    weight[e] += calls;
  }

  /** A file with a line {@code CALLER CALLED COUNT} for each edge. */
  private void add(LinkOption.Script file) {
    int n = 0;
    for (String line : file.text().lines().toList()) {
      n++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String[] fields = text.split(" ", -1);
      long calls;
      try {
        calls = fields.length == 3 ? Long.parseUnsignedLong(fields[2]) : -1;
      } catch (NumberFormatException e) {
        calls = -1;
      }
      if (fields.length != 3 || calls == -1) {
        ctxt.error(
            DiagnosticCode.SCRIPT_SYNTAX,
            Location.file(file.name() + ":" + n),
            "not 'CALLER CALLED COUNT': '" + text + "'");
        return;
      }
      add(symbols.section(fields[0]), symbols.section(fields[1]), calls);
    }
  }

  /** An object's section: for each number two relocations at its place, caller and called. */
  private void add(LinkedObject object, int section, RelocTable table) {
    ObjectFile f = object.file();
    MemorySegment weights = f.rawContent(section);
    int rel = f.relocSection(section);
    long count = weights.byteSize() / 8;
    if (rel != 0) {
      table.open(f, rel);
    }
    if (weights.byteSize() % 8 != 0 || (rel == 0 ? 0 : table.count()) != 2 * count) {
      ctxt.error(
          DiagnosticCode.MALFORMED_CONTENT,
          f.location(section, -1),
          "two relocations expected for each number of calls");
      return;
    }
    for (int i = 0; i < count; i++) {
      int caller = symbol(f, section, table, 2 * i);
      int called = symbol(f, section, table, 2 * i + 1);
      add(
          symbols.section(object, caller),
          symbols.section(object, called),
          ElfClass.u64(weights, 8L * i));
    }
  }

  private static int symbol(ObjectFile f, int section, RelocTable table, int i) {
    table.seek(i);
    int sym = table.symbol();
    if (sym < 0 || sym >= f.symbolCount()) {
      throw new LinkException(
          DiagnosticCode.MALFORMED_RELOCATION,
          f.location(section, table.offset()),
          "relocation has an invalid symbol index " + Integer.toUnsignedString(sym));
    }
    return sym;
  }
}
