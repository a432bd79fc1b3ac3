package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.e2e.Tools;
import io.jld.link.Diagnostic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of other linkers is so, and jld knows all of their options. */
class OtherLinkersTest {
  private static final OtherLinkers TABLE = new OtherLinkers();

  /** jld's own options, of which no other linker knows anything, are not in the table. */
  private static List<Status> statusOf(String option) {
    if (option.startsWith("-z ")) {
      return Arrays.stream(ZKeyword.values())
          .filter(z -> z.keyword().equals(option.substring(3)))
          .map(ZKeyword::status)
          .toList();
    }
    List<Opt> all = new ArrayList<>(Opt.all());
    all.addAll(List.of(OtherOpt.values()));
    return all.stream()
        .filter(o -> OptionsPage.plain(o).contains(option))
        .map(Opt::status)
        .toList();
  }

  @Test
  void eachOptionOfOthersIsKnownHere() {
    for (String option : TABLE.rows().keySet()) {
      assertEquals(1, statusOf(option).size(), option);
    }
    for (Opt o : OtherOpt.values()) {
      assertTrue(TABLE.of(OptionsPage.plain(o)).matches(".*[+i].*"), o.names());
    }
  }

  /** Where a linker is installed, its own help says so, and the table has all that it lists. */
  @ParameterizedTest
  @CsvSource({"ld, 0", "ld.gold, 1", "ld.lld, 2", "mold, 3"})
  void helpIsInTheTable(String linker, int column) throws Exception {
    Tools.need(linker);
    List<String> missing = new ArrayList<>();
    List<String> help = OtherLinkers.help(linker);
    assertTrue(help.size() > 150, linker + " " + help.size());
    for (String name : help) {
      boolean known =
          TABLE.rows().entrySet().stream()
              .anyMatch(e -> isSame(e.getKey(), name) && e.getValue().charAt(column) != '-');
      if (!known) {
        missing.add(name);
      }
    }
    // one line about several keywords, and a line's end that looks like an option
    missing.removeAll(List.of("-z x86-64-", "-z buildd", "--ld-path"));
    assertEquals(List.of(), missing);
  }

  /** Long names stand behind one dash or two. */
  private static boolean isSame(String a, String b) {
    return a.equals(b)
        || (a.length() > 2
            && !a.startsWith("-z ")
            && a.replaceFirst("^--?", "").equals(b.replaceFirst("^--?", "")));
  }

  @Test
  void refusedByName() {
    CommandLine line =
        CommandLine.parse(
            new String[] {
              "--incremental", "-C", "dir", "--lto-O", "3", "--icf-iterations=3", "a.o"
            },
            Map.of());
    assertEquals(
        List.of(
            "option '--incremental' is not supported: each link is a whole one",
            "option '-C' is not supported: a JVM cannot change its directory: start jld in DIR",
            "option '--lto-O' is not supported: -plugin-opt has it for LLVM's plug-in, where that"
                + " knows it"),
        line.errors().stream().map(Diagnostic::message).toList());
  }

  /** With {@code -Djld.test.args=-Djld.options.count=true}: how many there are of each kind. */
  @Test
  void counts() {
    assumeTrue(
        Boolean.getBoolean("jld.options.count"), "counts with -Djld.options.count=true alone");
    for (int l = 0; l < OtherLinkers.NAMES.size(); l++) {
      Map<Status, Integer> counts = new TreeMap<>();
      for (Map.Entry<String, String> e : TABLE.rows().entrySet()) {
        if (e.getValue().charAt(l) != '-') {
          assertNotNull(statusOf(e.getKey()));
          counts.merge(statusOf(e.getKey()).getFirst(), 1, Integer::sum);
        }
      }
      System.out.println(OtherLinkers.NAMES.get(l) + " " + counts);
    }
    assertTrue(Path.of("pom.xml").toFile().exists());
  }
}
