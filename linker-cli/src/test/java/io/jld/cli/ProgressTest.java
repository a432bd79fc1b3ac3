package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.DiagnosticCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line on a terminal about a link that takes long. */
class ProgressTest {
  private static final String ERASE = "\r\033[K";

  @TempDir Path dir;

  /** Surroundings whose standard error says to be such a file. */
  private Surroundings around(Capture c, String device, Map<String, String> environment)
      throws IOException {
    Path stderr = Files.createSymbolicLink(dir.resolve("2"), Path.of(device));
    return new Surroundings(
        environment,
        c.out,
        c.err,
        stderr,
        () -> "",
        null,
        null,
        0,
        () -> {},
        () -> false,
        true,
        null);
  }

  /** A pass goes on for so long; then something is printed, and the link ends. */
  private static String link(Console console, Capture c, long millis) throws InterruptedException {
    try (Progress progress = console.progress()) {
      if (progress != null) {
        progress.accept("read inputs");
      }
      Thread.sleep(millis);
      console.error(DiagnosticCode.NO_INPUTS, "e");
    }
    return c.err();
  }

  @Test
  void fromTheSecondSecondOn() throws Exception {
    Capture c = new Capture();
    Console console = new Console(around(c, "/dev/pts/7", Map.of("TERM", "xterm")));
    String said = link(console, c, 1100);
    Pattern line =
        Pattern.compile(
            "\r\033\\[K\033\\[2mjld: 1\\.[0-9] s: read inputs\033\\[0m(\r\033\\[K.*)?\r\033\\[K"
                + "\033\\[1mjld: .*error: .*e.*\n",
            Pattern.DOTALL);
    assertTrue(line.matcher(said).matches(), said);
  }

  @Test
  void noColours() throws Exception {
    Capture c = new Capture();
    Map<String, String> environment = new HashMap<>(Map.of("TERM", "xterm", "NO_COLOR", "1"));
    String said = link(new Console(around(c, "/dev/pts/7", environment)), c, 1100);
    assertTrue(said.startsWith(ERASE + "jld: 1."), said);
    assertTrue(said.contains(ERASE + "jld: error: e"), said);
  }

  @Test
  void notOfAShortLink() throws Exception {
    Capture c = new Capture();
    Map<String, String> environment = Map.of("TERM", "xterm", "NO_COLOR", "1");
    Console console = new Console(around(c, "/dev/pts/7", environment));
    String said = link(console, c, 0);
    assertTrue(said.startsWith("jld: error: e"), said);
  }

  @Test
  void notElsewhere() throws Exception {
    Capture c = new Capture();
    Console console = new Console(around(c, "/tmp/log", Map.of("TERM", "xterm")));
    assertEquals(null, console.progress());
    Files.delete(dir.resolve("2"));
    console = new Console(around(c, "/dev/pts/7", Map.of("TERM", "dumb")));
    assertEquals(null, console.progress());
  }
}
