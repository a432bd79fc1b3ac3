package io.jld.pattern;

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
}
