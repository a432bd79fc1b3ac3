package io.jld.match;

import io.jld.gather.Orphans;
import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.model.Context;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.FilePattern;
import io.jld.plan.LayoutPlan;
import io.jld.plan.OutputSectionStatement;
import java.util.BitSet;
import java.util.List;

/**
 * Which input section a script's layout puts where: what {@link MatchSections} has found. Sections
 * that no description names are orphans; they get their places from {@link Orphans}.
 */
public final class Matching {
  /** Of a section that no description matches. */
  static final int ORPHAN = -1;

  /**
   * A description of input sections, in the order of the script.
   *
   * @param section number of the output section's statement in {@link #sections}
   */
  public record Rule(int section, InputSections inputs) {}

  private final LayoutPlan plan;
  private final List<OutputSectionStatement> sections;
  private final Rules rules;

  /** Whether a constraint has been found to hold; without one it always does. */
  private final boolean[] wanted;

  /** For each input section the number of its rule. */
  private final int[] rule;

  private final RuleIndex index;
  private final BitSet kept;

  Matching(
      LayoutPlan plan,
      List<OutputSectionStatement> sections,
      Rules rules,
      RuleIndex index,
      boolean[] wanted,
      int[] rule,
      BitSet kept) {
    this.plan = plan;
    this.sections = sections;
    this.rules = rules;
    this.index = index;
    this.wanted = wanted;
    this.rule = rule;
    this.kept = kept;
  }

  /** The link's. */
  public static Matching of(Context ctxt) {
    return ctxt.get(Matching.class);
  }

  public LayoutPlan plan() {
    return plan;
  }

  /** The statements of the output sections, those of overlays among them, in order. */
  public List<OutputSectionStatement> sections() {
    return sections;
  }

  public List<Rule> rules() {
    return rules.all();
  }

  public boolean isWanted(int section) {
    return wanted[section];
  }

  /** Whether what a rule takes goes to {@code /DISCARD/}. */
  public boolean discards(int rule) {
    return rules.discards(rule);
  }

  /** The number of an input section's rule, or {@link #ORPHAN}. */
  public int ruleOf(int section) {
    return rule[section];
  }

  /** Whether no description matches an input section. */
  public boolean isOrphan(int section) {
    return rule[section] == ORPHAN;
  }

  /**
   * The number of the rule for a section that the linker makes; {@link #ORPHAN} where there is
   * none.
   *
   * @param f of the object whose common symbols they are; null for what is of no file
   * @param name of the section, or {@code COMMON}
   */
  public int ruleFor(ObjectFile f, String name, long flags) {
    return ruleFor(f, name, flags, ORPHAN);
  }

  /** The same of the output sections after that of a rule; {@code /DISCARD/} is none of them. */
  public int ruleFor(ObjectFile f, String name, long flags, int after) {
    for (int r : index.candidates(name)) {
      FilePattern files = rules.get(r).inputs().files();
      if (isAfter(r, after)
          && rules.get(r).inputs().flags().match(flags)
          && (f == null ? files.name().indexOf('*') >= 0 : rules.files(r).matches(f))) {
        return r;
      }
    }
    return ORPHAN;
  }

  /**
   * The number of the next rule that matches an input section, in an output section after that of
   * the rule {@code after} and other than {@code /DISCARD/}; {@link #ORPHAN} where there is none.
   */
  public int ruleAfter(ObjectFile f, int section, int after) {
    String name = SectionNames.planned(f, section);
    for (int r : index.candidates(name)) {
      if (isAfter(r, after) && rules.match(r, f, section, name)) {
        return r;
      }
    }
    return ORPHAN;
  }

  private boolean isAfter(int r, int after) {
    int section = rules.get(r).section();
    return wanted[section]
        && (after == ORPHAN
            || (section > rules.get(after).section() && !sections.get(section).isDiscard()));
  }

  /** The number of the rule that means a name without wildcards; {@link #ORPHAN} for none. */
  public int ruleNaming(String name) {
    for (int r : index.candidates(name)) {
      for (InputSections.SectionPattern p : rules.get(r).inputs().sections()) {
        if (wanted[rules.get(r).section()] && p.name().equals(name)) {
          return r;
        }
      }
    }
    return ORPHAN;
  }

  /** Whether {@code KEEP} names the section, which is a root of {@code --gc-sections} then. */
  public boolean isKept(int section) {
    return kept.get(section);
  }

  /** The name of the output section that a section goes to; its own where it is an orphan. */
  public String outputName(int section, String own) {
    return rule[section] < 0 ? own : sections.get(rules.get(rule[section]).section()).name();
  }
}
