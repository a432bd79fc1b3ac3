package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.LinkedHashMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import io.jld.differential.Bench.Linker;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each cell of {@link ExportTable}, linked by jld, GNU ld and lld. */
class ExportTableTest {
  @TempDir Path dir;

  @TestFactory
  List<DynamicTest> table() throws IOException {
    DifferentialTest.needLinkers(dir);
    ExportDifferences accepted = new ExportDifferences();
    List<DynamicTest> tests = new ArrayList<>();
    for (Target target : Target.values()) {
      Tools.needC(target);
      Path work = Files.createDirectories(dir.resolve(target.arch));
      Bench bench = new Bench(work, target, "export");
      ExportTable table = new ExportTable(bench, target);
      for (String kind : ExportTable.kinds()) {
        tests.add(
            DynamicTest.dynamicTest(
                target + "/" + kind, () -> compare(bench, table.cells(kind), accepted)));
      }
    }
    tests.add(
        DynamicTest.dynamicTest(
            "every accepted difference occurs", () -> assertEquals(List.of(), accepted.unseen())));
    return tests;
  }

  private static void compare(
      Bench bench, List<ExportTable.Cell> cells, ExportDifferences accepted) {
    TreeMap<String, TreeSet<String>> unexplained = new TreeMap<>();
    Map<Linker, List<Multiset<String>>> facts = new ConcurrentHashMap<>();
    for (Linker linker : Linker.values()) {
      facts.put(linker, link(bench, linker, cells));
    }
    for (int i = 0; i < cells.size(); i++) {
      String cell = bench.target + " " + cells.get(i).name();
      Multiset<String> ours = facts.get(Linker.JLD).get(i);
      for (Linker other : List.of(Linker.GNU, Linker.LLD)) {
        if (other == Linker.LLD && cells.get(i).args().contains("--dynamic-list-data")) {
          continue; // which it does not know
        }
        Multiset<String> theirs = facts.get(other).get(i);
        TreeSet<String> differences = new TreeSet<>();
        Multisets.difference(theirs, ours).forEach(fact -> differences.add("-" + fact));
        Multisets.difference(ours, theirs).forEach(fact -> differences.add("+" + fact));
        for (String d : accepted.unexplained(other, cell, differences)) {
          unexplained.computeIfAbsent(other.command + ": " + d, k -> new TreeSet<>()).add(cell);
        }
      }
    }
    StringBuilder text = new StringBuilder();
    unexplained.forEach((d, where) -> text.append("\n" + d + "\n    " + where));
    assertEquals("", text.toString());
  }

  private static List<Multiset<String>> link(
      Bench bench, Linker linker, List<ExportTable.Cell> cells) {
    List<Path> outputs =
        IntStream.range(0, cells.size()).mapToObj(i -> bench.dir(linker).resolve("x" + i)).toList();
    List<Boolean> linked =
        IntStream.range(0, cells.size())
            .parallel()
            .mapToObj(i -> bench.links(linker, outputs.get(i), cells.get(i).args()))
            .toList();
    List<Path> made = outputs.stream().filter(Files::exists).toList();
    Map<Path, Multiset<String>> read = ExportFacts.of(bench.dir(linker), made);
    List<Multiset<String>> facts = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      Path output = outputs.get(i);
      Multiset<String> of = read.getOrDefault(output, LinkedHashMultiset.create());
      facts.add(linked.get(i) ? of : LinkedHashMultiset.create(List.of("link fails")));
      if (made.contains(output) && !output.toFile().delete()) {
        throw new AssertionError(output);
      }
    }
    return facts;
  }
}
