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
import java.util.stream.IntStream;

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

  private record GlobRule(Glob glob, int rule) {}

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
    if (name == null) {
      int start = 0;
      while ("*?[\\".indexOf(pattern.charAt(start)) < 0) {
        start++; // there is one of them
      }
      starts.set(start);
      globs
          .computeIfAbsent(pattern.substring(0, start), s -> new ArrayList<>())
          .add(new GlobRule(Glob.of(pattern), rule));
    } else {
      plain.merge(name, new int[] {rule}, RuleIndex::join);
    }
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

  private int[] search(String name) {
    IntStream.Builder all = IntStream.builder();
    for (int rule : plain.getOrDefault(name, NOTHING)) {
      all.add(rule);
    }
    int length = name.length();
    for (int s = starts.nextSetBit(0); s >= 0 && s <= length; s = starts.nextSetBit(s + 1)) {
      for (GlobRule g : globs.getOrDefault(name.substring(0, s), List.of())) {
        if (g.glob.matches(name)) {
          all.add(g.rule);
        }
      }
    }
    int[] sorted = all.build().sorted().distinct().toArray();
    found.put(name, sorted);
    return sorted;
  }
}
