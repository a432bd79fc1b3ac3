package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command that has run to its end.
 *
 * @param status exit status; 128 and the signal's number after a signal
 */
public record Proc(List<String> command, int status, String out, String err) {
  private static final int SECONDS = 120;

  public static Proc run(Path dir, List<String> command) {
    return run(dir, command, Map.of());
  }

  public static Proc run(Path dir, List<String> command, Map<String, String> environment) {
    try {
      Path out = Files.createTempFile(dir, "stdout", null);
      Path err = Files.createTempFile(dir, "stderr", null);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(dir.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("LC_ALL", "C");
      builder.environment().putAll(environment);
      Process process = start(builder);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("no end after " + SECONDS + " s: " + command);
      }
      Proc done =
          new Proc(
              command,
              process.exitValue(),
              Files.readString(out, StandardCharsets.ISO_8859_1),
              Files.readString(err, StandardCharsets.ISO_8859_1));
      Files.delete(out);
      Files.delete(err);
      return done;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /**
   * Starts a process. A program that this JVM has just written may be "busy": a child that another
   * thread started meanwhile has the descriptor too, until it runs a program of its own.
   */
  private static Process start(ProcessBuilder builder) throws IOException, InterruptedException {
    for (int attempt = 0; ; attempt++) {
      try {
        return builder.start();
      } catch (IOException e) {
        if (attempt == 100 || !String.valueOf(e.getMessage()).contains("Text file busy")) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  /** Fails the test unless the command succeeded. */
  public Proc ok() {
    assertEquals(0, status, this::toString);
    return this;
  }

  @Override
  public String toString() {
    return String.join(" ", command) + "\nstatus " + status + "\n" + out + err;
  }
}
