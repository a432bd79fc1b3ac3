package io.jld.gather;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.match.Matching;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.place.Overflow;
import io.jld.place.Placer;
import io.jld.place.PlanSection;
import io.jld.plan.LayoutPlan;
import io.jld.resolve.Commons;
import io.jld.symbol.LinkedObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Spreads input sections over memory regions ({@code --enable-non-contiguous-regions}): what does
 * not fit into the region of the first output section that matches it goes to the next one that
 * does, and so on. As the sections that get it may overflow in turn, the output's sections are made
 * and placed anew each time that something has moved; what has moved never comes back, which ends
 * it.
 *
 * <p>As in GNU ld, an output section from which something has moved is full: what comes after that
 * moves too, be it as small as it may.
 */
final class Spread implements Overflow {
  /** An object's common symbols, which move together. */
  private record CommonsOf(LinkedObject object, String pattern) {}

  private final Context ctxt;
  private final Matching matching;
  private final boolean warns;

  /**
   * The rules of what has moved, by the number of an input section (the first one of those that are
   * merged) or by {@link CommonsOf}.
   */
  private final Map<Object, Integer> moved = new HashMap<>();

  /** What fits nowhere. */
  private final Set<Object> left = new HashSet<>();

  /** In this round: the rule of each, and what is no input section. */
  private final Map<Object, Integer> rules = new LinkedHashMap<>();

  private final Map<Synthetic, Object> made = new IdentityHashMap<>();

  /** In this round: the first section that is too large; null for none. */
  private PlanSection overflowing;

  private Spread(Context ctxt) {
    this.ctxt = ctxt;
    this.matching = Matching.of(ctxt);
    this.warns = ctxt.option(LinkOption.NON_CONTIGUOUS_WARNINGS);
  }

  /** Null where everything has one place. */
  static Spread of(Context ctxt) {
    return ctxt.option(LinkOption.NON_CONTIGUOUS_REGIONS)
            && Matching.of(ctxt).plan().has(LayoutPlan.Flag.MEMORY)
        ? new Spread(ctxt)
        : null;
  }

  /**
   * The rule of an input section, or of the content that stands for it and others that are merged.
   *
   * @param content null for the section itself
   * @param first the rule that matches it first
   */
  int ruleOf(int section, Synthetic content, int first) {
    return ruleOf((Object) section, content, first);
  }

  /** The rule of an object's common symbols. */
  int ruleOf(LinkedObject object, Commons commons, int first) {
    return ruleOf(new CommonsOf(object, commons.pattern()), commons, first);
  }

  private int ruleOf(Object key, Synthetic content, int first) {
    if (first < 0) {
      return first;
    }
    if (content != null) {
      made.put(content, key);
    }
    int rule = moved.getOrDefault(key, first);
    rules.put(key, rule);
    return rule;
  }

  /**
   * Finds what moves.
   *
   * @param placer goes through the sections as they have been made by the rules given
   * @return whether something does, so that they have to be made again
   */
  boolean overflows(Placer placer) {
    if (warns && moved.isEmpty()) {
      warn();
    }
    overflowing = null;
    placer.findOverflow(this);
    rules.clear();
    made.clear();
    return overflowing != null;
  }

  @Override
  public boolean moves(PlanSection p, int item) {
    if (overflowing != null && overflowing != p) {
      return false; // it depends on what comes from the first one
    }
    Object key = item < 0 ? made.get(p.out.synthetic(item)) : (Integer) item;
    if (key == null || left.contains(key)) {
      return false;
    }
    int next = next(key, rules.get(key));
    if (next < 0) {
      left.add(key);
      long size = item < 0 ? p.out.synthetic(item).size() : ctxt.sections().size[item];
      if (size > 0) {
        ctxt.error(
            DiagnosticCode.REGION_OVERFLOW,
            location(key),
            name(key)
                + " does not fit into the memory region of '"
                + p.name()
                + "', and no output section after it matches");
      }
      return false;
    }
    moved.put(key, next);
    overflowing = p;
    return true;
  }

  private int next(Object key, int rule) {
    if (key instanceof CommonsOf c) {
      return matching.ruleFor(c.object().file(), c.pattern(), 0, rule);
    }
    int section = (Integer) key;
    ObjectFile f = ctxt.sections().object(section).file();
    return matching.ruleAfter(f, ctxt.sections().index(section), rule);
  }

  private Location location(Object key) {
    if (key instanceof CommonsOf c) {
      return c.object().file().location();
    }
    int section = (Integer) key;
    return ctxt.sections().object(section).file().location(ctxt.sections().index(section), -1);
  }

  private String name(Object key) {
    return key instanceof CommonsOf c
        ? "'" + c.pattern() + "'"
        : "section '" + ctxt.sections().name((Integer) key) + "'";
  }

  private void warn() {
    for (Map.Entry<Object, Integer> e : rules.entrySet()) {
      Object key = e.getKey();
      int rule = e.getValue();
      String first = output(rule);
      StringBuilder others = new StringBuilder();
      while ((rule = next(key, rule)) >= 0) {
        others.append(others.isEmpty() ? " goes to " : " or to ").append(output(rule));
      }
      if (!others.isEmpty()) {
        ctxt.warning(
            DiagnosticCode.REGION_OVERFLOW,
            location(key),
            name(key) + others + " if it does not fit into " + first);
      }
    }
  }

  private String output(int rule) {
    return "'" + matching.sections().get(matching.rules().get(rule).section()).name() + "'";
  }
}
