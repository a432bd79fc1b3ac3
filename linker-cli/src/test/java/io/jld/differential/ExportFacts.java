package io.jld.differential;

import com.google.common.collect.LinkedHashMultiset;
import com.google.common.collect.Multiset;
import io.jld.e2e.Proc;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code readelf} tells about what others see of a file: its dynamic symbols with version,
 * type, binding and visibility, its dynamic relocations, and the tags that matter. One call is for
 * many files.
 */
final class ExportFacts {
  private static final Pattern FILE = Pattern.compile("^File: (.*)$");
  private static final Pattern SYMBOL =
      Pattern.compile(
          "^ +\\d+: \\w+ +\\d+ (\\S+|<.*?>: 10) +(\\w+|<.*?>: 10) +(\\w+) +(?:\\[.*\\] +)?(\\S+)"
              + " (\\S.*)$");
  private static final Pattern RELOC =
      Pattern.compile("^[0-9a-f]+  [0-9a-f]+ (R_\\w+)(?: +[0-9a-f]+)?(?: +([a-zA-Z_]\\S*).*)?$");
  private static final Pattern TAG =
      Pattern.compile("^ 0x\\w+ \\((SYMBOLIC|NEEDED|SONAME|TEXTREL)\\).*?(\\[.*\\])?$");
  private static final Pattern FLAGS = Pattern.compile("^ 0x\\w+ \\(FLAGS\\).*SYMBOLIC");

  private ExportFacts() {}

  static Map<Path, Multiset<String>> of(Path dir, List<Path> files) {
    Map<Path, Multiset<String>> facts = new HashMap<>();
    if (files.isEmpty()) {
      return facts;
    }
    List<String> command = new ArrayList<>(List.of("readelf", "-W", "-d", "-r", "--dyn-syms"));
    files.forEach(f -> command.add(f.toString()));
    command.add("/dev/null"); // one file alone would not be named
    Multiset<String> of = null;
    for (String line : Proc.run(dir, command).out().split("\n")) {
      Matcher m = FILE.matcher(line);
      if (m.matches()) {
        of = LinkedHashMultiset.create();
        facts.put(Path.of(m.group(1)), of);
      } else if (of != null) {
        line(of, line);
      }
    }
    return facts;
  }

  private static void line(Multiset<String> facts, String line) {
    Matcher m = SYMBOL.matcher(line);
    if (m.matches()) {
      String where = m.group(4).equals("UND") ? "undefined" : "defined";
      String type = m.group(1).replace("<OS specific>: 10", "IFUNC");
      String bind = m.group(2).replace("<OS specific>: 10", "UNIQUE");
      String name = m.group(5).replaceFirst(" \\(\\d+\\)$", "");
      facts.add(String.join(" ", "symbol", name, type, bind, m.group(3), where));
      return;
    }
    m = RELOC.matcher(line);
    if (m.matches()) {
      facts.add("reloc " + m.group(1) + (m.group(2) == null ? "" : " " + m.group(2)));
      return;
    }
    m = TAG.matcher(line);
    if (m.matches()) {
      facts.add("dynamic " + m.group(1) + (m.group(2) == null ? "" : " " + m.group(2)));
    } else if (FLAGS.matcher(line).find()) {
      facts.add("dynamic FLAGS SYMBOLIC");
    }
  }
}
