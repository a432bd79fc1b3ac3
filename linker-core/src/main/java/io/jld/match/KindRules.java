package io.jld.match;

import io.jld.input.SectionKind;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.SectionPattern;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules that go by a section's {@link SectionKind} alone, so that its name need not be looked
 * at: nearly all sections of a link have names like {@code .text.main}, of which the kind is known.
 * That of {@code .text.*} is the rule that names both {@code .text} and {@code .text.*}, if none
 * before it may mean some of them.
 */
final class KindRules {
  private static final SectionKind[] KINDS = SectionKind.values();

  /** The kinds with a family, by its name. */
  private static final Map<String, SectionKind> FAMILIES = families();

  /** Those by the first letter after the dot of the family's name; null where there are none. */
  private static final SectionKind[][] BY_LETTER = byLetter();

  private static final SectionKind[] NONE = {};

  /** Of a kind whose rule depends on the name. */
  static final int BY_NAME = -2;

  /** By kind the first rule that may mean some of its sections; {@link Matching#ORPHAN}: none. */
  private final int[] first = new int[KINDS.length];

  /** Whether that rule means those that have the family's name itself, and those below it. */
  private final boolean[] itself = new boolean[KINDS.length];

  private final boolean[] below = new boolean[KINDS.length];

  /** The rule that is looked at. */
  private int rule;

  /**
   * @param wanted by output section whether it takes input sections
   */
  KindRules(List<Matching.Rule> all, boolean[] wanted) {
    for (SectionKind k : KINDS) {
      first[k.ordinal()] = k.family() == null ? BY_NAME : Matching.ORPHAN;
    }
    for (rule = 0; rule < all.size(); rule++) {
      if (wanted[all.get(rule).section()]) {
        add(all.get(rule).inputs());
      }
    }
    for (SectionKind k : KINDS) {
      int r = first[k.ordinal()];
      boolean whole = itself[k.ordinal()] && (below[k.ordinal()] || k.isOneName());
      if (r >= 0 && !(whole && isPlain(all.get(r).inputs()))) {
        first[k.ordinal()] = BY_NAME;
      }
    }
  }

  private static Map<String, SectionKind> families() {
    Map<String, SectionKind> found = new HashMap<>();
    for (SectionKind k : KINDS) {
      if (k.family() != null) {
        found.put(k.family(), k);
      }
    }
    return Map.copyOf(found);
  }

  private static SectionKind[][] byLetter() {
    SectionKind[][] found = new SectionKind['z' + 1][];
    for (SectionKind k : KINDS) {
      if (k.family() != null) {
        int letter = k.family().charAt(1);
        int n = found[letter] == null ? 0 : found[letter].length;
        found[letter] = n == 0 ? new SectionKind[1] : Arrays.copyOf(found[letter], n + 1);
        found[letter][n] = k;
      }
    }
    return found;
  }

  /** Whether files and flags of sections do not matter. */
  private static boolean isPlain(InputSections inputs) {
    return inputs.files().isAll() && inputs.flags().isAny();
  }

  /** The number of the rule, {@link Matching#ORPHAN}, or {@link #BY_NAME}. */
  int of(SectionKind kind) {
    return first[kind.ordinal()];
  }

  private void add(InputSections inputs) {
    if (inputs.sections().isEmpty()) {
      addGlob("", true);
    }
    for (SectionPattern p : inputs.sections()) {
      String name = p.name();
      int wildcard = wildcard(name);
      if (wildcard == name.length()) {
        SectionKind k = kindOf(name);
        if (k != null) {
          note(k, p.excludes().isEmpty() && name.equals(k.family()), false);
        }
      } else {
        boolean simple = wildcard == name.length() - 1 && name.charAt(wildcard) == '*';
        addGlob(name.substring(0, wildcard), simple && p.excludes().isEmpty());
      }
    }
  }

  private static int wildcard(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '*', '?', '[', '\\' -> {
          return i;
        }
        default -> {}
      }
    }
    return pattern.length();
  }

  /**
   * @param simple whether all names that begin so are meant
   */
  private void addGlob(String prefix, boolean simple) {
    SectionKind k = kindOf(prefix);
    if (k != null) {
      note(k, false, simple && prefix.length() == k.family().length() + 1);
    }
    for (SectionKind longer : alike(prefix)) {
      if (longer.family() != null && longer.family().startsWith(prefix)) {
        note(longer, simple, simple);
      }
    }
  }

  /** All kinds whose families may begin so, and perhaps others. */
  private static SectionKind[] alike(String prefix) {
    if (prefix.length() < 2) {
      return KINDS;
    }
    int letter = prefix.charAt(1);
    return letter < BY_LETTER.length && BY_LETTER[letter] != null ? BY_LETTER[letter] : NONE;
  }

  private void note(SectionKind k, boolean meansItself, boolean meansBelow) {
    int i = k.ordinal();
    if (first[i] == Matching.ORPHAN) {
      first[i] = rule;
    }
    if (first[i] == rule) {
      itself[i] |= meansItself;
      below[i] |= meansBelow;
    }
  }

  /** The family that a name is of; null where it is of none. */
  private static SectionKind kindOf(String name) {
    SectionKind k = FAMILIES.get(name);
    for (int dot = name.length(); k == null && dot > 1; ) {
      dot = name.lastIndexOf('.', dot - 1);
      k = dot > 0 ? FAMILIES.get(name.substring(0, dot)) : null;
    }
    return k != null && k.isOneName() && !name.equals(k.family()) ? null : k;
  }

  /** By kind whether a rule may mean some of its sections. */
  static boolean[] mayMean(List<InputSections> rules) {
    List<Matching.Rule> all = rules.stream().map(r -> new Matching.Rule(0, r)).toList();
    KindRules found = new KindRules(all, new boolean[] {true});
    boolean[] may = new boolean[KINDS.length];
    for (SectionKind k : KINDS) {
      may[k.ordinal()] = found.of(k) != Matching.ORPHAN;
    }
    return may;
  }
}
