package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The distribution's {@code bin/ld} with a server that makes its links, in place of jld in this
 * process. All tests that link through a {@link Workbench} use it with {@code -Djld.served=true}.
 */
final class Served implements AutoCloseable {
  private static final Path HOME = Path.of("target/jld").toAbsolutePath();

  /** For all of this JVM; null where links are made in it. */
  private static Served current = Boolean.getBoolean("jld.served") ? atOnce() : null;

  private final Path dir;
  private int links;

  private Served() throws IOException {
    dir = Files.createTempDirectory("jld-served"); // its mode is 0700
    control("start");
  }

  private static Served atOnce() {
    try {
      Served made = new Served();
      Runtime.getRuntime().addShutdownHook(new Thread(made::close));
      return made;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Null where links are made in this process. */
  static synchronized Served current() {
    return current;
  }

  /** From now on links are served, until this is closed. */
  static synchronized Served begin() throws IOException {
    current = new Served();
    return current;
  }

  private Proc control(String action) {
    return Proc.run(dir, List.of(HOME + "/bin/jld", "--server=" + action), environment()).ok();
  }

  private Map<String, String> environment() {
    return Map.of("XDG_RUNTIME_DIR", dir.toString(), "JLD_SERVER", "auto");
  }

  Linked link(Path in, List<String> args, Path output) {
    List<String> command = new ArrayList<>(List.of(HOME + "/bin/ld"));
    command.addAll(args);
    Proc p = Proc.run(in, command, environment());
    synchronized (this) {
      links++;
    }
    return new Linked(args, p.status(), utf8(p.out()), utf8(p.err()), output);
  }

  private static String utf8(String read) {
    return new String(read.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Ends the server, which must have made the links. */
  @Override
  public void close() {
    synchronized (Served.class) {
      current = null;
    }
    String status = control("status").out();
    control("stop");
    // Until it has ended, it removes what it has in the directory itself.
    ProcessHandle.of(Long.parseLong(number(status, "server ([0-9]+)")))
        .ifPresent(p -> p.onExit().join());
    try (Stream<Path> all = Files.walk(dir)) {
      all.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    // Some tests link what the server sends back: a FIFO, /dev/stdout.
    int made = Integer.parseInt(number(status, "links: ([0-9]+)"));
    int sentBack = Integer.parseInt(number(status, "and ([0-9]+) sent back"));
    assertEquals(links, made + sentBack, status);
    assertTrue(made >= links * 0.9, status);
  }

  private static String number(String status, String pattern) {
    Matcher m = Pattern.compile(pattern).matcher(status);
    assertTrue(m.find(), status);
    return m.group(1);
  }
}
