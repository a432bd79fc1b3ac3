package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A test's own {@code jld --server}, in a directory of the test's. */
final class JldServer {
  static final int SECONDS = 60;

  private static final Pattern STATUS =
      Pattern.compile(
          "(?s)server ([0-9]+)\n"
              + "since: .*\n"
              + "links: ([0-9]+), and ([0-9]+) sent back\n"
              + "places: ([0-9]+) of [0-9]+ taken, ([0-9]+) clients waiting\n"
              + "kept: ([0-9]+) files of [0-9]+ MiB, [0-9]+ MiB of the heap, at most [0-9]+ MiB\n"
              + "heap: .*");

  private final Path run;
  private final Path home;

  /**
   * Starts none yet.
   *
   * @param dir where a directory for the server is made
   * @param home of the distribution
   */
  JldServer(Path dir, Path home) throws IOException {
    this.home = home;
    run = dir.resolve("run");
    if (Files.notExists(run)) {
      Files.createDirectory(
          run, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /** What {@code XDG_RUNTIME_DIR} is. */
  Path run() {
    return run;
  }

  String ld() {
    return home + "/bin/ld";
  }

  Map<String, String> environment(boolean served) {
    Map<String, String> all = new TreeMap<>(Map.of("XDG_RUNTIME_DIR", run.toString()));
    all.put("JLD_SERVER", served ? "auto" : "");
    return all;
  }

  /** Runs {@code ld}, in the test's directory. */
  Proc ld(boolean served, List<String> args) {
    List<String> command = new ArrayList<>(List.of(ld()));
    command.addAll(args);
    return Proc.run(run.getParent(), command, environment(served));
  }

  /** Runs {@code jld --server=ACTION}. */
  Proc control(String action, String... options) {
    return control(Map.of(), action, options);
  }

  Proc control(Map<String, String> more, String action, String... options) {
    List<String> command = new ArrayList<>(List.of(home + "/bin/jld", "--server=" + action));
    command.addAll(List.of(options));
    Map<String, String> environment = environment(false);
    environment.putAll(more);
    return Proc.run(run.getParent(), command, environment);
  }

  /** Starts it; its process's number. */
  long start(String... options) {
    Proc p = control("start", options).ok();
    Matcher m = Pattern.compile("jld: server ([0-9]+) has been started\n").matcher(p.out());
    assertTrue(m.matches(), p::toString);
    return Long.parseLong(m.group(1));
  }

  /**
   * Groups: process, links, links sent back, places taken, clients waiting, files kept. Null: none
   * runs.
   */
  Matcher status() {
    Proc p = control("status");
    if (p.status() == 1) {
      assertEquals("jld: no server is running\n", p.out());
      return null;
    }
    Matcher m = STATUS.matcher(p.out());
    assertTrue(m.matches(), p::toString);
    return m;
  }

  int served() {
    return Integer.parseInt(status().group(2));
  }

  int sentBack() {
    return Integer.parseInt(status().group(3));
  }

  /** Waits until one that is started in the background is there. */
  void await() throws InterruptedException {
    for (int i = 0; status() == null; i++) {
      assertTrue(i < SECONDS * 10, "there is no server");
      Thread.sleep(100);
    }
  }

  /** Waits until no link is under way. */
  void awaitQuiet() throws InterruptedException {
    for (int i = 0; ; i++) {
      Matcher m = status();
      if (m.group(4).equals("0") && m.group(5).equals("0")) {
        return;
      }
      assertTrue(i < SECONDS * 10, m.group());
      Thread.sleep(100);
    }
  }

  static void awaitEnd(long pid) throws InterruptedException {
    for (int i = 0; ProcessHandle.of(pid).isPresent(); i++) {
      assertTrue(i < SECONDS * 20, "the process does not end");
      Thread.sleep(50);
    }
  }

  /** Ends all that there are, also those that are being started. */
  void stop() throws InterruptedException {
    control("stop").ok();
    while (!processes().isEmpty()) {
      for (ProcessHandle p : processes()) {
        p.destroy();
        awaitEnd(p.pid());
      }
    }
  }

  List<ProcessHandle> processes() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(this::isServer).toList();
    }
  }

  private boolean isServer(ProcessHandle p) {
    String line = p.info().commandLine().orElse("");
    return line.contains("ServerMain") && line.contains(run.toString());
  }
}
