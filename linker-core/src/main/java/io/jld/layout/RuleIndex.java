package io.jld.layout;

import io.jld.plan.InputSections.SectionPattern;
import io.jld.script.Glob;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the rules whose section patterns match a name. A link has few different names, so that each
 * is compared with the patterns once.
 */
final class RuleIndex {
  private static final int[] NOTHING = {};

  /** Patterns without wildcards. */
  private final Map<String, int[]> plain = new HashMap<>();

  private final List<Glob> globs = new ArrayList<>();
  private final List<Integer> globRules = new ArrayList<>();
  private final Map<String, int[]> found = new HashMap<>();

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
      globs.add(Glob.of(pattern));
      globRules.add(rule);
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
    int[] all = plain.getOrDefault(name, NOTHING);
    for (int g = 0; g < globs.size(); g++) {
      if (globs.get(g).matches(name)) {
        all = join(all, new int[] {globRules.get(g)});
      }
    }
    int[] sorted = Arrays.stream(all).sorted().distinct().toArray();
    found.put(name, sorted);
    return sorted;
  }
}
