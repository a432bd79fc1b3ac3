package io.jld.pattern;

/**
 * What a version script or a dynamic list says about symbols: a name, or a pattern for names.
 *
 * @param text the name itself if {@code exact}, otherwise a {@link Glob}
 * @param exact whether it stood in quotes or has no wildcards
 * @param language {@link Language#CXX}: it is compared with the demangled name, {@code ns::f(int)}
 */
public record SymbolPattern(String text, boolean exact, Language language) {
  /** In which language's form a name is meant. */
  public enum Language {
    C,
    CXX
  }

  /**
   * As it is read from a script: {@code *} and its like are wildcards unless the whole stands in
   * quotes.
   */
  public static SymbolPattern of(String text, boolean quoted, Language language) {
    String literal = quoted ? text : Glob.literal(text);
    return literal != null
        ? new SymbolPattern(literal, true, language)
        : new SymbolPattern(text, false, language);
  }

  /** {@code *}, which any other pattern goes before. */
  public boolean matchesAll() {
    return !exact && text.equals("*");
  }
}
