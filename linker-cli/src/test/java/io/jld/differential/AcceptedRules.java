package io.jld.differential;

import io.jld.differential.Bench.Linker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The accepted differences of a table, each with its reason. Cells may be asked for by several
 * threads.
 */
class AcceptedRules {
  private record Rule(Linker linker, Pattern where, Pattern fact, String reason) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Set<Rule> seen = ConcurrentHashMap.newKeySet();

  /**
   * Adds a rule.
   *
   * @param where a pattern that is found in a cell's description
   * @param fact a pattern for the whole: {@code -} and a fact of the other linker's output, or
   *     {@code +} and one of jld's
   */
  final void accept(Linker linker, String where, String fact, String reason) {
    rules.add(new Rule(linker, Pattern.compile(where), Pattern.compile(fact), reason));
  }

  /** What of the differences no rule accepts. */
  final Set<String> unexplained(Linker other, String where, Set<String> differences) {
    Set<String> left = new TreeSet<>();
    for (String d : differences) {
      boolean accepted = false;
      for (Rule r : rules) {
        if (r.linker == other && r.where.matcher(where).find() && r.fact.matcher(d).matches()) {
          seen.add(r);
          accepted = true;
        }
      }
      if (!accepted) {
        left.add(d);
      }
    }
    return left;
  }

  /** The rules that nothing needed. */
  final List<String> unseen() {
    return rules.stream().filter(r -> !seen.contains(r)).map(Rule::toString).toList();
  }
}
