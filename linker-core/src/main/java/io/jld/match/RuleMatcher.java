package io.jld.match;

import io.jld.input.ObjectFile;
import io.jld.pattern.Glob;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.SectionPattern;
import java.util.List;
import java.util.function.UnaryOperator;

/** What one description of input sections matches. */
final class RuleMatcher {
  private final InputSections.Flags flags;
  private final FileMatcher files;

  /** By section pattern; null where none of them excludes files. */
  private final Glob[] names;

  /** By section pattern the files that it excludes. */
  private final FileMatcher[] excluded;

  RuleMatcher(InputSections inputs, UnaryOperator<String> described) {
    flags = inputs.flags();
    files = new FileMatcher(inputs.files(), described);
    List<SectionPattern> patterns = inputs.sections();
    boolean excludes = false;
    for (SectionPattern p : patterns) {
      excludes |= !p.excludes().isEmpty();
    }
    names = excludes ? new Glob[patterns.size()] : null;
    excluded = excludes ? new FileMatcher[patterns.size()] : null;
    for (int i = 0; excludes && i < names.length; i++) {
      names[i] = Glob.of(patterns.get(i).name());
      excluded[i] = new FileMatcher(patterns.get(i).excludes());
    }
  }

  FileMatcher files() {
    return files;
  }

  /**
   * Whether it matches an input section.
   *
   * @param name the section's, which one of the patterns matches
   */
  boolean match(ObjectFile f, int section, String name) {
    if (!flags.match(f.flags(section)) || !files.matches(f)) {
      return false;
    }
    if (names == null) {
      return true;
    }
    for (int i = 0; i < names.length; i++) {
      if (names[i].matches(name) && excluded[i].matches(f)) {
        return true;
      }
    }
    return false;
  }
}
