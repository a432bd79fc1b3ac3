package io.jld.differential;

import io.jld.differential.Bench.Linker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The accepted differences of {@link ExportTable}, each with its reason. */
final class ExportDifferences {
  /**
   * @param cells which cells it may occur in: a pattern that is found in TARGET KIND OPTIONS
   * @param facts a pattern for the whole: {@code -} and a fact of the other linker's output, or
   *     {@code +} and one of jld's
   */
  private record Rule(Linker linker, Pattern cells, Pattern facts, String reason) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Set<Rule> seen = ConcurrentHashMap.newKeySet();

  ExportDifferences() {
    accept(
        Linker.GNU,
        " versions?\\b",
        "-symbol [VW] OBJECT GLOBAL DEFAULT defined",
        "a version is no symbol, and nothing looks for one; as lld");
    accept(
        Linker.GNU,
        "\\bexport\\b",
        "-symbol (__bss_start|_edata|_end) NOTYPE GLOBAL DEFAULT defined",
        "what the linker itself defines is not exported; as lld");
    accept(
        Linker.GNU,
        " shared",
        "-reloc R_\\w+ pro_.*|\\+reloc R_\\w+_RELATIVE",
        "a protected symbol means this output's definition, whose address is known; as lld");
    accept(
        Linker.GNU,
        " shared.* functions",
        "\\+reloc R_\\w+ def_nt.*",
        "what has no type is no function, and -Bsymbolic-functions does not bind it; as lld");
    accept(
        Linker.LLD,
        " shared.* symbolic",
        "\\+dynamic SYMBOLIC",
        "DT_SYMBOLIC besides DF_SYMBOLIC, for loaders that know only the older one; as GNU ld");
    accept(
        Linker.LLD,
        " symbolic",
        "-dynamic FLAGS SYMBOLIC",
        "DF_SYMBOLIC says nothing of a program, and too much of a library with a dynamic list,"
            + " whose symbols the loader would not look for elsewhere any more; as GNU ld");
    accept(
        Linker.LLD,
        " shared.* symbol functions",
        "-reloc R_\\w+ (def|ar)_.*|\\+reloc R_\\w+_RELATIVE",
        "with -Bsymbolic-functions only what --export-dynamic-symbol names is preemptible; as GNU"
            + " ld");
    accept(
        Linker.LLD,
        " (no-pie|static)\\b(?!-).*\\bexport\\b",
        "-symbol .*",
        "a program that has no loader has nobody to export to; as GNU ld");
    accept(
        Linker.LLD,
        " (no-)?pie-libs anonymous",
        "\\+link fails|-.*",
        "a library refers to what the script hides, and would not find it; as GNU ld");
  }

  private void accept(Linker linker, String cells, String facts, String reason) {
    rules.add(new Rule(linker, Pattern.compile(cells), Pattern.compile(facts), reason));
  }

  /** What of the differences no rule accepts. */
  Set<String> unexplained(Linker other, String cell, Set<String> differences) {
    Set<String> left = new TreeSet<>();
    for (String d : differences) {
      boolean accepted = false;
      for (Rule r : rules) {
        if (r.linker == other && r.cells.matcher(cell).find() && r.facts.matcher(d).matches()) {
          seen.add(r);
          accepted = true;
        }
      }
      if (!accepted) {
        left.add(d);
      }
    }
    return left;
  }

  /** The rules that nothing needed. */
  List<String> unseen() {
    return rules.stream().filter(r -> !seen.contains(r)).map(Rule::toString).toList();
  }
}
