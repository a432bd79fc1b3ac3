package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import io.jld.differential.Bench.Linker;
import io.jld.differential.ResolutionCells.Cell;
import io.jld.differential.ResolutionTable.Kind;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which definition a name gets, for each way in which two files, and some in which three, can have
 * it: jld beside GNU ld and lld. Where these two agree, jld does the same, and where they don't, it
 * does as one of them; {@code docs/compatibility.md} has what is otherwise.
 *
 * <p>Of the table a part is gone through, a different one for each kind of output; {@code
 * -Djld.resolution=all} goes through all of it.
 */
class ResolutionTableTest {
  private static final String REFUSED = "refused";

  /** One cell of so many. */
  private static final int PART = 8;

  private static final int BATCH = 1000;

  /** Where errors come one by one, each costs one more link of all others. */
  private static final int SMALL_BATCH = 40;

  private static final List<String> UNDEFINED =
      List.of(
          "--allow-shlib-undefined",
          "--no-allow-shlib-undefined",
          "--unresolved-symbols=report-all",
          "--unresolved-symbols=ignore-all",
          "--unresolved-symbols=ignore-in-object-files",
          "--unresolved-symbols=ignore-in-shared-libs");

  @TempDir Path dir;
  private final boolean all = "all".equals(System.getProperty("jld.resolution"));

  @TestFactory
  List<DynamicTest> table() throws IOException {
    Tools.need("as", "ar", "ld", "ld.lld");
    DifferentialTest.needLinkers(dir);
    Accepted accepted =
        new Accepted(
            Files.readAllLines(Path.of("../docs/compatibility.md")),
            Map.of(
                "Definitions: where GNU ld and lld agree", Linker.LLD,
                "Definitions: where lld does as jld", Linker.GNU));
    List<DynamicTest> tests = new ArrayList<>();
    for (Target target : Target.values()) {
      ResolutionTable table =
          new ResolutionTable(Files.createDirectories(dir.resolve("" + target)), target);
      for (Kind kind : Kind.values()) {
        tests.add(
            DynamicTest.dynamicTest(
                target + "/" + kind.label, () -> compare(table, target, kind, accepted)));
      }
      ResolutionTable undefined =
          new ResolutionTable(Files.createDirectories(dir.resolve(target + "-undefined")), target);
      for (Kind kind : List.of(Kind.EXECUTABLE, Kind.SHARED)) {
        for (String option : UNDEFINED) {
          tests.add(
              DynamicTest.dynamicTest(
                  target + "/" + kind.label + option,
                  () ->
                      compare(
                          undefined,
                          target + "/" + kind.label + option,
                          kind,
                          List.of(option),
                          part(ResolutionCells.undefined(), kind),
                          accepted)));
        }
      }
    }
    if (all) {
      tests.add(
          DynamicTest.dynamicTest(
              "every accepted difference occurs",
              () -> assertEquals(List.of(), accepted.unseen())));
    }
    return tests;
  }

  private void compare(ResolutionTable table, Target target, Kind kind, Accepted accepted) {
    String name = target + "/" + kind.label;
    List<Cell> cells =
        part(ResolutionCells.all(), kind).stream()
            .filter(c -> kind.takesLibraries() || !c.needsLibrary())
            .toList();
    compare(
        table,
        name,
        kind,
        List.of(),
        cells.stream().filter(c -> !c.isCollected()).toList(),
        accepted);
    if (kind != Kind.RELOCATABLE) { // which has no roots
      compare(
          table,
          name + "-gc",
          kind,
          List.of("--gc-sections"),
          cells.stream().filter(Cell::isCollected).toList(),
          accepted);
    }
  }

  private List<Cell> part(List<Cell> cells, Kind kind) {
    return cells.stream().filter(c -> all || c.number() % PART == kind.ordinal()).toList();
  }

  private static void compare(
      ResolutionTable table,
      String name,
      Kind kind,
      List<String> options,
      List<Cell> cells,
      Accepted accepted) {
    StringBuilder unexplained = new StringBuilder();
    for (boolean ends : new boolean[] {false, true}) {
      List<Cell> some = cells.stream().filter(c -> c.endsLink() == ends).toList();
      int size = ends ? SMALL_BATCH : BATCH;
      for (int i = 0; i < some.size(); i += size) {
        List<Cell> batch = some.subList(i, Math.min(some.size(), i + size));
        Map<Linker, Map<Integer, Multiset<String>>> facts = new EnumMap<>(Linker.class);
        for (Linker linker : Linker.values()) {
          facts.put(linker, table.link(linker, kind, options, batch));
        }
        for (Cell c : batch) {
          List<String> differences =
              compare(
                  accepted,
                  name + "/" + c,
                  facts.get(Linker.JLD).get(c.number()),
                  facts.get(Linker.GNU).get(c.number()),
                  facts.get(Linker.LLD).get(c.number()));
          if (!differences.isEmpty()) {
            unexplained.append("\n@@ ").append(name).append('/').append(c).append(" @@");
            differences.forEach(d -> unexplained.append('\n').append(d));
          }
        }
      }
    }
    assertEquals("", unexplained.toString());
  }

  /** What is not accepted: first where jld is alone, then where GNU ld is. */
  private static List<String> compare(
      Accepted accepted,
      String cell,
      Multiset<String> jld,
      Multiset<String> gnu,
      Multiset<String> lld) {
    List<String> differences = new ArrayList<>();
    Multiset<String> both = Multisets.intersection(gnu, lld);
    Multiset<String> either = Multisets.union(gnu, lld);
    differences.addAll(
        unexplained(
            accepted,
            Linker.LLD,
            cell,
            Multisets.difference(both, jld),
            Multisets.difference(jld, either)));
    Multiset<String> lacking = Multisets.difference(Multisets.difference(gnu, jld), lld);
    Multiset<String> added = Multisets.intersection(Multisets.difference(jld, gnu), lld);
    differences.addAll(
        unexplained(accepted, Linker.GNU, cell, lacking, added).stream()
            .map(d -> d + "    (lld: " + lld + ")")
            .toList());
    return differences;
  }

  /**
   * Where one side refuses, that is the whole difference: the other side's facts follow from it.
   */
  private static List<String> unexplained(
      Accepted accepted,
      Linker other,
      String cell,
      Multiset<String> theirs,
      Multiset<String> ours) {
    if (theirs.contains(REFUSED)) {
      return accepted.unexplained(other, cell, theirs, ImmutableMultiset.of());
    }
    return ours.contains(REFUSED)
        ? accepted.unexplained(other, cell, ImmutableMultiset.of(), ours)
        : accepted.unexplained(other, cell, theirs, ours);
  }
}
