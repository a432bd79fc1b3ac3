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
  /**
   * @param fact null where anything may be at another address
   */
  private record Rule(Linker linker, Pattern where, Pattern fact, String reason) {
    boolean accepts(String difference, Set<String> still) {
      return fact == null
          ? still.contains(
              opposite(difference.charAt(0)) + MovedFacts.still(difference.substring(1)))
          : fact.matcher(difference).matches();
    }
  }

  private static char opposite(char sign) {
    return sign == '-' ? '+' : '-';
  }

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

  /**
   * Adds a rule for outputs in which what has another size moves others: a fact that both have but
   * for addresses.
   */
  final void acceptMoved(Linker linker, String where, String reason) {
    rules.add(new Rule(linker, Pattern.compile(where), null, reason));
  }

  /** What of the differences no rule accepts. */
  final Set<String> unexplained(Linker other, String where, Set<String> differences) {
    Set<String> left = new TreeSet<>();
    Set<String> still = new TreeSet<>();
    for (String d : differences) {
      still.add(d.charAt(0) + MovedFacts.still(d.substring(1)));
    }
    for (String d : differences) {
      boolean accepted = false;
      for (Rule r : rules) {
        if (r.linker == other && r.where.matcher(where).find() && r.accepts(d, still)) {
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
