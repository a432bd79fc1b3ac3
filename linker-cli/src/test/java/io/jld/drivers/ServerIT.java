package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links through {@code jld --server}: they are what they are without, whoever is killed. */
@Isolated("processes and times are watched")
class ServerIT {
  private static final String MAIN =
      """
      #include <stdio.h>
      int main(void) { return puts("linked") < 0; }
      """;

  private static final int SIGINT = 2;
  private static final int MOMENTS = 8;

  @TempDir Path dir;
  private JldServer server;

  @BeforeEach
  void directory() throws IOException {
    server = new JldServer(dir, Distribution.home());
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private List<String> link(Target target, Path output, String... flags) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    List<String> args = new ArrayList<>(w.commandLine("gcc", flags, w.c("main", MAIN)));
    args.addAll(List.of("-o", output.toString()));
    return args;
  }

  @Test
  void isStartedInTheBackground() throws Exception {
    List<String> args = link(Target.AMD64, dir.resolve("out"));
    server.ld(false, args).ok();
    assertEquals(null, server.status());
    try (Stream<Path> all = Files.list(server.run())) {
      assertEquals(List.of(), all.toList());
    }
    server.ld(true, args).ok();
    server.await();
    assertEquals(0, server.served());
    server.ld(true, args).ok();
    assertEquals(1, server.served());
    Matcher m = server.status();
    assertEquals("jld: server " + m.group(1) + " is running\n", server.control("start").ok().out());
    assertEquals("jld: server " + m.group(1) + " is running\n", server.control("start").ok().out());
    assertEquals("", server.control("stop").ok().out());
    assertEquals(null, server.status());
    JldServer.awaitEnd(Long.parseLong(m.group(1)));
  }

  /** Many clients find no server at once, and one is started. */
  @Test
  void isStartedOnce() throws Exception {
    List<String> args = link(Target.AMD64, dir.resolve("out"));
    List<Process> links = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      List<String> one = new ArrayList<>(args); // compiled once: the others read the object
      one.addAll(List.of("-o", dir.resolve("out" + i).toString()));
      links.add(begin(one));
    }
    for (Process p : links) {
      int status = p.waitFor();
      assertEquals(0, status, () -> said());
    }
    server.await();
    assertEquals(1, server.processes().size());
  }

  @Test
  void wrongActions() {
    Proc p = server.control("fly");
    assertEquals(1, p.status());
    assertTrue(p.err().startsWith("jld: error: --server=fly: "), p::toString);
    p = server.control("start", "--fly");
    assertEquals(1, p.status());
    assertTrue(p.err().contains("unknown option --fly"), p::toString);
    p = server.ld(false, List.of("x.o", "--server"));
    assertEquals(1, p.status());
    assertTrue(p.err().contains("--server"), p::toString);
  }

  private Process begin(List<String> args) throws IOException {
    List<String> command = new ArrayList<>(List.of(server.ld()));
    command.addAll(args);
    ProcessBuilder b = new ProcessBuilder(command).directory(dir.toFile());
    b.redirectErrorStream(true).redirectOutput(dir.resolve("said").toFile());
    b.environment().putAll(server.environment(true));
    return b.start();
  }

  /** What the links that were begun have printed. */
  private String said() {
    try {
      return Files.readString(dir.resolve("said"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> temporaries() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(f -> f.getFileName().toString().startsWith(".jld")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void aKilledClientLeavesNoOutput(String signal) throws Exception {
    assumeFalse(
        signal.equals("INT") && ignoresInterrupts(),
        "SIGINT is ignored, as by what a shell has in the background, and so by all that is"
            + " started");
    Path output = dir.resolve("program");
    List<String> args = link(Target.AMD64, output, "-static");
    server.start();
    for (int i = 0; i < 3; i++) {
      server.ld(true, args).ok();
    }
    byte[] linked = Files.readAllBytes(output);
    long from = System.nanoTime();
    server.ld(true, args).ok();
    long whole = System.nanoTime() - from;
    int unfinished = 0;
    // How long a link takes is not always the same: if none was under way, the signals come sooner.
    for (int i = 1; i <= MOMENTS || unfinished == 0 && i <= 8 * MOMENTS; i++) {
      Files.writeString(output, "before");
      Process link = begin(args);
      int round = (i - 1) / MOMENTS;
      TimeUnit.NANOSECONDS.sleep(whole * (i - round * MOMENTS) / MOMENTS / (2 + round));
      signal(signal, link.pid());
      int status = link.waitFor();
      server.awaitQuiet();
      assertEquals(List.of(), temporaries());
      if (Files.size(output) == linked.length) { // it was about to take its name
        assertArrayEquals(linked, Files.readAllBytes(output));
      } else {
        assertNotEquals(0, status);
        assertEquals("before", Files.readString(output));
        unfinished++;
      }
    }
    assertTrue(unfinished > 0, "no link was ended");
    server.ld(true, args).ok();
    assertArrayEquals(linked, Files.readAllBytes(output));
  }

  /** proc(5), "SigIgn": a mask of signals from 1 on. */
  private static boolean ignoresInterrupts() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("SigIgn:")) {
        return (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 1L << SIGINT - 1) != 0;
      }
    }
    return false;
  }

  private static void signal(String signal, long pid) throws Exception {
    new ProcessBuilder("kill", "-" + signal, String.valueOf(pid)).start().waitFor();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "KILL"})
  void aLinkOutlivesAKilledServer(String signal) throws Exception {
    Path output = dir.resolve("program");
    List<String> args = link(Target.AMD64, output, "-static");
    server.ld(false, args).ok();
    byte[] linked = Files.readAllBytes(output);
    for (int i = 0; i < MOMENTS / 2; i++) {
      Files.delete(output);
      long pid = server.start();
      Process link = begin(args);
      TimeUnit.MILLISECONDS.sleep(60L * i);
      signal(signal, pid);
      assertTrue(
          link.waitFor(JldServer.SECONDS, TimeUnit.SECONDS), "waits for a server that is gone");
      assertEquals("", said());
      assertEquals(0, link.exitValue());
      assertArrayEquals(linked, Files.readAllBytes(output));
      assertEquals(List.of(), temporaries());
      // That link may have started another one.
      server.stop();
    }
  }

  @Test
  void manyAtOnceLeaveNothingBehind() throws Exception {
    List<String> args = link(Target.AMD64, dir.resolve("expected"), "-static");
    server.ld(false, args).ok();
    byte[] linked = Files.readAllBytes(dir.resolve("expected"));
    long pid = server.start();
    args = args.subList(0, args.size() - 1);
    int before = 0;
    for (int round = 0; round < 2; round++) {
      List<Process> links = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        List<String> one = new ArrayList<>(args);
        one.add(dir.resolve("out" + i).toString());
        links.add(begin(one));
      }
      for (int i = 0; i < links.size(); i++) {
        if (i % 5 == 1) {
          signal("KILL", links.get(i).pid());
          links.get(i).waitFor();
        } else {
          assertEquals(0, links.get(i).waitFor());
          assertArrayEquals(linked, Files.readAllBytes(dir.resolve("out" + i)));
        }
      }
      server.awaitQuiet();
      Thread.sleep(6000); // a slot that a killed client has taken is free then
      assertEquals(List.of(), temporaries());
      try (Stream<Path> all = Files.walk(server.run())) {
        assertEquals(0, all.filter(f -> f.toString().endsWith(".taken")).count());
      }
      try (Stream<Path> fds = Files.list(Path.of("/proc/" + pid + "/fd"))) {
        int now = (int) fds.count();
        assertTrue(round == 0 || now <= before + 2, before + " descriptors, and then " + now);
        before = now;
      }
    }
  }

  @Test
  void memoryIsShortForOneLink() throws IOException {
    Path big = dir.resolve("big.s");
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < 400_000; i++) {
      s.append(".globl a_name_that_is_long_enough_").append(i).append('\n');
      s.append("a_name_that_is_long_enough_").append(i).append(":\n");
    }
    Files.writeString(big, s);
    Path object = dir.resolve("big.o");
    Proc.run(dir, List.of("as", big.toString(), "-o", object.toString())).ok();
    List<String> small = link(Target.AMD64, dir.resolve("out"));
    Map<String, String> few = server.environment(true);
    few.put("JLD_JAVA_OPTS", "-Xmx16m -XX:+UseSerialGC");
    server.control(few, "start").ok();
    List<String> large = List.of(server.ld(), "-r", object.toString(), "-o", "large");
    Proc p = Proc.run(dir, large, few);
    assertEquals(1, p.status());
    assertTrue(p.err().startsWith("jld: error: out of memory: "), p::toString);
    assertFalse(Files.exists(dir.resolve("large")));
    List<String> command = new ArrayList<>(List.of(server.ld()));
    command.addAll(small);
    p = Proc.run(dir, command, few).ok();
    assertEquals("", p.out() + p.err());
    assertEquals(2, server.served());
    // A client with other options is not this server's.
    Proc.run(dir, large, server.environment(true)).ok();
    assertEquals(2, server.served());
    assertEquals(1, server.sentBack());
  }

  /** As in a container in which threads may not have directories of their own. */
  @Test
  void inOneDirectoryAfterTheOther() throws Exception {
    List<String> args = new ArrayList<>(link(Target.AMD64, Path.of("out"), "-static"));
    server.ld(false, args).ok();
    byte[] linked = Files.readAllBytes(dir.resolve("out"));
    int main = args.indexOf(dir.resolve("main.o").toString());
    args.set(main, "main.o");
    args.addFirst(server.ld());
    Map<String, String> one = server.environment(true);
    one.put("JLD_JAVA_OPTS", "-Djld.server.onedirectory=true");
    server.control(one, "start").ok();
    List<Process> links = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path in = Files.createDirectory(dir.resolve("in" + i));
      Files.copy(dir.resolve("main.o"), in.resolve("main.o"));
      String script = "umask 0" + (i % 2 == 0 ? "22" : "77") + "; exec \"$@\"";
      List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
      command.addAll(args);
      ProcessBuilder b = new ProcessBuilder(command).directory(in.toFile()).inheritIO();
      b.environment().putAll(one);
      links.add(b.start());
    }
    for (int i = 0; i < links.size(); i++) {
      assertEquals(0, links.get(i).waitFor());
      Path out = dir.resolve("in" + i + "/out");
      assertArrayEquals(linked, Files.readAllBytes(out));
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(out));
      assertEquals(i % 2 == 0 ? "rwxr-xr-x" : "rwx------", mode);
    }
    assertEquals(8, server.served());
  }

  /** Whoever could write there could answer in the server's name. */
  @Test
  void aDirectoryThatIsOpenToOthers() throws Exception {
    List<String> args = link(Target.AMD64, dir.resolve("out"));
    long pid = server.start();
    server.ld(true, args).ok();
    Files.setPosixFilePermissions(
        server.run().resolve("jld"), PosixFilePermissions.fromString("rwxrwxr-x"));
    server.ld(true, args).ok();
    JldServer.awaitEnd(pid);
    assertEquals(null, server.status());
    server.ld(true, args).ok();
    Proc p = server.control("start");
    assertEquals(1, p.status());
    assertTrue(p.err().contains("0700"), p::toString);
  }

  @Test
  void aDirectoryThatIsALink() throws Exception {
    List<String> args = link(Target.AMD64, dir.resolve("out"));
    server.start();
    Files.move(server.run().resolve("jld"), dir.resolve("moved"));
    Files.createSymbolicLink(server.run().resolve("jld"), dir.resolve("moved"));
    server.ld(true, args).ok();
    assertEquals(1, server.control("start").status());
    Files.delete(server.run().resolve("jld"));
    Files.move(dir.resolve("moved"), server.run().resolve("jld"));
    assertEquals(0, server.served());
  }

  @Test
  void endsWhenItsDirectoryIsGone() throws Exception {
    long pid = server.start();
    Proc.run(dir, List.of("rm", "-r", server.run().resolve("jld").toString())).ok();
    JldServer.awaitEnd(pid);
  }

  @Test
  void endsWhenNobodyAsks() throws Exception {
    JldServer.awaitEnd(server.start("--idle=0"));
    assertEquals(null, server.status());
  }

  @Test
  void endsWhenAJarIsAnother() throws Exception {
    List<String> args = link(Target.AMD64, dir.resolve("out"));
    Path home = dir.resolve("jld home");
    Proc.run(dir, List.of("cp", "-a", Distribution.home().toString(), home.toString())).ok();
    server = new JldServer(dir, home);
    long first = server.start();
    server.ld(true, args).ok();
    assertEquals(1, server.served());
    Path jar = home.resolve("lib/linker-core.jar");
    Files.copy(jar, dir.resolve("copy"));
    Files.move(dir.resolve("copy"), jar, StandardCopyOption.REPLACE_EXISTING);
    server.ld(true, args).ok();
    JldServer.awaitEnd(first);
    long second = server.start();
    assertNotEquals(first, second);
    Files.createFile(home.resolve("lib/arch/new.jar"));
    server.ld(true, args);
    JldServer.awaitEnd(second);
  }

  /** Somebody may wait for the end of a pipe, or for a lock, or want to unmount a directory. */
  @Test
  void keepsNothingOfWhoStartedIt() throws Exception {
    String script = "exec 3> three 7> seven 8>&1 12> twelve; \"${1%ld}jld\" --server";
    List<String> command = List.of("bash", "-uc", script, "sh", server.ld());
    Proc.run(dir, command, server.environment(false)).ok();
    String pid = server.status().group(1);
    try (Stream<Path> fds = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path fd : fds.toList()) {
        String file = Files.readSymbolicLink(fd).toString();
        assertFalse(file.startsWith(dir + "/") && !file.startsWith(server.run() + "/"), file);
      }
    }
    assertEquals("/", Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).toString());
  }
}
