package io.jld.match;

import io.jld.input.ObjectFile;
import java.util.List;
import java.util.function.UnaryOperator;

/** A plan's descriptions of input sections, in its order, and what each of them matches. */
final class Rules {
  private final List<Matching.Rule> all;
  private final UnaryOperator<String> described;

  /**
   * By rule; null until it is asked for, since most rules of a link match nothing. Which thread
   * makes it does not matter: all of it is final.
   */
  private final RuleMatcher[] matchers;

  /**
   * @param described gives the path of the input that a file name without wildcards means
   */
  Rules(List<Matching.Rule> all, UnaryOperator<String> described) {
    this.all = all;
    this.described = described;
    this.matchers = new RuleMatcher[all.size()];
  }

  List<Matching.Rule> all() {
    return all;
  }

  Matching.Rule get(int r) {
    return all.get(r);
  }

  FileMatcher files(int r) {
    return matcher(r).files();
  }

  /**
   * Whether a rule matches an input section.
   *
   * @param name the section's, which one of the rule's patterns matches: {@link RuleIndex}
   */
  boolean match(int r, ObjectFile f, int section, String name) {
    return matcher(r).match(f, section, name);
  }

  private RuleMatcher matcher(int r) {
    RuleMatcher m = matchers[r];
    if (m == null) {
      m = new RuleMatcher(all.get(r).inputs(), described);
      matchers[r] = m;
    }
    return m;
  }
}
