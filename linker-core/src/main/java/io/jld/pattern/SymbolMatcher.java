package io.jld.pattern;

import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Tells which node of a version script a symbol belongs to, by GNU ld's rules:
 *
 * <ol>
 *   <li>An exact name goes before any pattern. Of several, that in the first node does; within a
 *       node the global one.
 *   <li>Then global patterns, then local ones; of several, that in the last node.
 *   <li>Then a global {@code *}, then a local one; again that in the last node.
 * </ol>
 *
 * <p>Names in {@code extern "C++"} are compared with the symbol's demangled name, or with its own
 * if it is not mangled.
 *
 * <p>A matcher does not change, and may be used by any number of threads if its demangler may.
 */
public final class SymbolMatcher {
  /** No node says anything about the symbol. */
  public static final int NONE = ExactNames.NONE;

  private final ExactNames exactC;
  private final ExactNames exactCxx;
  private final boolean hasExactC;
  private final boolean hasExactCxx;
  private final Rule[] rules;
  private final UnaryOperator<String> demangle;

  /** A pattern, and what it means; in the order in which they are tried. */
  private record Rule(Glob glob, boolean cxx, boolean all, int result) {}

  private SymbolMatcher(List<VersionScript.Node> nodes, UnaryOperator<String> demangle) {
    this.demangle = demangle;
    Map<String, Integer> c = new HashMap<>();
    Map<String, Integer> cxx = new HashMap<>();
    List<Rule> globs = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      add(nodes.get(i).globals(), i << 1, c, cxx, globs);
      add(nodes.get(i).locals(), i << 1 | 1, c, cxx, globs);
    }
    exactC = new ExactNames(c);
    exactCxx = new ExactNames(cxx);
    hasExactC = !c.isEmpty();
    hasExactCxx = !cxx.isEmpty();
    globs.sort(
        Comparator.comparing(Rule::all)
            .thenComparing(rule -> isLocal(rule.result))
            .thenComparing(rule -> -node(rule.result)));
    rules = globs.toArray(Rule[]::new);
  }

  private static void add(
      List<SymbolPattern> patterns,
      int result,
      Map<String, Integer> c,
      Map<String, Integer> cxx,
      List<Rule> globs) {
    for (SymbolPattern pattern : patterns) {
      boolean isCxx = pattern.language() == SymbolPattern.Language.CXX;
      if (pattern.exact()) {
        (isCxx ? cxx : c).putIfAbsent(pattern.text(), result);
      } else {
        globs.add(new Rule(Glob.of(pattern.text()), isCxx, pattern.matchesAll(), result));
      }
    }
  }

  /**
   * A matcher for a version script.
   *
   * @param demangle gives a C++ symbol's name as people write it, {@code _ZN2ns1fEi} as {@code
   *     ns::f(int)}; null where it cannot
   */
  public static SymbolMatcher of(VersionScript script, UnaryOperator<String> demangle) {
    return new SymbolMatcher(script.nodes(), demangle);
  }

  /** A matcher for a plain list, which is as one node that all its names are global in. */
  public static SymbolMatcher of(List<SymbolPattern> patterns, UnaryOperator<String> demangle) {
    return new SymbolMatcher(
        List.of(new VersionScript.Node("", 0, "", patterns, List.of(), List.of())), demangle);
  }

  /** The index of the node in a result of {@link #match}. */
  public static int node(int result) {
    return result >> 1;
  }

  /** Whether a result of {@link #match} says that the symbol is local. */
  public static boolean isLocal(int result) {
    return result >= 0 && (result & 1) != 0;
  }

  /**
   * What the node says about the symbol, for {@link #node} and {@link #isLocal}; or {@link #NONE}.
   */
  public int match(String name) {
    byte[] bytes = NameBytes.bytes(name);
    return match(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  /** As {@link #match(String)} for the name whose {@code length} bytes are at {@code offset}. */
  public int match(MemorySegment bytes, long offset, int length) {
    MemorySegment cxx = null;
    int result = NONE;
    if (hasExactC) {
      result = exactC.get(bytes, offset, length);
    }
    if (hasExactCxx) {
      cxx = demangled(bytes, offset, length);
      int second = exactCxx.get(cxx, 0, (int) cxx.byteSize());
      // Of two exact names the first node's counts: the smaller result, as unsigned numbers for the
      // sake of NONE.
      result = Integer.compareUnsigned(result, second) <= 0 ? result : second;
    }
    if (result != NONE) {
      return result;
    }
    for (Rule rule : rules) {
      if (rule.all) {
        return rule.result;
      }
      if (!rule.cxx) {
        if (rule.glob.matches(bytes, offset, length)) {
          return rule.result;
        }
        continue;
      }
      if (cxx == null) {
        cxx = demangled(bytes, offset, length);
      }
      if (rule.glob.matches(cxx, 0, (int) cxx.byteSize())) {
        return rule.result;
      }
    }
    return NONE;
  }

  private MemorySegment demangled(MemorySegment bytes, long offset, int length) {
    MemorySegment name = bytes.asSlice(offset, length);
    if (length < 2
        || name.get(ValueLayout.JAVA_BYTE, 0) != '_'
        || name.get(ValueLayout.JAVA_BYTE, 1) != 'Z') {
      return name;
    }
    String cxx = demangle.apply(NameBytes.string(name.toArray(ValueLayout.JAVA_BYTE)));
    return cxx == null ? name : MemorySegment.ofArray(NameBytes.bytes(cxx));
  }
}
