package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tern.code.Target;

/** What others make of our objects and programs. */
class ToolsTest {
  @TempDir Path dir;

  private String output(String... command) throws Exception {
    Process p;
    try {
      p = new ProcessBuilder(command).redirectErrorStream(true).directory(dir.toFile()).start();
    } catch (IOException e) {
      assumeTrue(false, command[0] + " is not installed");
      throw e;
    }
    p.getOutputStream().close();
    String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    p.waitFor();
    return out;
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void objectsAreSound(Target target) throws Exception {
    for (String name : List.of("hello.tern", "stack.tern", "sort.tern")) {
      Path object = dir.resolve(name + ".o");
      Files.write(object, Compiler.compile(Tern.program(name), target).bytes());
      assertEquals("No errors\n", output("eu-elflint", "--gnu-ld", object.toString()));
    }
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void debugInformationIsRead(Target target) throws Exception {
    Path object = dir.resolve("queens.o");
    Files.write(object, Compiler.compile(Tern.program("queens.tern"), target).bytes());
    String lines = output("readelf", "--debug-dump=info,decodedline,frames", object.toString());
    assertTrue(lines.contains("queens.tern"), lines);
    assertTrue(lines.contains("DW_TAG_formal_parameter"), lines);
    assertTrue(lines.contains("DW_CFA_def_cfa_register"), lines);
    assertTrue(!lines.contains("Warning") && !lines.contains("rror:"), lines);
  }

  /** A debugger stops at a line, knows the caller and the variables' values. */
  @Test
  void debugger() throws Exception {
    Path program = dir.resolve("queens");
    List<String> args = new ArrayList<>(List.of("-o", program.toString()));
    args.add(Path.of("programs/queens.tern").toAbsolutePath().toString());
    assertEquals(0, Main.run(args.toArray(String[]::new), System.err));
    String out =
        output(
            "gdb",
            "-q",
            "-nx",
            "-batch",
            "-ex",
            "break queens.tern:5 if columns == all",
            "-ex",
            "run 4",
            "-ex",
            "info args",
            "-ex",
            "backtrace",
            "-ex",
            "up 4",
            "-ex",
            "info locals",
            program.toString());
    assumeTrue(out.contains("Breakpoint 1, "), "gdb can't run programs here");
    assertTrue(out.contains("all = 15"), out);
    assertTrue(out.contains("columns = 15"), out);
    assertTrue(out.matches("(?s).*#4 .* ways \\(all=15, columns=0, left=0, right=0\\).*"), out);
    assertTrue(out.matches("(?s).*#5 .* main \\(.*"), out);
    assertTrue(out.contains("found = 0"), out);
  }
}
