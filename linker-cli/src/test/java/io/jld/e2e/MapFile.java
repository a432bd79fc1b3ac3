package io.jld.e2e;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A link map as programs read it: GNU ld's lines, by their form alone. */
final class MapFile {
  /** A piece of an output section. */
  record Input(String output, String name, long addr, long size, String file) {}

  private static final Pattern OUTPUT =
      Pattern.compile("([^\\s*][^\\s(]*) +0x([0-9a-f]+) +0x([0-9a-f]+)( load address .*)?");
  private static final Pattern INPUT =
      Pattern.compile(" ([^\\s*]\\S*) +0x([0-9a-f]+) +0x([0-9a-f]+) (\\S.*)");
  private static final Pattern SYMBOL = Pattern.compile(" {16}0x([0-9a-f]+) {16}(\\S+)");
  private static final Pattern NAME_ALONE = Pattern.compile(" ?[^\\s*]\\S+");

  /** Output sections by name: address, size. */
  final TreeMap<String, List<Long>> outputs = new TreeMap<>();

  final List<Input> inputs = new ArrayList<>();
  final List<Input> discarded = new ArrayList<>();
  final TreeMap<String, Long> symbols = new TreeMap<>();
  final List<String> loads = new ArrayList<>();
  final Set<String> titles = new HashSet<>();

  MapFile(String text) {
    String output = null;
    boolean discards = false;
    List<String> lines = join(text);
    for (String line : lines) {
      Matcher m;
      if (line.matches("[A-Z][a-zA-Z -]+( \\(symbol\\))?")) {
        titles.add(line);
        discards = line.equals("Discarded input sections");
        if (line.equals("Cross Reference Table")) {
          return;
        }
      } else if (line.startsWith("LOAD ")) {
        loads.add(line.substring(5));
      } else if ((m = OUTPUT.matcher(line)).matches()) {
        output = m.group(1);
        outputs.put(output, List.of(hex(m.group(2)), hex(m.group(3))));
      } else if ((m = INPUT.matcher(line)).matches()) {
        Input i = new Input(output, m.group(1), hex(m.group(2)), hex(m.group(3)), m.group(4));
        (discards ? discarded : inputs).add(i);
      } else if ((m = SYMBOL.matcher(line)).matches()) {
        symbols.put(m.group(2), hex(m.group(1)));
      }
    }
  }

  /** Names that are too long for their column stand on the line before. */
  private static List<String> join(String text) {
    List<String> joined = new ArrayList<>();
    String name = null;
    for (String line : text.split("\n")) {
      if (name != null && line.startsWith("                0x")) {
        line = name + line;
      }
      name = NAME_ALONE.matcher(line).matches() ? line : null;
      joined.add(line);
    }
    return joined;
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }
}
