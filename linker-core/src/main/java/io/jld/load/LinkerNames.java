package io.jld.load;

import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.pattern.Glob;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The names that the linker brings into a link: those that options and scripts name, and those that
 * it may define itself.
 */
public final class LinkerNames {
  private static final int[] NONE = {};

  /** Those of all architectures. */
  private static final List<String> PROVIDED =
      List.of(
          "_GLOBAL_OFFSET_TABLE_",
          "_DYNAMIC",
          "_TLS_MODULE_BASE_",
          "__ehdr_start",
          "__GNU_EH_FRAME_HDR");

  private LinkerNames() {}

  /**
   * What the linker defines where something refers to it and nothing else in the output defines it,
   * whatever the layout is; each output has its own.
   */
  public static List<String> provided(Context ctxt) {
    Set<String> own = ctxt.arch().providedSymbols().keySet();
    if (own.isEmpty()) {
      return PROVIDED;
    }
    List<String> all = new ArrayList<>(PROVIDED);
    all.addAll(new TreeSet<>(own)); // names are numbered in this order
    return all;
  }

  /**
   * The names that are undefined from the start, so that archive members which define them are
   * linked.
   */
  public static List<String> wanted(Context ctxt) {
    LinkedHashSet<String> names = new LinkedHashSet<>();
    String entry = ctxt.script.entry(ctxt);
    if (!entry.isEmpty() && !Character.isDigit(entry.charAt(0))) {
      names.add(entry);
    }
    names.addAll(ctxt.option(LinkOption.UNDEFINED));
    names.addAll(ctxt.script.externs());
    names.addAll(ctxt.option(LinkOption.REQUIRE_DEFINED));
    names.addAll(ctxt.assignments.wanted());
    return List.copyOf(names);
  }

  /**
   * The numbers of the names that {@code --undefined-glob} adds to {@link #wanted}; in order. All
   * inputs are read.
   */
  public static int[] matched(Context ctxt) {
    List<String> patterns = ctxt.option(LinkOption.UNDEFINED_GLOB);
    if (patterns.isEmpty()) {
      return NONE;
    }
    List<Glob> globs = patterns.stream().map(Glob::of).toList();
    return IntStream.range(1, ctxt.names.end())
        .filter(id -> globs.stream().anyMatch(g -> g.matches(ctxt.names.string(id))))
        .toArray();
  }

  /** All names, those of {@link #wanted} first. */
  static List<String> names(Context ctxt) {
    LinkedHashSet<String> names = new LinkedHashSet<>(wanted(ctxt));
    names.addAll(ctxt.assignments.names());
    names.add("_start");
    names.add(ctxt.option(LinkOption.INIT));
    names.add(ctxt.option(LinkOption.FINI));
    names.addAll(ctxt.option(LinkOption.TRACE_SYMBOL));
    names.addAll(WrapSymbols.names(ctxt));
    names.addAll(provided(ctxt));
    return new ArrayList<>(names);
  }
}
