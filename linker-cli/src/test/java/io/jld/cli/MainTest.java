package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @Test
  void withoutInputsItIsAnError() {
    Capture c = Capture.run("-o", "x");
    assertEquals(1, c.status);
    assertEquals("jld: error: no input files [no-inputs]\n", c.err());
    assertEquals("", c.out());
  }

  @Test
  void informationIsEnough() {
    assertEquals(0, Capture.run("-v").status);
    assertEquals(0, Capture.run("--print-sysroot").status);
    assertEquals("/x\n", Capture.run("--sysroot=/x", "--print-sysroot").out());
    assertTrue(Capture.run("--verbose").out().contains("SEARCH_DIR(\"=/usr/lib\");\n"));
  }

  @Test
  void reportsEveryError() {
    Capture c = Capture.run("--gc-sectoins", "-z", "foo", "-o");
    assertEquals(1, c.status);
    assertEquals(
        """
        jld: warning: unknown -z option ignored: foo [unknown-option]
        jld: error: unrecognized option '--gc-sectoins'; did you mean --gc-sections? [unknown-option]
        jld: error: option '-o' needs a value [invalid-value]
        """,
        c.err());
  }

  @Test
  void fatalWarningsStopBeforeTheLink() {
    Capture c = Capture.run("-z", "foo", "--fatal-warnings", "a.o");
    assertEquals(1, c.status);
    assertTrue(
        c.err().endsWith("jld: error: warnings are errors (--fatal-warnings) [fatal-warnings]\n"),
        c.err());
  }

  @Test
  void anUnknownArchitectureIsAnError(@TempDir Path dir) throws IOException {
    Path input = Files.write(dir.resolve("a.o"), new byte[] {1});
    Capture c = Capture.run("--arch", "pdp11", "-o", dir.resolve("x").toString(), input.toString());
    assertEquals(1, c.status);
    assertTrue(c.err().startsWith("jld: error: "), c.err());
    assertFalse(Files.exists(dir.resolve("x")));
  }

  /** A whole link, with the reports that the program itself makes of it. */
  @Test
  void links(@TempDir Path dir) throws Exception {
    Path source = dir.resolve("a.c");
    Files.writeString(
        source,
        """
        void _start(void) {
          __asm__ volatile("mov $60, %eax; mov $42, %edi; syscall");
        }
        """);
    assumeTrue(System.getProperty("os.arch").equals("amd64"), "the program is for x86-64");
    assumeTrue(run("gcc", "-c", "-o", dir + "/a.o", "" + source) == 0, "needs gcc");
    Path output = dir.resolve("a");
    Path trace = dir.resolve("trace.json");
    Capture c =
        Capture.run(
            "-static",
            "-o",
            "" + output,
            dir + "/a.o",
            "--stats",
            "--time-trace=" + trace,
            "-z",
            "noexecstack");
    assertEquals("", c.err());
    assertEquals(0, c.status);
    assertEquals(42, run(output.toString()));
    assertTrue(c.out().contains("read inputs "), c.out());
    assertTrue(c.out().contains("peak heap (MiB) "), c.out());
    assertTrue(Files.readString(trace).contains("\"read inputs\""));
  }

  /** The exit status; 127 where there is no such program. */
  private static int run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
    } catch (IOException e) {
      return 127;
    }
  }

  @Test
  void takesResponseFiles(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("rsp"), "--version");
    assertTrue(Capture.run("@" + file).out().startsWith("GNU ld"));
    Capture c = Capture.run("@" + dir);
    assertEquals("jld: error: @" + dir + ": is a directory [unreadable-file]\n", c.err());
  }

  @Test
  void isATool() {
    ToolProvider tool = ToolProvider.findFirst("jld").orElseThrow();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertEquals(0, tool.run(new PrintWriter(out), new PrintWriter(err), "--version"));
    assertTrue(out.toString().startsWith(Version.line() + "\n"), out.toString());
    assertEquals(1, tool.run(new PrintWriter(out), new PrintWriter(err), "--défaut"));
    assertEquals("jld: error: unrecognized option '--défaut' [unknown-option]\n", err.toString());
  }
}
