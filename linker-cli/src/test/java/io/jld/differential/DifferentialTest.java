package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.differential.Bench.Linker;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * jld's outputs beside those of GNU ld and lld, as readelf sees them. Differences that {@code
 * docs/compatibility.md} explains are accepted; any other one fails, and so does an explanation of
 * something that is no longer so.
 */
class DifferentialTest {
  /** The versions that the explanations are about; others differ in details. */
  private static final List<List<String>> VERSIONS =
      List.of(List.of("ld", " 2.40"), List.of("ld.lld", "LLD 14."));

  @TempDir Path dir;

  @TestFactory
  List<DynamicTest> outputs() throws IOException {
    needLinkers(dir);
    for (Target target : Target.values()) {
      Tools.needCxx(target);
    }
    Accepted accepted = new Accepted(Files.readAllLines(Path.of("../docs/compatibility.md")));
    List<DynamicTest> tests = new ArrayList<>();
    for (Case c : Cases.all()) {
      for (Target target : Target.values()) {
        tests.add(
            DynamicTest.dynamicTest(target + "/" + c.name(), () -> compare(c, target, accepted)));
      }
    }
    tests.add(
        DynamicTest.dynamicTest(
            "every accepted difference occurs", () -> assertEquals(List.of(), accepted.unseen())));
    return tests;
  }

  /** Skips a test where there are not the linkers whose differences are explained. */
  static void needLinkers(Path dir) {
    Tools.need("gcc", "g++", "ld", "ld.lld", "readelf");
    for (List<String> version : VERSIONS) {
      String says = Proc.run(dir, List.of(version.getFirst(), "--version")).out();
      assumeTrue(
          says.lines().findFirst().orElse("").contains(version.getLast()),
          () -> "docs/compatibility.md is about" + version + ", this is " + says);
    }
  }

  private void compare(Case c, Target target, Accepted accepted) throws IOException {
    Path work = Files.createDirectories(dir.resolve(target + "-" + c.name()));
    Bench bench = new Bench(work, target, c.name());
    c.body().accept(bench);
    StringBuilder unexplained = new StringBuilder();
    bench
        .facts()
        .forEach(
            (output, facts) -> {
              for (Linker other : List.of(Linker.GNU, Linker.LLD)) {
                List<String> differences =
                    accepted.unexplained(other, output, facts.get(other), facts.get(Linker.JLD));
                if (!differences.isEmpty()) {
                  unexplained.append("\n@@ ").append(output).append(" @@ ").append(other.command);
                  differences.forEach(d -> unexplained.append('\n').append(d));
                }
              }
            });
    assertEquals("", unexplained.toString());
  }
}
