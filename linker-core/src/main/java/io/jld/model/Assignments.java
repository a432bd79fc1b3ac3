package io.jld.model;

import static io.jld.elf.Elf.*;

import com.google.common.collect.Iterables;
import com.google.common.collect.Sets;
import io.jld.plan.Statement.Assign;
import io.jld.plan.Statement.Formula;
import io.jld.plan.Value;
import io.jld.symbol.LinkedObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What scripts and {@code --defsym} say of symbols, in one list. A statement sees what those before
 * it have assigned; of a symbol that is assigned only after it, the last value; else what the
 * objects define. So does GNU ld, which goes through the list until nothing changes.
 */
public final class Assignments {
  /** A reference that no statement answers. */
  public static final int NONE = -1;

  /** What an object had defined before a statement took the symbol's place. */
  public record Replaced(LinkedObject object, int sym) {}

  private final boolean isRelocatable;
  private final Map<String, String> wrapped;
  private List<Formula> statements = List.of();

  /**
   * For each symbol that is assigned the statements that do so, in order; in the end those that
   * count.
   */
  private final Map<String, List<Integer>> bySymbol = new HashMap<>();

  /** Whether a statement counts: a {@code PROVIDE} may not. */
  private boolean[] counts = {};

  private final Map<String, Replaced> replaced = new HashMap<>();

  /** The statements such that each stands after those that it refers to, where that can be. */
  private int[] order = {};

  private boolean[] relative = {};
  private byte[] type = {};

  /** By statement its value. */
  private Value[] placed = {};

  /**
   * @param isRelocatable whether sections of the output have no address yet
   * @param wrapped what {@code --wrap} makes of names that are referred to
   */
  Assignments(boolean isRelocatable, Map<String, String> wrapped) {
    this.isRelocatable = isRelocatable;
    this.wrapped = wrapped;
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

  /** The symbol that an expression means by a name. */
  public String meant(String name) {
    return wrapped.getOrDefault(name, name);
  }

  /** The symbols that a statement's value may depend on. */
  public Set<String> references(int statement) {
    return references(statements.get(statement));
  }

  private Set<String> references(Formula statement) {
    Set<String> names = statement.expression().symbols();
    return wrapped.isEmpty()
        ? names
        : Sets.newLinkedHashSet(Iterables.transform(names, this::meant));
  }

  /** All names that statements speak of. */
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Formula s : statements) {
      names.addAll(references(s));
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
        names.addAll(references(i));
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
        offers.putIfAbsent(a.symbol(), references(a));
      }
    }
    return offers;
  }

  // Resolution

  /** Makes a {@code PROVIDE} count. */
  public void count(int statement) {
    counts[statement] = true;
  }

  /** Forgets the statements that do not count; it is known which do. */
  public void dropOthers() {
    bySymbol.values().forEach(all -> all.removeIf(i -> !counts[i]));
  }

  /** Takes what an object had defined, in whose place an assignment is now. */
  public void replace(String symbol, Replaced before) {
    replaced.put(symbol, before);
  }

  /**
   * Takes what has been found out of the statements that count.
   *
   * @param sorted they such that each stands after those that it refers to, where that can be
   * @param moving by statement whether the value moves with the output
   * @param types by statement the type of a symbol that it gives a value to
   */
  public void resolved(int[] sorted, boolean[] moving, byte[] types) {
    order = sorted;
    relative = moving;
    type = types;
  }

  /**
   * The statement whose value a symbol has for a statement.
   *
   * @param symbol as {@link #meant} has it
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
      if (counts[i] && references(i).contains(symbol) && seenBy(i, symbol) == NONE) {
        return true;
      }
    }
    return false;
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

  /** The statements that count, each after those that it refers to, where that can be. */
  public int[] order() {
    return order;
  }

  /** Whether a statement counts: of {@code PROVIDE} not all do. */
  public boolean counts(int statement) {
    return counts[statement];
  }

  /** Takes the values, each in the section that it belongs to. */
  public void place(Value[] found) {
    placed = found;
  }

  /** The section that an assigned symbol belongs to; null for none. */
  public OutputSection sectionOf(String symbol) {
    Value v = placed[last(symbol)];
    return v != null && v.section() instanceof OutputSection s ? s : null;
  }

  /** The value of an assigned symbol. */
  public AssignedValue value(String symbol) {
    Value v = placed[last(symbol)];
    if (v != null && isRelocatable && v.section() instanceof OutputSection s && s.index != 0) {
      return new AssignedValue(s, v.number());
    }
    if (v != null && v.section() instanceof OutputSection s) {
      return new AssignedValue(null, s.headerAddr() + v.number());
    }
    return new AssignedValue(null, v == null ? 0 : v.address());
  }

  /** The type of what a statement gives a value to. */
  public int typeOf(int statement) {
    return type[statement];
  }

  public void setType(int statement, int t) {
    type[statement] = (byte) t;
  }

  /** The statement that gives a value to the symbol before another one; {@link #NONE} for none. */
  public int before(int statement, String symbol) {
    int found = NONE;
    for (int i : bySymbol.getOrDefault(symbol, List.of())) {
      found = i < statement ? i : found;
    }
    return found;
  }
}
