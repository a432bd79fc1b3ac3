package io.jld.script;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import io.jld.link.LinkException;
import java.util.List;

/**
 * A list of symbols: {@code { f; g_*; extern "C++" { ns::*; }; };}, as {@code --dynamic-list} and
 * {@code --export-dynamic-symbol-list} name it. There may be several such blocks.
 *
 * @param patterns in their order
 */
public record DynamicList(List<SymbolPattern> patterns) {
  public DynamicList {
    patterns = List.copyOf(patterns);
  }

  /**
   * Parses a list.
   *
   * @throws LinkException where it is malformed
   */
  public static DynamicList parse(String file, String text) {
    return SymbolListParser.dynamicList(file, text);
  }

  /**
   * The names in a file of {@code --retain-symbols-file}: there is nothing but white space between
   * them.
   */
  public static List<String> retainedSymbols(String text) {
    return Splitter.on(CharMatcher.anyOf(" \t\r\n\f\u000b")).omitEmptyStrings().splitToList(text);
  }
}
