package io.jld.differential;

import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import io.jld.differential.Bench.Linker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The differences that are accepted, read from where they are explained to users: {@code
 * docs/compatibility.md}.
 *
 * <p>A section "Differences from LINKER" has a heading for each of them, a text that explains it,
 * and a block in the language "diff": {@code -} is a fact of the other linker's output, {@code +}
 * one of jld's, and {@code *} stands for any characters. A {@code -} line with words in angle
 * brackets and the {@code +} line below it belong together: in both the words stand for the same
 * characters. A line {@code @@ OUTPUT ... @@} limits what is below it to some outputs, which are
 * named ARCHITECTURE/CASE/FILE.
 */
final class Accepted {
  private static final Pattern WORD = Pattern.compile("<(\\w+)>|\\*");

  /** One line of a block, or two that belong together. */
  private static final class Rule {
    final Linker linker;
    final String where;
    private final List<Pattern> outputs;
    private final Pattern difference;

    /** What the other line must be, with the words of the first; null where there is none. */
    private final String counterpart;

    private boolean used;

    Rule(Linker linker, String heading, List<String> outputs, String line, String counterpart) {
      this.linker = linker;
      this.where = linker.command + ": " + heading + ": " + line;
      this.outputs = outputs.stream().map(o -> pattern(o, null)).toList();
      this.difference = pattern(line, null);
      this.counterpart = counterpart;
    }

    /**
     * @param words what the words of the line stand for; null where that is to be found
     */
    private static Pattern pattern(String line, Matcher words) {
      StringBuilder b = new StringBuilder();
      Matcher m = WORD.matcher(line);
      int end = 0;
      for (; m.find(); end = m.end()) {
        b.append(Pattern.quote(line.substring(end, m.start())));
        String word = m.group(1);
        if (word == null) {
          b.append(".*");
        } else {
          b.append(words == null ? "(?<" + word + ">.*?)" : Pattern.quote(words.group(word)));
        }
      }
      return Pattern.compile(b.append(Pattern.quote(line.substring(end))).toString());
    }

    /** Takes what the rule accepts out of {@code differences}. */
    void accept(Linker other, String output, TreeSet<String> differences) {
      if (linker != other
          || !(outputs.isEmpty() || outputs.stream().anyMatch(o -> o.matcher(output).matches()))) {
        return;
      }
      for (String difference : List.copyOf(differences)) {
        Matcher m = this.difference.matcher(difference);
        if (m.matches()) {
          String second = counterpart == null ? difference : second(m, differences);
          if (second != null) {
            differences.remove(difference);
            differences.remove(second);
            used = true;
          }
        }
      }
    }

    /** The difference that belongs to the one that has been matched; null where there is none. */
    private String second(Matcher words, TreeSet<String> differences) {
      Pattern wanted = pattern(counterpart, words);
      return differences.stream().filter(d -> wanted.matcher(d).matches()).findFirst().orElse(null);
    }
  }

  private final List<Rule> rules = new ArrayList<>();

  /** As below, of the sections about the differences of whole outputs. */
  Accepted(List<String> document) {
    this(
        document,
        Map.of("Differences from GNU ld", Linker.GNU, "Differences from lld", Linker.LLD));
  }

  /**
   * Fails where a difference has no explanation.
   *
   * @param headings those of the sections that are about the linkers; others are passed over
   */
  Accepted(List<String> document, Map<String, Linker> headings) {
    Linker linker = null;
    String heading = "";
    boolean explained = false;
    boolean block = false;
    List<String> outputs = List.of();
    for (int i = 0; i < document.size(); i++) {
      String line = document.get(i);
      if (linker == null && !line.startsWith("## ")) {
        continue;
      }
      if (block) {
        if (line.equals("```")) {
          block = false;
        } else if (line.startsWith("@@ ")) {
          outputs = List.of(line.replace("@@", "").strip().split(" +"));
        } else if (line.startsWith("-") && line.contains("<")) {
          rules.add(new Rule(linker, heading, outputs, line, document.get(++i)));
        } else if (line.startsWith("-") || line.startsWith("+")) {
          rules.add(new Rule(linker, heading, outputs, line, null));
        } else {
          throw new AssertionError("neither - nor + nor @@: " + line);
        }
      } else if (line.startsWith("## ")) {
        linker = headings.get(line.substring(3));
      } else if (line.startsWith("### ")) {
        heading = line.substring(4);
        explained = false;
      } else if (line.equals("```diff")) {
        if (!explained) {
          throw new AssertionError("differences without explanation below '" + heading + "'");
        }
        block = true;
        outputs = List.of();
      } else {
        explained |= !line.isBlank();
      }
    }
  }

  /** The differences between jld's facts and another linker's that are not accepted. */
  List<String> unexplained(
      Linker other, String output, Multiset<String> theirs, Multiset<String> ours) {
    TreeSet<String> differences = new TreeSet<>();
    Multisets.difference(theirs, ours).forEach(fact -> differences.add("-" + fact));
    Multisets.difference(ours, theirs).forEach(fact -> differences.add("+" + fact));
    rules.forEach(rule -> rule.accept(other, output, differences));
    return List.copyOf(differences);
  }

  /** The accepted differences that have not been seen. */
  List<String> unseen() {
    return rules.stream().filter(rule -> !rule.used).map(rule -> rule.where).toList();
  }
}
