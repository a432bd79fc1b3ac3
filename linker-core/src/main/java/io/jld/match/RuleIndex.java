package io.jld.match;

import io.jld.pattern.Glob;
import io.jld.plan.InputSections.SectionPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the rules whose section patterns match a name. A link has few different names, so that each
 * is compared with the patterns once.
 */
final class RuleIndex {
  private static final int[] NOTHING = {};

  /** Patterns without wildcards. */
  private final Map<String, int[]> plain = new HashMap<>();

  /** Patterns with wildcards, by what stands before the first of these. */
  private final Map<String, List<GlobRule>> globs = new HashMap<>();

  /** The lengths of these beginnings. */
  private final BitSet starts = new BitSet();

  /**
   * @param start length of what stands before its first wildcard
   */
  private record GlobRule(String pattern, int start, int rule) {
    /** A name that begins with the pattern's start; few do, so that no pattern is kept compiled. */
    boolean matches(String name) {
      boolean rest = start == pattern.length() - 1 && pattern.charAt(start) == '*';
      return rest || Glob.of(pattern).matches(name);
    }
  }

  /** Asked by many threads. */
  private final Map<String, int[]> found = new ConcurrentHashMap<>();

  RuleIndex(List<Matching.Rule> rules) {
    for (int r = 0; r < rules.size(); r++) {
      List<SectionPattern> patterns = rules.get(r).inputs().sections();
      if (patterns.isEmpty()) {
        add("*", r);
      }
      for (SectionPattern p : patterns) {
        add(p.name(), r);
      }
    }
  }

  private void add(String pattern, int rule) {
    String name = Glob.literal(pattern);
    if (name != null) {
      int[] one = {rule};
      int[] before = plain.put(name, one);
      if (before != null) {
        plain.put(name, join(before, one));
      }
      return;
    }
    int start = 0;
    while ("*?[\\".indexOf(pattern.charAt(start)) < 0) {
      start++; // there is one of them
    }
    starts.set(start);
    List<GlobRule> alike = globs.get(pattern.substring(0, start));
    if (alike == null) {
      alike = new ArrayList<>();
      globs.put(pattern.substring(0, start), alike);
    }
    alike.add(new GlobRule(pattern, start, rule));
  }

  private static int[] join(int[] a, int[] b) {
    int[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  /** The rules that have a pattern for the name, in their order. */
  int[] candidates(String name) {
    int[] known = found.get(name);
    return known != null ? known : search(name);
  }

  /** By a loop and not by a stream, because that costs a cold start (docs/performance.md). */
  private int[] search(String name) {
    BitSet rules = new BitSet();
    for (int rule : plain.getOrDefault(name, NOTHING)) {
      rules.set(rule);
    }
    int length = name.length();
    for (int s = starts.nextSetBit(0); s >= 0 && s <= length; s = starts.nextSetBit(s + 1)) {
      for (GlobRule g : globs.getOrDefault(name.substring(0, s), List.of())) {
        if (g.matches(name)) {
          rules.set(g.rule);
        }
      }
    }
    int[] sorted = new int[rules.cardinality()];
    int n = 0;
    for (int r = rules.nextSetBit(0); r >= 0; r = rules.nextSetBit(r + 1)) {
      sorted[n++] = r;
    }
    found.put(name, sorted);
    return sorted;
  }
}
