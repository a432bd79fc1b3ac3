package io.jld.cli;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;

/**
 * Values that are one of a few words, for the completions of shells. The parser takes each, and the
 * option's explanation names it: GeneratedFilesTest looks. A new option that is not here completes
 * as its value is called in {@link Opt}: a name of a file, a directory, or nothing.
 */
final class Choices {
  private static final Map<Opt, List<String>> VALUES =
      Map.ofEntries(
          entry(OutputOpt.BUILD_ID, List.of("fast", "sha1", "sha256", "md5", "uuid", "none")),
          entry(OutputOpt.COMPRESS_DEBUG, List.of("none", "zlib", "zlib-gabi", "zlib-gnu")),
          entry(
              SymbolOpt.UNRESOLVED,
              List.of(
                  "ignore-all", "report-all", "ignore-in-object-files", "ignore-in-shared-libs")),
          entry(SymbolOpt.SORT_COMMON, List.of("ascending", "descending")),
          entry(LayoutOpt.ICF, List.of("all", "safe", "none")),
          entry(LayoutOpt.SORT_SECTION, List.of("name", "alignment", "none")),
          entry(LayoutOpt.ORPHAN_HANDLING, List.of("place", "warn", "error", "discard")),
          entry(DynamicOpt.HASH_STYLE, List.of("sysv", "gnu", "both")),
          entry(ReportOpt.COLOR, List.of("auto", "always", "never")));

  private Choices() {}

  /** All options that have such values. */
  static Map<Opt, List<String>> all() {
    return VALUES;
  }

  /** Empty where the value is not one of a few words. */
  static List<String> of(Opt opt) {
    return VALUES.getOrDefault(opt, List.of());
  }
}
