package io.jld.layout;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
import io.jld.script.Glob;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Puts the input sections of a description into its order: {@code SORT_BY_NAME} and its like. */
final class SortInputs {
  private final Context ctxt;
  private final InputSections inputs;

  private SortInputs(Context ctxt, InputSections inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
  }

  /** The sections in order; they come in that of the link. */
  static List<Input> sort(Context ctxt, InputSections inputs, List<Input> found) {
    return found.size() < 2 ? found : new SortInputs(ctxt, inputs).sorted(found);
  }

  private List<Input> sorted(List<Input> found) {
    List<SectionPattern> patterns = inputs.sections();
    boolean byFile = inputs.files().sorts().contains(Sort.NAME);
    boolean any = byFile;
    for (SectionPattern p : patterns) {
      any |= !sorts(p).isEmpty();
    }
    if (!any) {
      return found;
    }
    List<Keyed> keyed = keyed(found);
    List<Sort> first = keyed.getFirst().by();
    boolean same = true;
    for (Keyed k : keyed) {
      same &= k.by().equals(first);
    }
    if (byFile) {
      keyed.sort((a, b) -> fileName(a.input().file()).compareTo(fileName(b.input().file())));
    } else if (same) {
      keyed.sort((a, b) -> compare(first, a.input(), b.input()));
    } else {
      keyed = inserted(keyed);
    }
    List<Input> sorted = new ArrayList<>(keyed.size());
    for (Keyed k : keyed) {
      sorted.add(k.input());
    }
    return sorted;
  }

  /** A section with the keys of the pattern that it matches. */
  private record Keyed(Input input, List<Sort> by) {}

  private List<Keyed> keyed(List<Input> found) {
    Glob[] globs = new Glob[inputs.sections().size()];
    for (int p = 0; p < globs.length; p++) {
      globs[p] = Glob.of(inputs.sections().get(p).name());
    }
    List<Keyed> keyed = new ArrayList<>(found.size());
    for (Input input : found) {
      keyed.add(new Keyed(input, sortsOf(globs, input.pattern())));
    }
    return keyed;
  }

  /**
   * Patterns that are sorted by different keys have no order together. As in GNU ld, sections are
   * put into a binary tree one after the other, each compared by its own keys with those there.
   */
  private List<Keyed> inserted(List<Keyed> keyed) {
    int n = keyed.size();
    int[] less = new int[n]; // by number; 0 for none, as the first is the root
    int[] more = new int[n];
    for (int i = 1; i < n; i++) {
      Keyed k = keyed.get(i);
      int at = 0;
      while (true) {
        int[] side = compare(k.by(), k.input(), keyed.get(at).input()) < 0 ? less : more;
        if (side[at] == 0) {
          side[at] = i;
          break;
        }
        at = side[at];
      }
    }
    List<Keyed> sorted = new ArrayList<>(n);
    Deque<Integer> open = new ArrayDeque<>();
    int at = 0;
    boolean there = true;
    while (there || !open.isEmpty()) {
      if (there) {
        open.push(at);
        there = less[at] != 0;
        at = less[at];
      } else {
        at = open.pop();
        sorted.add(keyed.get(at));
        there = more[at] != 0;
        at = more[at];
      }
    }
    return sorted;
  }

  private static String fileName(ObjectFile f) {
    return f == null ? "" : f.member() == null ? f.file() : f.member();
  }

  private List<Sort> sortsOf(Glob[] globs, String name) {
    for (int p = 0; p < globs.length; p++) {
      if (globs[p].matches(name)) {
        return sorts(inputs.sections().get(p));
      }
    }
    return List.of();
  }

  /** {@code --sort-section} is for patterns with wildcards that say nothing themselves. */
  private List<Sort> sorts(SectionPattern p) {
    if (!p.sorts().isEmpty() || Glob.literal(p.name()) != null) {
      return p.sorts();
    }
    return switch (ctxt.option(LinkOption.SORT_SECTION)) {
      case NAME -> List.of(Sort.NAME);
      case ALIGNMENT -> List.of(Sort.ALIGNMENT);
      case NONE -> List.of();
    };
  }

  private int compare(List<Sort> by, Input a, Input b) {
    boolean reverse = by.contains(Sort.REVERSE);
    for (Sort s : by) {
      int c =
          switch (s) {
            case NAME -> a.pattern().compareTo(b.pattern());
            case ALIGNMENT -> Long.compare(b.align(), a.align());
            case INIT_PRIORITY -> Integer.compare(priority(a), priority(b));
            case REVERSE -> by.size() == 1 ? a.pattern().compareTo(b.pattern()) : 0;
            case NONE -> 0;
          };
      if (c != 0) {
        return reverse ? -c : c;
      }
    }
    return 0;
  }

  private static int priority(Input input) {
    return input.id() == 0
        ? 0
        : SortSections.priority(input.file(), input.id() - input.file().firstSection());
  }
}
