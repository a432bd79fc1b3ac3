package io.jld.gather;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.pattern.Glob;
import io.jld.plan.InputSections;
import io.jld.plan.InputSections.SectionPattern;
import io.jld.plan.InputSections.Sort;
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

  /** Whether the order may be another than that of the link. */
  static boolean isSorted(Context ctxt, InputSections inputs) {
    SortInputs s = new SortInputs(ctxt, inputs);
    boolean any = inputs.files().sorts().contains(Sort.NAME);
    for (SectionPattern p : inputs.sections()) {
      any |= !s.sorts(p).isEmpty();
    }
    return any;
  }

  /** The sections in order; they come in that of the link. */
  static List<Input> sort(Context ctxt, InputSections inputs, List<Input> found) {
    return found.size() < 2 ? found : new SortInputs(ctxt, inputs).sorted(found);
  }

  private List<Input> sorted(List<Input> found) {
    List<Keyed> keyed = keyed(found);
    List<Sort> first = keyed.getFirst().by();
    boolean same = true;
    for (Keyed k : keyed) {
      same &= k.by().equals(first);
    }
    if (inputs.files().sorts().contains(Sort.NAME)) {
      keyed = byFile(keyed);
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

  /** By files, and those of one file each before the first one that it is less than. */
  private List<Keyed> byFile(List<Keyed> keyed) {
    List<Keyed> sorted = new ArrayList<>(keyed.size());
    for (Keyed k : keyed) {
      sorted.add(placeOf(k, sorted), k);
    }
    return sorted;
  }

  private int placeOf(Keyed k, List<Keyed> sorted) {
    for (int i = 0; i < sorted.size(); i++) {
      Keyed other = sorted.get(i);
      int c = fileName(k.input().file()).compareTo(fileName(other.input().file()));
      c = c == 0 ? compare(k.by(), k.input(), other.input()) : c;
      if (c < 0) {
        return i;
      }
    }
    return sorted.size();
  }

  private static String fileName(ObjectFile f) {
    return f == null ? "" : f.member() == null ? f.fileName() : f.member();
  }

  private List<Sort> sortsOf(Glob[] globs, String name) {
    for (int p = 0; p < globs.length; p++) {
      if (globs[p].matches(name)) {
        return sorts(inputs.sections().get(p));
      }
    }
    return List.of();
  }

  /** {@code --sort-section} is for patterns that say nothing themselves, or only half of it. */
  private List<Sort> sorts(SectionPattern p) {
    List<Sort> own = p.sorts();
    if (own.contains(Sort.NONE)) {
      return List.of();
    }
    Sort option =
        switch (ctxt.option(LinkOption.SORT_SECTION)) {
          case NAME -> Sort.NAME;
          case ALIGNMENT -> Sort.ALIGNMENT;
          case NONE -> null;
        };
    if (option == null || own.contains(option) || own.size() > 1) {
      return own;
    }
    if (own.isEmpty()) {
      return List.of(option);
    }
    boolean half = own.get(0) == Sort.NAME || own.get(0) == Sort.ALIGNMENT;
    return half ? List.of(own.get(0), option) : own;
  }

  private int compare(List<Sort> by, Input a, Input b) {
    boolean reverse = by.contains(Sort.REVERSE);
    for (Sort s : by) {
      int c =
          switch (s) {
            case NAME -> a.pattern().compareTo(b.pattern());
            case ALIGNMENT -> Long.compare(b.align(), a.align());
            case INIT_PRIORITY -> byPriority(a, b);
            case REVERSE -> by.size() == 1 ? a.pattern().compareTo(b.pattern()) : 0;
            case NONE -> 0;
          };
      if (c != 0) {
        return reverse ? -c : c;
      }
    }
    return 0;
  }

  /** By name where one of them has no priority, or both have the same. */
  private static int byPriority(Input a, Input b) {
    int pa = priority(a.name());
    int pb = priority(b.name());
    return pa < 0 || pb < 0 || pa == pb ? a.pattern().compareTo(b.pattern()) : pa - pb;
  }

  /** The number at the end of the name; -1 where there is none. */
  private static int priority(String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 0 || dot + 1 == name.length() || name.length() - dot > 10) {
      return -1;
    }
    int n = 0;
    for (int i = dot + 1; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      n = n * 10 + c - '0';
    }
    boolean old = dot == 6 && (name.startsWith(".ctors") || name.startsWith(".dtors"));
    return old ? 65535 - n : n;
  }
}
