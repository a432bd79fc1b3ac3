package io.jld.script;

import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A version script ({@code --version-script}): which symbols a shared library exports, and under
 * which versions.
 *
 * <pre>
 * V1 {                                  a version; a script without any versions has one node without a name
 *   global: f; g_*;                     exported, with this version
 *           extern "C++" { ns::*; "h(int)"; };
 *   local: *;                           not exported
 * };
 * V2 { ... } V1;                        a version that follows V1
 * </pre>
 *
 * <p>{@link SymbolMatcher} tells which node a symbol belongs to.
 *
 * @param nodes in their order; either all have names, or there is one
 */
public record VersionScript(List<Node> nodes) {
  public VersionScript {
    nodes = List.copyOf(nodes);
  }

  /**
   * One version.
   *
   * @param name the version's name, {@code GLIBC_2.2.5}; empty for the node without a name
   * @param parents the versions that this one follows
   */
  public record Node(
      String file,
      int line,
      String name,
      List<SymbolPattern> globals,
      List<SymbolPattern> locals,
      List<String> parents) {
    public Node {
      globals = List.copyOf(globals);
      locals = List.copyOf(locals);
      parents = List.copyOf(parents);
    }

    /** Whether it only tells what is exported, without a version. */
    public boolean anonymous() {
      return name.isEmpty();
    }
  }

  /**
   * Parses the scripts of a link, whose nodes follow each other.
   *
   * @throws LinkException where a script is malformed; where a version is defined twice, follows
   *     one that is not defined before it, or makes a name local that another has made global
   */
  public static VersionScript parse(List<LinkOption.Script> scripts) {
    return SymbolListParser.versions(scripts);
  }

  /**
   * As {@link #parse(List)}, with the nodes of linker scripts after those of version scripts.
   *
   * @param nodes what {@code VERSION} says in linker scripts
   */
  public static VersionScript parse(List<LinkOption.Script> scripts, List<Node> nodes) {
    List<Node> all = new ArrayList<>(parse(scripts).nodes());
    all.addAll(nodes);
    return SymbolListParser.checked(all);
  }

  /** As {@link #parse(List)} for one script. */
  public static VersionScript parse(String file, String text) {
    return parse(List.of(new LinkOption.Script(file, text)));
  }
}
