package io.jld.place;

import io.jld.plan.SectionRef;
import io.jld.plan.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The section that an address outside of sections belongs to: the one before, or the next one once
 * the location counter has been assigned to, or the last one of all once {@code end} is defined.
 * The rules are GNU ld's.
 */
final class CounterSections {
  private final List<PlanItem> items;

  /** In the order of the file, with those that are dropped. */
  private final List<PlanSection> order;

  private PlanSection current;
  private PlanSection[] next;
  private Map<PlanSection, Integer> indices;
  private boolean prefersNext;

  /** Sections after {@code end}, which nothing before it belongs to. */
  private final Set<PlanSection> afterEnd = new HashSet<>();

  CounterSections(List<PlanItem> items, List<PlanSection> order, List<Statement.Formula> all) {
    this.items = items;
    this.order = order;
    boolean end = false;
    for (PlanItem item : items) {
      if (item instanceof PlanItem.Formula f) {
        end |= isEnd(all.get(f.statement()));
      } else if (item instanceof PlanSection p) {
        if (end) {
          afterEnd.add(p);
        }
        for (PlanSection.Part part : p.parts) {
          end |= part instanceof PlanSection.Assignment a && isEnd(all.get(a.statement()));
        }
      }
    }
  }

  private static boolean isEnd(Statement.Formula f) {
    if (!(f instanceof Statement.Assign a)) {
      return false;
    }
    String name = a.symbol();
    int at = 0;
    while (at < name.length() && name.charAt(at) == '_') {
      at++;
    }
    return name.substring(at).equals("end");
  }

  void restart() {
    next = null;
    current = null;
    prefersNext = false;
  }

  /** The location counter is assigned to, outside of sections. */
  void move() {
    prefersNext = true;
  }

  void enter(PlanSection p) {
    if (!p.isIgnored() && (p.traits() & Traits.ALLOC) != 0) {
      current = p;
      prefersNext = false;
    }
  }

  /**
   * The section for a statement.
   *
   * @param at its place in the list of items
   */
  SectionRef at(int at) {
    if (current == null || prefersNext) {
      PlanSection next = at < items.size() ? next()[at] : null;
      if (current == null || next == null || !afterEnd.contains(next)) {
        int from = next == null ? order.size() - 1 : index(next);
        return ref(before(from));
      }
    }
    PlanSection found = before(index(current));
    for (int i = 0; i < order.size() && found == null; i++) {
      found = fits(order.get(i)) ? order.get(i) : null;
    }
    return ref(found);
  }

  /** By item the first section from there on that counts, once it is known which do. */
  private PlanSection[] next() {
    if (next == null) {
      next = new PlanSection[items.size()];
      PlanSection found = null;
      for (int i = next.length - 1; i >= 0; i--) {
        if (items.get(i) instanceof PlanSection p
            && (afterEnd.contains(p) || (p.isMade() && p.kept))) {
          found = p;
        }
        next[i] = found;
      }
    }
    return next;
  }

  /** The place of a section in the order of the file; -1 where it has none. */
  private int index(PlanSection p) {
    if (indices == null) {
      indices = new HashMap<>();
      for (int i = 0; i < order.size(); i++) {
        indices.putIfAbsent(order.get(i), i);
      }
    }
    return indices.getOrDefault(p, -1);
  }

  private PlanSection before(int from) {
    for (int i = from; i >= 0; i--) {
      if (fits(order.get(i))) {
        return order.get(i);
      }
    }
    return null;
  }

  private static boolean fits(PlanSection p) {
    return p.kept && (p.traits() & (Traits.ALLOC | Traits.TLS)) == Traits.ALLOC;
  }

  private static SectionRef ref(PlanSection p) {
    return p == null ? SectionRef.ABSOLUTE : p.out;
  }
}
