package io.jld.match;

import io.jld.input.ObjectFile;
import io.jld.pattern.Glob;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.SectionPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** A script's descriptions of input sections, in its order, and what each of them matches. */
final class Rules {
  private final UnaryOperator<String> described;
  private final List<Matching.Rule> all = new ArrayList<>();

  /** By rule: its files, and for each of its section patterns those that it excludes. */
  private final List<FileMatcher> files = new ArrayList<>();

  private final List<FileMatcher[]> excludes = new ArrayList<>();
  private final List<Glob[]> names = new ArrayList<>();

  /** Filled by many threads. */
  private final Map<String, Glob> globs = new ConcurrentHashMap<>();

  /**
   * @param described gives the path of the input that a file name without wildcards means
   */
  Rules(UnaryOperator<String> described) {
    this.described = described;
  }

  /**
   * @param section number of the output section's statement
   */
  void add(int section, InputSections i) {
    all.add(new Matching.Rule(section, i));
    files.add(new FileMatcher(i.files(), described));
    FileMatcher[] excluded = new FileMatcher[i.sections().size()];
    Glob[] globs = new Glob[excluded.length];
    for (int p = 0; p < excluded.length; p++) {
      SectionPattern pattern = i.sections().get(p);
      excluded[p] = pattern.excludes().isEmpty() ? null : new FileMatcher(pattern.excludes());
      globs[p] = excluded[p] == null ? null : Glob.of(pattern.name());
    }
    excludes.add(excluded);
    names.add(globs);
  }

  List<Matching.Rule> all() {
    return all;
  }

  Matching.Rule get(int r) {
    return all.get(r);
  }

  FileMatcher files(int r) {
    return files.get(r);
  }

  /**
   * Whether a rule matches an input section.
   *
   * @param name the section's
   */
  boolean match(int r, ObjectFile f, int section, String name) {
    InputSections inputs = all.get(r).inputs();
    if (!inputs.flags().match(f.flags(section)) || !files.get(r).matches(f)) {
      return false;
    }
    FileMatcher[] excluded = excludes.get(r);
    for (int p = 0; p < excluded.length; p++) {
      if (excluded[p] == null
          ? isNamed(inputs.sections().get(p).name(), name)
          : names.get(r)[p].matches(name) && excluded[p].matches(f)) {
        return true;
      }
    }
    return excluded.length == 0;
  }

  private boolean isNamed(String pattern, String name) {
    return pattern.equals("*")
        || pattern.equals(name)
        || globs.computeIfAbsent(pattern, Glob::of).matches(name);
  }
}
