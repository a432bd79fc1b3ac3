package io.jld.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What other linkers do with an option, by {@code linkers.tsv}. */
final class OtherLinkers {
  /** As the columns of the table are named. */
  static final List<String> NAMES = List.of("ld", "gold", "lld", "mold");

  private static final Path FILE = Path.of("src/test/resources/io/jld/cli/linkers.tsv");

  /** A line of a linker's help: one or several names, and what it says of them. */
  private static final Pattern HELP = Pattern.compile("^ {1,6}(-.*?)(?: {2,}(.*))?$");

  private static final Pattern NAME =
      Pattern.compile("^(-z[ =][a-z0-9-]+|--?[A-Za-z0-9][A-Za-z0-9_-]*|-[()])");

  /** By option: for each linker {@code +}, {@code i} or {@code -}. */
  private final Map<String, String> rows = new LinkedHashMap<>();

  OtherLinkers() {
    try {
      for (String line : Files.readAllLines(FILE)) {
        String[] cells = line.split("\t");
        if (!line.startsWith("#") && !cells[0].equals("option")) {
          rows.put(cells[0], cells[1] + cells[2] + cells[3] + cells[4]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, String> rows() {
    return rows;
  }

  /**
   * For each linker what it does with an option, under any of its names: {@code +} takes it, {@code
   * i} ignores it, {@code -} does not know it.
   *
   * @param names with their dashes
   */
  String of(List<String> names) {
    char[] best = "----".toCharArray();
    for (String name : names) {
      String row = rows.getOrDefault(name, "----");
      for (int l = 0; l < best.length; l++) {
        char c = row.charAt(l);
        best[l] = c == '+' || best[l] == '+' ? '+' : c == 'i' || best[l] == 'i' ? 'i' : '-';
      }
    }
    return new String(best);
  }

  /**
   * The options that a linker's {@code --help} names; those for Windows' files are not among them.
   */
  static List<String> help(String linker) throws IOException, InterruptedException {
    Process p = new ProcessBuilder(linker, "--help").redirectErrorStream(true).start();
    String text = new String(p.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    p.waitFor();
    List<String> found = new java.util.ArrayList<>();
    boolean windows = false;
    for (String line : text.lines().toList()) {
      windows = line.matches("\\w+:\\s*") ? line.startsWith("i386pe") : windows;
      Matcher m = HELP.matcher(line);
      if (!windows && m.matches()) {
        for (String n : m.group(1).split(",\\s*(?=-)")) {
          Matcher name = NAME.matcher(n.strip());
          if (name.find()) {
            found.add(name.group(1).replace("-z=", "-z "));
          }
        }
      }
    }
    return found;
  }
}
