package io.jld.drivers;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link that is told to end, at any moment of it, leaves what stood at the output's path. */
class TerminationIT {
  private static final int MOMENTS = 12;

  @TempDir Path dir;

  @ParameterizedTest
  @EnumSource
  void terminated(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", "int main(void) { return 0; }");
    Path output = dir.resolve("program");
    List<String> command = new ArrayList<>(List.of(Distribution.ld().toString()));
    command.addAll(w.commandLine("gcc", "-static", main));
    command.addAll(List.of("-o", output.toString()));
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
      if (status == 0) {
        assertEquals(linked.length, Files.size(output));
      } else if (Files.size(output) != linked.length) {
        assertEquals("before", Files.readString(output));
      }
      assertTrue(temporaries().isEmpty(), () -> String.valueOf(temporaries()));
    }
  }

  private Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .directory(dir.toFile())
        .start();
  }

  private List<Path> temporaries() {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(f -> f.getFileName().toString().startsWith(".jld")).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
