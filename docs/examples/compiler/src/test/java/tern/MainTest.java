package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line. */
class MainTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) throws Exception {
    return Main.run(args, new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void writesAProgram(@TempDir Path dir) throws Exception {
    Path program = dir.resolve("program");
    assertEquals(0, run("-o", program.toString(), "programs/hello.tern"), err());
    assertTrue(Files.isExecutable(program));
    Process p = new ProcessBuilder(program.toString(), "x").start();
    assertEquals(
        "Hello, 1 arguments.\n1: x\n",
        new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertEquals(0, p.waitFor());
  }

  @Test
  void statusIsTheProgrammes(@TempDir Path dir) throws Exception {
    Path source = dir.resolve("count.tern");
    Files.writeString(source, "fn main(args: string[]): int { return len(args); }\n");
    assertEquals(3, run(source.toString(), "--", "a", "b"));
    assertEquals("", err());
  }

  @Test
  void errors() throws Exception {
    assertEquals(1, run("programs/stack.tern"));
    assertEquals("error: the program has no function 'main'\n", err());
  }

  @Test
  void usage() throws Exception {
    for (String[] args :
        new String[][] {
          {}, {"--arch"}, {"--arch", "vax", "x"}, {"-x", "y"}, {"-o"}, {"--", "x"}, {"-o", "x"}
        }) {
      assertEquals(2, run(args));
    }
    assertTrue(err().startsWith("usage: tern "), err());
  }

  @Test
  void noSuchFile() throws Exception {
    assertEquals(1, run("programs/none.tern"));
    assertEquals("error: programs/none.tern: there is no such file, or it can't be read\n", err());
  }
}
