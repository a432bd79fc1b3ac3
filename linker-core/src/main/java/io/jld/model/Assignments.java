package io.jld.model;

import static io.jld.elf.Elf.*;

import io.jld.arch.Need;
import io.jld.input.InputFile;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.plan.Expression;
import io.jld.plan.Statement.Assign;
import io.jld.plan.Statement.Formula;
import io.jld.plan.Value;
import io.jld.symbol.SymbolTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What scripts and {@code --defsym} say of symbols, in one list. A statement sees what those before
 * it have assigned; of a symbol that is assigned only behind it, the last value; else what the
 * objects define. So does GNU ld, which goes through the list until nothing changes.
 */
public final class Assignments {
  /** A reference that no statement answers. */
  public static final int NONE = -1;

  /** What an object had defined before a statement took the symbol's place. */
  public record Replaced(ObjectFile file, int sym) {}

  private final Context ctxt;
  private List<Formula> statements = List.of();

  /**
   * For each symbol that is assigned the statements that do so, in order; in the end those that
   * count.
   */
  private final Map<String, List<Integer>> bySymbol = new HashMap<>();

  /** Whether a statement counts: a {@code PROVIDE} may not. */
  private boolean[] counts = {};

  private final Map<String, Replaced> replaced = new HashMap<>();

  /** The statements such that each stands behind those that it refers to, where that can be. */
  private int[] order = {};

  private boolean[] relative = {};
  private byte[] type = {};

  /** By statement; null where {@link #placed} has them. */
  private AssignedValue[] values;

  /** By statement; null where the layout is a built-in one. */
  private Value[] placed;

  public Assignments(Context ctxt) {
    this.ctxt = ctxt;
  }

  // The list

  /** Takes the list, which is complete. */
  public void set(List<Formula> all) {
    statements = List.copyOf(all);
    counts = new boolean[statements.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = !(statements.get(i) instanceof Assign a && a.provide());
      if (statements.get(i) instanceof Assign a) {
        bySymbol.computeIfAbsent(a.symbol(), s -> new ArrayList<>()).add(i);
      }
    }
  }

  public List<Formula> statements() {
    return statements;
  }

  /** The assignments that count, in their order, but those to the location counter. */
  public List<Assign> assigned() {
    List<Assign> found = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] && statements.get(i) instanceof Assign a && !a.symbol().equals(".")) {
        found.add(a);
      }
    }
    return found;
  }

  /** All names that statements speak of. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Formula s : statements) {
      names.addAll(s.expression().symbols());
      if (s instanceof Assign a) {
        names.add(a.symbol());
      }
    }
    names.remove(".");
    return names;
  }

  /**
   * The names that values depend on: referred to from the start, as by an object. A {@code PROVIDE}
   * is among them once it is known that it counts.
   */
  public Set<String> wanted() {
    Set<String> names = new LinkedHashSet<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i]) {
        names.addAll(statements.get(i).expression().symbols());
      }
    }
    names.remove(".");
    return names;
  }

  /** What {@code PROVIDE} offers, with the names that its value depends on. */
  public Map<String, Set<String>> provided() {
    Map<String, Set<String>> offers = new LinkedHashMap<>();
    for (Formula s : statements) {
      if (s instanceof Assign a && a.provide()) {
        offers.putIfAbsent(a.symbol(), a.expression().symbols());
      }
    }
    return offers;
  }

  // Resolution

  /** Defines the symbols, where objects and libraries have done so. */
  public void define() {
    if (statements.isEmpty()) {
      return;
    }
    provide();
    Map<String, Integer> index = new HashMap<>();
    for (String name : ctxt.linker.names()) {
      index.put(name, index.size());
    }
    bySymbol.values().forEach(all -> all.removeIf(i -> !counts[i]));
    for (Assign a : assigned()) {
      int id = ctxt.names.find(a.symbol());
      SymbolTable symbols = ctxt.symbols;
      if (symbols.file(id) instanceof ObjectFile f) {
        replaced.put(a.symbol(), new Replaced(f, symbols.index(id)));
      }
      int order = ctxt.linker.order();
      symbols.assign(id, SymbolTable.KIND_ASSIGNED, order, index.get(a.symbol()));
      if (a.hidden()) {
        symbols.flag(id, SymbolTable.HIDDEN);
      }
    }
    sort();
    classify();
  }

  /** Finds out which {@code PROVIDE} counts; one that does may refer to what another offers. */
  private void provide() {
    Map<Integer, Integer> offers = new LinkedHashMap<>();
    Set<String> plain = new HashSet<>();
    assigned().forEach(a -> plain.add(a.symbol()));
    for (int i = 0; i < counts.length; i++) {
      if (!counts[i]) {
        String symbol = ((Assign) statements.get(i)).symbol();
        int id = ctxt.names.find(symbol);
        if (!isDefined(id) && !plain.contains(symbol)) {
          offers.putIfAbsent(id, i);
        }
      }
    }
    if (offers.isEmpty()) {
      return;
    }
    Deque<Integer> referred = new ArrayDeque<>();
    for (int id : offers.keySet()) {
      if (ctxt.symbols.has(id, SymbolTable.REFERENCED)) {
        referred.add(id);
      }
    }
    for (SharedFile f : ctxt.shared) {
      for (int row = 0; row < f.rows(); row++) {
        if (!f.isDefined(row) && offers.containsKey(f.nameId(row))) {
          referred.add(f.nameId(row));
        }
      }
    }
    while (!referred.isEmpty()) {
      Integer i = offers.remove(referred.remove());
      if (i != null) {
        counts[i] = true;
        for (String name : statements.get(i).expression().symbols()) {
          int id = ctxt.names.find(name);
          if (id != 0) {
            ctxt.symbols.setFlags(id, SymbolTable.REFERENCED);
            referred.add(id);
          }
        }
      }
    }
  }

  /** Whether an object defines a symbol; what a library has does not keep one from being given. */
  private boolean isDefined(int id) {
    return ctxt.symbols.isDefined(id) && ctxt.symbols.kind(id) != SymbolTable.KIND_SHARED;
  }

  /**
   * The statement whose value a symbol has for a statement.
   *
   * @return {@link #NONE}: an object's definition, or none, is what counts
   */
  public int seenBy(int statement, String symbol) {
    List<Integer> all = bySymbol.getOrDefault(symbol, List.of());
    int found = Collections.binarySearch(all, statement);
    int before = (found < 0 ? ~found : found) - 1;
    if (before >= 0) {
      return all.get(before);
    }
    // x = x + 1 is about the x of an object
    boolean none = all.isEmpty() || (found >= 0 && replaced.containsKey(symbol));
    return none || symbol.equals(".") ? NONE : all.getLast();
  }

  public Replaced replaced(String symbol) {
    return replaced.get(symbol);
  }

  /** Whether an expression refers to what an object had defined by the name. */
  public boolean usesReplaced(String symbol) {
    for (int i = 0; i < counts.length && replaced.containsKey(symbol); i++) {
      if (counts[i]
          && statements.get(i).expression().symbols().contains(symbol)
          && seenBy(i, symbol) == NONE) {
        return true;
      }
    }
    return false;
  }

  private void sort() {
    int n = statements.size();
    int[] sorted = new int[n];
    int count = 0;
    byte[] state = new byte[n]; // 1: what it refers to is being looked at; 2: sorted
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < n; i++) {
      open.push(i);
      while (!open.isEmpty()) {
        int top = open.peek();
        if (state[top] != 0 || !counts[top]) {
          open.pop();
          if (state[top] == 1) {
            sorted[count++] = top;
          }
          state[top] = 2;
          continue;
        }
        state[top] = 1;
        for (String symbol : statements.get(top).expression().symbols()) {
          int other = seenBy(top, symbol);
          if (other != NONE && state[other] == 0) {
            open.push(other);
          }
        }
      }
    }
    order = Arrays.copyOf(sorted, count);
  }

  private void classify() {
    relative = new boolean[statements.size()];
    type = new byte[statements.size()];
    for (int i : order) {
      Expression e = statements.get(i).expression();
      relative[i] = e.isRelative(symbol -> isRelative(i, symbol));
      if (relative[i] && isThreadLocal(i, e)) {
        type[i] = STT_TLS;
      } else {
        int found = e.symbol() == null ? STT_NOTYPE : type(i, e.symbol());
        type[i] = (byte) (found == STT_TLS ? STT_NOTYPE : found);
      }
    }
  }

  /** Whether a value is a place in a thread's block: it moves with thread-local symbols alone. */
  private boolean isThreadLocal(int statement, Expression e) {
    return e.isRelative(symbol -> type(statement, symbol) == STT_TLS)
        && !e.isRelative(s -> isRelative(statement, s) && type(statement, s) != STT_TLS);
  }

  private boolean isRelative(int statement, String symbol) {
    if (symbol.equals(".") && ctxt.isScripted) {
      return true;
    }
    int seen = seenBy(statement, symbol);
    if (seen != NONE) {
      return relative[seen];
    }
    if (symbol.equals(".")) {
      return false;
    }
    Replaced before = replaced.get(symbol);
    if (before != null) {
      return before.file().shndx(before.sym()) != ObjectFile.ABS;
    }
    int id = ctxt.names.find(symbol);
    InputFile file = ctxt.symbols.file(id);
    return !(file instanceof ObjectFile f && f.shndx(ctxt.symbols.index(id)) == ObjectFile.ABS);
  }

  /** Another name of a function, an object or thread-local data is one too. */
  private int type(int statement, String symbol) {
    int seen = seenBy(statement, symbol);
    if (seen != NONE) {
      return type[seen];
    }
    Replaced before = replaced.get(symbol);
    int id = ctxt.names.find(symbol);
    int found =
        before != null
            ? before.file().symbolType(before.sym())
            : ctxt.symbols.file(id) instanceof ObjectFile f
                ? f.symbolType(ctxt.symbols.index(id))
                : STT_NOTYPE;
    return found == STT_FUNC || found == STT_OBJECT || found == STT_TLS ? found : STT_NOTYPE;
  }

  /** The last assignment to a symbol, which gives it the value that others see. */
  private int last(String symbol) {
    return bySymbol.get(symbol).getLast();
  }

  /** Whether the value of an assigned symbol stays when the output moves. */
  public boolean isConstant(String symbol) {
    return !relative[last(symbol)];
  }

  /**
   * The type of a symbol that is another name of a function, an object or thread-local data, or is
   * somewhere in such data; else none.
   */
  public int type(String symbol) {
    return type[last(symbol)];
  }

  // Values

  /** An IFUNC that values depend on has its PLT entry as its address; types are known. */
  public void needAddresses() {
    SymbolTable symbols = ctxt.symbols;
    for (String name : wanted()) {
      int id = ctxt.names.find(name);
      if (id == 0 || !symbols.isIfunc(id) || symbols.isPreemptible(id)) {
        continue;
      }
      symbols.need(id, Need.CANONICAL_PLT);
      if (!ctxt.arch().isPltAddressable(ctxt)) {
        ctxt.error(
            Location.NONE.symbol(name),
            "an expression refers to '"
                + name
                + "', which is an STT_GNU_IFUNC and has no address in a position-independent"
                + " output");
      }
    }
  }

  /** The statements that count, each after those that it refers to, where that can be. */
  public int[] order() {
    return order;
  }

  /** Takes the values by statement, in an array that is still being filled. */
  public void evaluated(AssignedValue[] found) {
    values = found;
  }

  /** Whether a statement counts: of {@code PROVIDE} not all do. */
  public boolean counts(int statement) {
    return counts[statement];
  }

  /** Takes the values that a script's layout gives, each in the section that it belongs to. */
  public void place(Value[] found) {
    placed = found;
  }

  /** The section that a symbol belongs to by a script's layout; null for none. */
  public OutputSection sectionOf(String symbol) {
    Value v = placed == null ? null : placed[last(symbol)];
    return v != null && v.section() instanceof OutputSection s ? s : null;
  }

  /** Whether a script's layout says which sections symbols belong to. */
  public boolean isPlaced() {
    return placed != null;
  }

  /** The value of an assigned symbol. */
  public AssignedValue value(String symbol) {
    if (placed != null) {
      Value v = placed[last(symbol)];
      if (v != null
          && ctxt.kind() == OutputKind.RELOCATABLE
          && v.section() instanceof OutputSection s
          && s.index != 0) {
        return new AssignedValue(s, v.number());
      }
      return new AssignedValue(null, v == null ? 0 : v.address());
    }
    return values[last(symbol)];
  }
}
