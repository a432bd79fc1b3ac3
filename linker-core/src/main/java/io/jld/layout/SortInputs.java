package io.jld.layout;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
import io.jld.script.Glob;
import java.util.ArrayList;
import java.util.Comparator;
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
    boolean any = !inputs.files().sorts().isEmpty();
    for (SectionPattern p : patterns) {
      any |= !sorts(p).isEmpty();
    }
    if (!any) {
      return found;
    }
    List<Input> list = new ArrayList<>(found);
    Glob[] globs = new Glob[patterns.size()];
    for (int p = 0; p < globs.length; p++) {
      globs[p] = Glob.of(patterns.get(p).name());
    }
    if (inputs.files().sorts().contains(Sort.NAME)) {
      list.sort(Comparator.comparing(input -> fileName(input.file())));
    } else {
      list.sort(
          (a, b) -> {
            List<Sort> by = sortsOf(globs, a.pattern());
            return by.equals(sortsOf(globs, b.pattern())) ? compare(by, a, b) : 0;
          });
    }
    return list;
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
