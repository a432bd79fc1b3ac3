package io.jld.match;

import io.jld.input.ObjectFile;
import io.jld.plan.OutputSectionStatement;
import java.util.List;
import java.util.function.UnaryOperator;

/** A plan's descriptions of input sections, in its order, and what each of them matches. */
final class Rules {
  private final List<Matching.Rule> all;

  /** Whether each is one of {@code /DISCARD/}. */
  private final boolean[] discards;

  private final UnaryOperator<String> described;

  /**
   * By rule; null until it is asked for, since most rules of a link match nothing. Which thread
   * makes it does not matter: all of it is final.
   */
  private final RuleMatcher[] matchers;

  /**
   * @param sections by number, those that the rules belong to
   * @param described gives the path of the input that a file name without wildcards means
   */
  Rules(
      List<OutputSectionStatement> sections,
      List<Matching.Rule> all,
      UnaryOperator<String> described) {
    this.all = all;
    this.discards = new boolean[all.size()];
    for (int r = 0; r < discards.length; r++) {
      discards[r] = sections.get(all.get(r).section()).isDiscard();
    }
    this.described = described;
    this.matchers = new RuleMatcher[all.size()];
  }

  List<Matching.Rule> all() {
    return all;
  }

  Matching.Rule get(int r) {
    return all.get(r);
  }

  boolean discards(int r) {
    return discards[r];
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
