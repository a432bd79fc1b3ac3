package io.jld.layout;

import io.jld.input.Decompress;
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
  static int[] sort(Context ctxt, InputSections inputs, int[] ids) {
    return ids.length < 2 ? ids : new SortInputs(ctxt, inputs).sorted(ids);
  }

  private int[] sorted(int[] ids) {
    List<SectionPattern> patterns = inputs.sections();
    boolean any = !inputs.files().sorts().isEmpty();
    for (SectionPattern p : patterns) {
      any |= !sorts(p).isEmpty();
    }
    if (!any) {
      return ids;
    }
    List<Integer> list = new ArrayList<>();
    for (int id : ids) {
      list.add(id);
    }
    Glob[] globs = new Glob[patterns.size()];
    for (int p = 0; p < globs.length; p++) {
      globs[p] = Glob.of(patterns.get(p).name());
    }
    if (inputs.files().sorts().contains(Sort.NAME)) {
      list.sort(Comparator.comparing(id -> fileName(ctxt.sections.object(id))));
    } else {
      list.sort(
          (a, b) -> {
            List<Sort> by = sortsOf(globs, ctxt.sections.name(a));
            return by.equals(sortsOf(globs, ctxt.sections.name(b))) ? compare(by, a, b) : 0;
          });
    }
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private static String fileName(ObjectFile f) {
    return f.member() == null ? f.file() : f.member();
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

  private int compare(List<Sort> by, int a, int b) {
    boolean reverse = by.contains(Sort.REVERSE);
    for (Sort s : by) {
      int c =
          switch (s) {
            case NAME -> ctxt.sections.name(a).compareTo(ctxt.sections.name(b));
            case ALIGNMENT -> Long.compare(align(b), align(a));
            case INIT_PRIORITY -> Integer.compare(priority(a), priority(b));
            case REVERSE ->
                by.size() == 1 ? ctxt.sections.name(a).compareTo(ctxt.sections.name(b)) : 0;
            case NONE -> 0;
          };
      if (c != 0) {
        return reverse ? -c : c;
      }
    }
    return 0;
  }

  private long align(int id) {
    return Decompress.align(ctxt.sections.object(id), ctxt.sections.index(id));
  }

  private int priority(int id) {
    return SortSections.priority(ctxt.sections.object(id), ctxt.sections.index(id));
  }
}
