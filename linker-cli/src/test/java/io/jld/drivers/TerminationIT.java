package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link that is told to end, at any moment of it, leaves what stood at the output's path. */
@Isolated("processes and times are watched")
class TerminationIT {
  private static final int MOMENTS = 8;

  @TempDir Path dir;

  private List<String> command(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", "int main(void) { return 0; }");
    List<String> command = new ArrayList<>(List.of(Distribution.ld().toString()));
    command.addAll(w.commandLine("gcc", "-static", main));
    command.addAll(List.of("-o", dir.resolve("program").toString()));
    return command;
  }

  @ParameterizedTest
  @EnumSource
  void terminated(Target target) throws Exception {
    List<String> command = command(target);
    Path output = dir.resolve("program");
    long start = System.nanoTime();
    assertEquals(0, start(command).waitFor());
    long whole = System.nanoTime() - start;
    byte[] linked = Files.readAllBytes(output);
    for (int i = 1; i <= MOMENTS; i++) {
      Files.writeString(output, "before");
      Process link = start(command);
      TimeUnit.NANOSECONDS.sleep(whole * i / MOMENTS);
      link.destroy(); // SIGTERM
      int status = link.waitFor();
      // A JVM that is still starting may end in its own way.
      boolean starting = said().startsWith("Error occurred during initialization of VM");
      assertTrue(
          status == 0 || status == 128 + 15 || (status == 1 && starting),
          () -> "status " + status + ": " + said());
      if (status == 0) {
        assertEquals(linked.length, Files.size(output));
      } else if (Files.size(output) != linked.length) {
        assertEquals("before", Files.readString(output));
      }
      assertTrue(temporaries().isEmpty(), () -> String.valueOf(temporaries()));
    }
  }

  /** SIGKILL leaves what it finds; the next link to the same output removes it. */
  @ParameterizedTest
  @EnumSource
  void killed(Target target) throws Exception {
    List<String> command = command(target);
    Path output = dir.resolve("program");
    long start = System.nanoTime();
    assertEquals(0, start(command).waitFor());
    long whole = System.nanoTime() - start;
    byte[] linked = Files.readAllBytes(output);
    for (int i = 1; i <= MOMENTS; i++) {
      Files.writeString(output, "before");
      Process link = start(command);
      TimeUnit.NANOSECONDS.sleep(whole * i / MOMENTS);
      link.destroyForcibly().waitFor();
      if (Files.size(output) != linked.length) {
        assertEquals("before", Files.readString(output));
      }
    }
    assertEquals(0, start(command).waitFor());
    assertTrue(temporaries().isEmpty(), () -> String.valueOf(temporaries()));
    assertArrayEquals(linked, Files.readAllBytes(output));
  }

  /** Links to one output at once: whoever ends last has written it. */
  @ParameterizedTest
  @EnumSource
  void aLinkThatRunsIsNotHarmed(Target target) throws Exception {
    List<String> command = command(target);
    Path output = dir.resolve("program");
    assertEquals(0, start(command).waitFor());
    byte[] linked = Files.readAllBytes(output);
    for (int i = 0; i < 4; i++) {
      Process stopped = start(command);
      while (stopped.isAlive() && temporaries().size() < 2) {
        TimeUnit.MICROSECONDS.sleep(200);
      }
      signal("-STOP", stopped);
      assertEquals(0, start(command).waitFor());
      Files.writeString(output, "before");
      signal("-CONT", stopped);
      assertEquals(0, stopped.waitFor());
      assertTrue(temporaries().isEmpty(), () -> String.valueOf(temporaries()));
    }
    assertEquals(0, start(command).waitFor());
    assertArrayEquals(linked, Files.readAllBytes(output));
  }

  private static void signal(String signal, Process process) throws Exception {
    new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
  }

  private Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("said").toFile())
        .directory(dir.toFile())
        .start();
  }

  private String said() {
    try {
      return Files.readString(dir.resolve("said"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private List<Path> temporaries() {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(f -> f.getFileName().toString().startsWith(".jld")).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
