package io.jld.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.common.collect.Sets;
import io.jld.cli.Main;
import io.jld.differential.Bench.Linker;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Linker scripts of all statements that GNU ld's manual has, and of their combinations: jld makes
 * the same of each as GNU ld does, but for what {@link ScriptDifferences} explains. Where it does
 * not, the message says what lld does.
 *
 * <p>{@code -Djld.scripts=ld.lld} compares lld with GNU ld instead, to see what the comparison
 * sees.
 */
class ScriptTableTest {
  private static final Linker TESTED = tested(System.getProperty("jld.scripts", "jld"));

  /** So many characters of a script are shown. */
  private static final int SHOWN = 2000;

  private static final Linker AGAINST = TESTED == Linker.LLD ? Linker.LLD : Linker.GNU;

  @TempDir Path dir;

  private static Linker tested(String command) {
    return Arrays.stream(Linker.values())
        .filter(l -> l.command.equals(command))
        .findFirst()
        .orElseThrow();
  }

  @TestFactory
  List<DynamicTest> scripts() throws IOException {
    DifferentialTest.needLinkers(dir);
    List<ScriptCase> cases = cases();
    AcceptedRules accepted =
        TESTED == Linker.LLD ? ScriptDifferences.ofLld() : new ScriptDifferences();
    List<DynamicTest> tests = new ArrayList<>();
    for (Target target : Target.values()) {
      Tools.needC(target);
      Path objects = Files.createDirectories(dir.resolve(target.arch));
      ScriptFiles.make(objects, target);
      for (ScriptCase c : cases) {
        if (c.isFor(target)) {
          tests.add(
              DynamicTest.dynamicTest(
                  target + "/" + c.name(), () -> compare(c, target, objects, accepted)));
        }
      }
    }
    tests.add(
        DynamicTest.dynamicTest(
            "every accepted difference occurs", () -> assertEquals(List.of(), accepted.unseen())));
    return tests;
  }

  private List<ScriptCase> cases() throws IOException {
    List<ScriptCase> cases = new ArrayList<>();
    try (Stream<Path> files = Files.list(ScriptCase.DIRECTORY)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        cases.add(ScriptCase.of(file.getFileName().toString().replace(".ld", ""), file));
      }
    }
    Files.createDirectories(dir.resolve("generated"));
    for (Map.Entry<String, String> e : ScriptGenerator.all().entrySet()) {
      Path file = Files.writeString(dir.resolve(e.getKey() + ".ld"), e.getValue());
      cases.add(ScriptCase.of(e.getKey(), file));
    }
    return cases;
  }

  private static void compare(ScriptCase c, Target target, Path objects, AcceptedRules accepted)
      throws IOException {
    Set<String> theirs = facts(Linker.GNU, c, target, objects);
    assertEquals(c.is("fails"), theirs.contains("fails"), () -> "GNU ld: " + theirs);
    Set<String> ours = facts(TESTED, c, target, objects);
    Set<String> differences = new TreeSet<>(Comparator.comparing((String d) -> d.substring(1)));
    Sets.difference(theirs, ours).forEach(fact -> differences.add("-" + fact));
    Sets.difference(ours, theirs).forEach(fact -> differences.add("+" + fact));
    String where = target + "/" + c.name();
    Set<String> unexplained = accepted.unexplained(AGAINST, where, differences);
    if (!unexplained.isEmpty()) {
      Set<String> third = TESTED == Linker.LLD ? Set.of() : facts(Linker.LLD, c, target, objects);
      StringBuilder b = new StringBuilder("\n@@ " + where + " @@");
      for (String d : unexplained) {
        boolean agrees = third.contains(d.substring(1));
        b.append('\n').append(d).append(agrees ? "    (lld too)" : "");
      }
      String script = Files.readString(c.script());
      b.append('\n').append(script, 0, Math.min(SHOWN, script.length()));
      assertEquals("", b.toString());
    }
  }

  private static Set<String> facts(Linker linker, ScriptCase c, Target target, Path objects)
      throws IOException {
    Path output = objects.resolve(c.name().replace('/', '-') + "." + linker.command);
    List<String> args = c.args(target, objects);
    args.addAll(List.of("-o", output.toString()));
    int status;
    String out;
    String err;
    if (linker == Linker.JLD) {
      ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
      ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
      status =
          Main.run(
              args.toArray(String[]::new),
              new PrintStream(outBytes, true, StandardCharsets.UTF_8),
              new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      out = outBytes.toString(StandardCharsets.UTF_8);
      err = errBytes.toString(StandardCharsets.UTF_8);
      assertFalse(err.contains("internal error"), err);
    } else {
      args.addFirst(linker.command);
      Proc p = Proc.run(objects, args);
      status = p.status();
      out = p.out();
      err = p.err();
    }
    if (status != 0) {
      assertEquals(1, status, () -> linker + ": " + err);
      return ScriptFacts.failed(c, out + err);
    }
    Set<String> facts = ScriptFacts.of(c, output, out, err);
    Files.delete(output);
    return facts;
  }
}
