package io.jld.layout;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.pattern.Glob;
import io.jld.place.PlanItem;
import io.jld.place.PlanItems;
import io.jld.place.PlanSection;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * The order of input sections in their output sections, where options ask for another one than that
 * of the inputs. {@code --shuffle-sections} comes first, then gold's {@code
 * --section-ordering-file}, which puts last what it names, and then {@code --symbol-ordering-file}
 * or the {@linkplain CallGraph calls}, by which sections stand first. What stands between two
 * symbols of the layout stays there; tables whose order means something keep it.
 */
final class SectionOrder {
  /** Sections that are run or read from front to back. */
  private static final Set<String> FIXED =
      Set.of(
          ".init",
          ".fini",
          ".ctors",
          ".dtors",
          ".preinit_array",
          ".init_array",
          ".fini_array",
          ".jcr",
          ".eh_frame",
          ".tm_clone_table");

  private final Context ctxt;
  private final List<LinkOption.Shuffle> shuffles;
  private final List<Glob> globs;
  private final List<String> names;

  /** By input section: its place, from 1, as its symbols or their calls have it; 0 for none. */
  private final int[] rank;

  /** The state of the generator of the shuffle that is being made. */
  private long random;

  private SectionOrder(Context ctxt) {
    this.ctxt = ctxt;
    this.shuffles = ctxt.option(LinkOption.SHUFFLE_SECTIONS);
    this.globs = shuffles.stream().map(s -> Glob.of(s.glob())).toList();
    this.names = ctxt.option(LinkOption.SYMBOL_ORDER);
    this.rank = new int[ctxt.sections().count()];
  }

  /** Whether an option asks for an order. */
  static boolean isAskedFor(Context ctxt) {
    return !ctxt.option(LinkOption.SHUFFLE_SECTIONS).isEmpty()
        || !ctxt.option(LinkOption.SYMBOL_ORDER).isEmpty()
        || !ctxt.option(LinkOption.SECTION_ORDER).isEmpty()
        || CallGraph.isThere(ctxt);
  }

  static void run(Context ctxt) {
    SectionOrder order = new SectionOrder(ctxt);
    order.shuffleAll();
    order.sortByName();
    if (!order.names.isEmpty()) {
      order.rankByNames();
    } else if (CallGraph.isThere(ctxt)) {
      order.rankByCalls();
    }
    order.forRuns((items, from, to) -> sort(items, from, to, order::rankOf, Integer.MAX_VALUE));
    PlanItems.of(ctxt).takeOrder();
  }

  // What may change places

  /** Takes a part of the items of an output section, whose order it may change. */
  private interface Run {
    void take(int[] items, int from, int to);
  }

  private void forRuns(Run run) {
    for (PlanItem item : PlanItems.of(ctxt).list()) {
      if (item instanceof PlanSection p && p.isMade() && !FIXED.contains(p.name())) {
        forRuns(p, run);
      }
    }
  }

  /**
   * With a script each of its descriptions is one; in the built-in layouts all that stand side by
   * side are.
   */
  private void forRuns(PlanSection p, Run run) {
    boolean joins = ctxt.script.isBuiltIn() || p.statement == null;
    OutputSection out = p.out;
    int from = 0;
    int at = 0;
    for (PlanSection.Part part : p.parts) {
      boolean contents = part instanceof PlanSection.Contents;
      if (!contents || !joins) {
        run.take(out.items(), from, at);
        from = at;
      }
      if (part instanceof PlanSection.Contents c) {
        at += c.items().length;
      } else if (part instanceof PlanSection.DataPart) {
        from = ++at;
      }
    }
    run.take(out.items(), from, at);
  }

  // --symbol-ordering-file, and the order of calls

  private void rankByNames() {
    Map<String, Integer> wanted = new HashMap<>();
    for (String name : names) {
      wanted.putIfAbsent(name, wanted.size() + 1);
    }
    OrderedSymbols ordered = new OrderedSymbols(ctxt, "symbol ordering file");
    Set<String> found = new HashSet<>();
    SymbolTable symbols = ctxt.symbols();
    wanted.forEach(
        (name, place) -> {
          int id = ctxt.names.find(name);
          if (id != 0 && symbols.file(id) instanceof LinkedObject o && symbols.isDefined(id)) {
            rank(ordered.section(o, symbols.index(id), name), place);
            found.add(name);
          }
        });
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile f = o.file();
      for (int i = 1; i < f.firstGlobal(); i++) {
        Integer place = f.shndx(i) > 0 ? wanted.get(f.symbolName(i)) : null;
        if (place != null) {
          rank(ordered.section(o, i, f.symbolName(i)), place);
          found.add(f.symbolName(i));
        }
      }
    }
    for (String name : wanted.keySet().stream().sorted().toList()) {
      if (!found.contains(name)) {
        ordered.warnOfMissing(name);
      }
    }
  }

  private void rank(int section, int place) {
    if (section != 0 && (rank[section] == 0 || place < rank[section])) {
      rank[section] = place;
    }
  }

  private void rankByCalls() {
    int[] order = CallGraph.order(ctxt);
    for (int i = 0; i < order.length; i++) {
      rank(order[i], i + 1);
    }
    ctxt.handOn(new CallOrder(order));
  }

  private int rankOf(int item) {
    return item < 0 ? 0 : rank[item];
  }

  /**
   * Sorts by rank; what has the same one keeps its order.
   *
   * @param unnamed the rank of what has none
   */
  private static void sort(int[] items, int from, int to, IntUnaryOperator rankOf, int unnamed) {
    int n = to - from;
    long[] keyed = new long[n];
    boolean any = false;
    for (int i = 0; i < n; i++) {
      int r = rankOf.applyAsInt(items[from + i]);
      any |= r != 0;
      keyed[i] = (r == 0 ? (long) unnamed : r) << 32 | i;
    }
    if (!any) {
      return;
    }
    Arrays.sort(keyed);
    int[] sorted = new int[n];
    for (int i = 0; i < n; i++) {
      sorted[i] = items[from + (int) keyed[i]];
    }
    System.arraycopy(sorted, 0, items, from, n);
  }

  // gold's --section-ordering-file

  private void sortByName() {
    List<String> lines = ctxt.option(LinkOption.SECTION_ORDER);
    if (lines.isEmpty()) {
      return;
    }
    Map<String, Integer> exact = new HashMap<>();
    List<Glob> patterns = lines.stream().map(Glob::of).toList();
    for (int i = 0; i < lines.size(); i++) {
      exact.put(lines.get(i), i + 1);
    }
    forRuns(
        (items, from, to) ->
            sort(
                items,
                from,
                to,
                i -> i < 0 ? 0 : placeOf(ctxt.sections().name(i), exact, patterns),
                0));
  }

  /** A line that is the name itself comes before patterns. */
  private static int placeOf(String name, Map<String, Integer> exact, List<Glob> patterns) {
    Integer place = exact.get(name);
    for (int i = 0; place == null && i < patterns.size(); i++) {
      place = patterns.get(i).matches(name) ? Integer.valueOf(i + 1) : null;
    }
    return place == null ? 0 : place;
  }

  // --shuffle-sections

  private void shuffleAll() {
    for (int s = 0; s < shuffles.size(); s++) {
      Glob glob = globs.get(s);
      boolean reverse = shuffles.get(s).seed() == LinkOption.Shuffle.REVERSE;
      random = shuffles.get(s).seed();
      forRuns((items, from, to) -> shuffle(items, from, to, glob, reverse));
    }
  }

  /** Those that match change places among each other, the others stay where they are. */
  private void shuffle(int[] items, int from, int to, Glob glob, boolean reverse) {
    int[] places = new int[to - from];
    int n = 0;
    for (int i = from; i < to; i++) {
      if (items[i] >= 0 && glob.matches(ctxt.sections().name(items[i]))) {
        places[n++] = i;
      }
    }
    for (int i = n - 1; i > 0; i--) {
      if (reverse && i < n / 2) {
        return;
      }
      int other = reverse ? n - 1 - i : (int) Long.remainderUnsigned(next(), i + 1L);
      int item = items[places[i]];
      items[places[i]] = items[places[other]];
      items[places[other]] = item;
    }
  }

  /** SplitMix64: the same numbers everywhere. */
  private long next() {
    random += 0x9E3779B97F4A7C15L;
    long z = random;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
