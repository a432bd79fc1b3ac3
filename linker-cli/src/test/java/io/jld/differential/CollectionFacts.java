package io.jld.differential;

import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.SetMultimap;
import com.google.common.collect.TreeMultimap;
import io.jld.e2e.Proc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of each cell of {@link CollectionTable} is in an output; the cell's symbol is X here. */
final class CollectionFacts {
  private static final Pattern SECTION =
      Pattern.compile("^ +\\[ *(\\d+)\\] (\\S+) +[A-Z]\\S* +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) .*");
  private static final Pattern SYMBOL =
      Pattern.compile("^ +\\d+: ([0-9a-f]+) +\\d+ \\S+ +\\S+ +\\S+ +(?:\\[.*\\] +)?(\\S+) (\\S+)$");
  private static final Pattern FRAME =
      Pattern.compile("^[0-9a-f]+ .* FDE cie=\\S+ pc=([0-9a-f]+)\\..*");
  private static final Pattern CELL = Pattern.compile("c(1\\d\\d\\d)");
  private static final Pattern TEXT = Pattern.compile("(text|first|second|k):c(1\\d\\d\\d):");

  private CollectionFacts() {}

  /**
   * By the cells' numbers.
   *
   * @param says what the linker says
   */
  static SetMultimap<Integer, String> of(Path file, String says) {
    TreeMultimap<Integer, String> facts = TreeMultimap.create();
    Matcher named = CELL.matcher(says);
    while (named.find()) {
      facts.put(Integer.valueOf(named.group(1)), "refused");
    }
    Map<String, String> sections = new HashMap<>();
    Map<String, List<String>> byAddress = new HashMap<>();
    List<String> command = List.of("readelf", "-W", "-S", "-s", "-wf", file.toString());
    boolean dynamic = false;
    for (String line :
        Proc.run(file.getParent(), command)
            .ok()
            .out()
            .replace("<OS specific>: 10", "IFUNC")
            .split("\n")) {
      Matcher m;
      if ((m = SECTION.matcher(line)).matches()) {
        sections.put(m.group(1), m.group(2));
        if (!m.group(3).matches("0+")) {
          add(facts, m.group(2), "section " + m.group(2));
        }
      } else if (line.startsWith("Symbol table")) {
        dynamic = line.contains("dynsym");
      } else if ((m = SYMBOL.matcher(line)).matches()) {
        String name = m.group(3);
        if (!m.group(2).equals("UND")) {
          String where = sections.getOrDefault(m.group(2), m.group(2));
          add(facts, name, dynamic ? "exports " + name : name + " in " + where);
          byAddress.computeIfAbsent(m.group(1), a -> new ArrayList<>()).add(name);
        }
      } else if ((m = FRAME.matcher(line)).matches()) {
        for (String name : byAddress.getOrDefault(m.group(1), List.of())) {
          add(facts, name, "frame of " + name);
        }
      }
    }
    Matcher m = TEXT.matcher(content(file));
    while (m.find()) {
      facts.put(Integer.valueOf(m.group(2)), "text " + m.group(1));
    }
    return ImmutableSetMultimap.copyOf(facts);
  }

  private static void add(SetMultimap<Integer, String> facts, String name, String fact) {
    Matcher m = CELL.matcher(name);
    if (m.find()) {
      facts.put(Integer.valueOf(m.group(1)), fact.replace(m.group(), "X"));
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
