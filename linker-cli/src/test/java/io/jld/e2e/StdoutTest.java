package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.cli.JldTool;
import io.jld.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Standard output and reports: what can't be written is an error, and leaves the output's path as
 * it was; {@code -o -}.
 */
class StdoutTest {
  private static final String START = "void _start(void) { for (;;) {} }";

  @TempDir Path dir;

  /** A standard output without room. */
  private static final class Full extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  private record Run(int status, byte[] out, String err) {}

  private static Run run(OutputStream stdout, List<String> args) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            args.toArray(String[]::new),
            new PrintStream(stdout, false, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    byte[] out = stdout instanceof ByteArrayOutputStream b ? b.toByteArray() : new byte[0];
    return new Run(status, out, err.toString(StandardCharsets.UTF_8));
  }

  private void keepsTheOutput(OutputStream stdout, Path object, String message, String... args)
      throws IOException {
    Path output = Files.writeString(dir.resolve("output"), "what stood here");
    List<String> all = new ArrayList<>(Arrays.asList(args));
    all.addAll(List.of(object.toString(), "-o", output.toString()));
    Run x = run(stdout, all);
    assertEquals(
        "jld: error: a report cannot be written: " + message + " [report-not-writable]\n",
        x.err,
        "" + all);
    assertEquals(1, x.status, all::toString);
    assertEquals("what stood here", Files.readString(output), all::toString);
  }

  @ParameterizedTest
  @EnumSource
  void reportsThatCannotBeWritten(Target target) throws IOException {
    Tools.need("gcc");
    assumeTrue(Files.exists(Path.of("/dev/full")));
    Workbench w = new Workbench(dir, target);
    StringBuilder many = new StringBuilder(START); // more than buffers hold
    for (int i = 0; i < 1000; i++) {
      many.append("void long_name_of_function_").append(i).append("(void) {}\n");
    }
    List<Path> objects = List.of(w.c("few", START), w.c("many", many.toString()));
    for (Path object : objects) {
      String full = "/dev/full: No space left on device";
      keepsTheOutput(new ByteArrayOutputStream(), object, full, "-Map=/dev/full");
      keepsTheOutput(new ByteArrayOutputStream(), object, full, "-Map=/dev/full", "--cref");
      keepsTheOutput(new ByteArrayOutputStream(), object, full, "--dependency-file=/dev/full");
      keepsTheOutput(new ByteArrayOutputStream(), object, full, "--time-trace=/dev/full");
      String none = dir + "/no/such: No such file or directory";
      for (String option : List.of("-Map", "--dependency-file", "--time-trace")) {
        keepsTheOutput(new ByteArrayOutputStream(), object, none, option + "=" + dir + "/no/such");
      }
      for (String option : List.of("-t", "-M", "--cref", "--stats", "--print-blocks", "-v")) {
        keepsTheOutput(new Full(), object, "standard output: cannot be written", option);
      }
      assertEquals(0, run(new Full(), List.of("" + object, "-o", dir + "/silent")).status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-v", "-V", "--help", "--target-help", "--verbose"})
  void informationThatCannotBeWritten(String option) {
    Run x = run(new Full(), List.of(option));
    assertEquals(1, x.status);
    assertEquals("jld: error: standard output: cannot be written [report-not-writable]\n", x.err);
  }

  @ParameterizedTest
  @EnumSource
  void outputToStandardOutput(Target target) throws IOException {
    Tools.need("gcc");
    Workbench w = new Workbench(dir, target);
    String object = w.c("a", START).toString();
    Path file = dir.resolve("output");
    for (List<String> args :
        List.of(
            List.of(object),
            List.of("-r", object),
            List.of("-shared", object),
            List.of("--oformat", "binary", object))) {
      List<String> toFile = new ArrayList<>(args);
      toFile.addAll(List.of("-o", file.toString()));
      assertEquals(0, run(new ByteArrayOutputStream(), toFile).status);
      List<String> toStdout = new ArrayList<>(args);
      toStdout.addAll(List.of("-o", "-"));
      Run x = run(new ByteArrayOutputStream(), toStdout);
      assertEquals("", x.err);
      assertEquals(0, x.status);
      assertArrayEquals(Files.readAllBytes(file), x.out, args::toString);
      assertFalse(Files.exists(Path.of("-")));

      toStdout.addAll(List.of("-t", "-Map", "-", "--stats", "--dependency-file", "-"));
      Run mixed = run(new ByteArrayOutputStream(), toStdout);
      assertEquals(0, mixed.status);
      assertArrayEquals(x.out, mixed.out, "reports go to stderr");
      for (String part : List.of(object + "\n", "\nOUTPUT(- ", "\n-: \\\n", "\npeak heap (MiB)")) {
        assertTrue(mixed.err.contains(part), () -> part + " in " + mixed.err);
      }
      Run full = run(new Full(), toStdout.subList(0, args.size() + 2));
      assertEquals("jld: error: -: cannot be written [output-not-writable]\n", full.err);
      assertEquals(1, full.status);
    }
    Run failed = run(new ByteArrayOutputStream(), List.of(object, "-o", "-", "-u", "x", "-lnone"));
    assertEquals(1, failed.status);
    assertEquals(0, failed.out.length);
  }

  /** {@code ToolProvider.run} with writers: they would take an output apart. */
  @Test
  void writersTakeNoOutput() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    JldTool tool = new JldTool();
    assertEquals(1, tool.run(new PrintWriter(out), new PrintWriter(err), "-o", "-", "/no/such.o"));
    assertEquals("", out.toString());
    assertEquals(
        "jld: error: -o -: standard output takes text only here [output-not-writable]\n",
        err.toString());
  }
}
