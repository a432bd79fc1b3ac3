package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.drivers.WorkerProtocol.Request;
import io.jld.drivers.WorkerProtocol.Response;
import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code jld --persistent_worker}, asked as Bazel asks: links are those of a process of their own,
 * and nothing but the protocol is on standard output.
 */
class WorkerIT {
  private static final String MAIN =
      """
      #include <stdio.h>
      int main(void) { return puts(TEXT) < 0; }
      """;

  /** A link of some tenths of a second, which takes some 30 MiB. */
  private static final String LARGE =
      """
      .altmacro
      .macro function n
      .section .text.f\\n, "ax"
      .globl f\\n
      f\\n: .quad f\\n
      .endm
      .set i, 0
      .rept 60000
      function %i
      .set i, i + 1
      .endr
      .globl _start
      _start:
      """;

  /** Objects, compiled once; tests work in directories of their own. */
  @TempDir static Path objects;

  @TempDir Path dir;

  @BeforeAll
  static void compile() {
    for (Target t : Target.values()) {
      Tools.needC(t);
      Workbench w = new Workbench(objects, t);
      w.c(t + "-hello", MAIN, "-DTEXT=\"hello\"");
      w.c(t + "-other", MAIN, "-DTEXT=\"other\"");
    }
    new Workbench(objects, Target.AMD64).asm("large", LARGE);
  }

  private JldWorker worker(WorkerProtocol protocol, String javaOptions, String... options)
      throws IOException {
    return new JldWorker(protocol, dir, objects.resolve("log"), javaOptions, options);
  }

  private static void copy(String object, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(objects.resolve(object), to);
  }

  /** The arguments for a program in this directory; all but the C library's are relative. */
  private static String[] program(Target target, String object, String output) {
    List<String> args =
        new ArrayList<>(
            new Workbench(objects, target)
                .commandLine("gcc", "-static", objects.resolve(target + "-hello.o")));
    args.replaceAll(a -> a.endsWith("-hello.o") ? object : a);
    args.addAll(List.of("-o", output));
    return args.toArray(String[]::new);
  }

  private Proc cold(Path in, String... args) {
    List<String> command = new ArrayList<>(List.of(Distribution.ld().toString()));
    command.addAll(List.of(args));
    return Proc.run(in, command, Map.of("JLD_JAVA_OPTS", ""));
  }

  private static List<String> files(Path dir) throws IOException {
    try (Stream<Path> all = Files.walk(dir)) {
      return all.filter(Files::isRegularFile).map(f -> dir.relativize(f) + "").sorted().toList();
    }
  }

  /** Two at once; the one that was asked for last is done first. */
  @ParameterizedTest
  @EnumSource(WorkerProtocol.class)
  void answersAsTheyAreDone(WorkerProtocol protocol) throws Exception {
    copy("large.o", dir.resolve("large.o"));
    try (JldWorker w = worker(protocol, "")) {
      w.send(new Request(7, "large.o", "-o", "large"));
      w.send(new Request(-2, "--version").set("of_a_later_version", "x"));
      Response first = w.receive();
      assertEquals(-2, first.requestId());
      assertTrue(first.output().startsWith("GNU ld (jld) "), first::output);
      assertEquals(new Response(0, "", 7, false), w.receive());
      w.closeStdin();
      assertEquals(0, w.awaitEnd());
      assertEquals("", w.log());
    }
    byte[] linked = Files.readAllBytes(dir.resolve("large"));
    cold(dir, "large.o", "-o", "large").ok();
    assertArrayEquals(Files.readAllBytes(dir.resolve("large")), linked);
  }

  /** Both architectures, each in a directory of its own, with the same names. */
  @ParameterizedTest
  @EnumSource(WorkerProtocol.class)
  void linksInSandboxes(WorkerProtocol protocol) throws Exception {
    Map<Integer, Path> sandboxes = new TreeMap<>();
    try (JldWorker w = worker(protocol, "")) {
      for (Target t : Target.values()) {
        for (String object : List.of("hello", "other")) {
          int id = sandboxes.size() + 1;
          String sandbox = "box/" + id;
          sandboxes.put(id, dir.resolve(sandbox));
          copy(t + "-" + object + ".o", dir.resolve(sandbox + "/in/main.o"));
          Files.writeString(dir.resolve(sandbox + "/in/rest"), "-Map out.map 'in/more script'");
          Files.writeString(
              dir.resolve(sandbox + "/in/more script"), "INCLUDE in/included\nthere = 1;");
          Files.writeString(dir.resolve(sandbox + "/in/included"), "included = " + id + ";");
          w.send(
              new Request(id, program(t, "in/main.o", "out"))
                  .set("sandbox_dir", sandbox)
                  .input("in/main.o", object + t));
        }
      }
      for (int i = 0; i < sandboxes.size(); i++) {
        Response r = w.receive();
        assertEquals(new Response(0, "", r.requestId(), false), r);
      }
      // By a response file, and once more what is kept by now.
      for (int id : sandboxes.keySet()) {
        Target t = id <= 2 ? Target.AMD64 : Target.X86;
        String[] args = program(t, "in/main.o", "again");
        Path params = sandboxes.get(id).resolve("in/params");
        Files.writeString(params, String.join("\n", args) + "\n@in/rest\n");
        w.send(new Request(id, "@in/params").set("sandbox_dir", "box/" + id));
        assertEquals(new Response(0, "", id, false), w.receive());
        Path out = sandboxes.get(id).resolve("out");
        String says = id % 2 == 1 ? "hello\n" : "other\n";
        assertEquals(says, Proc.run(dir, List.of(out.toString())).ok().out());
        byte[] first = Files.readAllBytes(out);
        byte[] again = Files.readAllBytes(sandboxes.get(id).resolve("again"));
        Path map = sandboxes.get(id).resolve("out.map");
        String mapped = Files.readString(map);
        if (id % 2 == 0) {
          continue;
        }
        cold(sandboxes.get(id), args).ok();
        assertArrayEquals(Files.readAllBytes(sandboxes.get(id).resolve("again")), first);
        cold(sandboxes.get(id), "@in/params").ok();
        assertArrayEquals(Files.readAllBytes(sandboxes.get(id).resolve("again")), again);
        assertEquals(Files.readString(map), mapped);
        assertTrue(mapped.contains("included"), "the script was read");
      }
      assertEquals(List.of(), files(dir).stream().filter(f -> !f.startsWith("box/")).toList());
    }
  }

  /** What is wrong with one is said to its sender, and not to the next one. */
  @Test
  void failures() throws Exception {
    copy("amd64-hello.o", dir.resolve("hello.o"));
    // What the JVM prints to standard output is in the log, too.
    try (JldWorker w = worker(WorkerProtocol.JSON, "--show-version")) {
      String[] undefined = {"-o", "out", "hello.o", "-e", "main"};
      Proc expected = cold(dir, undefined);
      assertEquals(1, expected.status());
      assertEquals(new Response(1, expected.err(), 1, false), w.ask(new Request(1, undefined)));

      String[] warned = {"-o", "out", "-r", "hello.o", "-z", "nosuch", "--print-map", "-t"};
      expected = cold(dir, warned).ok();
      Response r = w.ask(new Request(2, warned).set("verbosity", 10));
      assertEquals(0, r.exitCode());
      assertTrue(r.output().contains(expected.err()), r::output);
      assertTrue(r.output().contains("hello.o\n"), r::output);
      Files.delete(dir.resolve("out"));

      for (String odd : List.of("/dev/stdin", "/dev/fd/3", "/proc/self/fd/0")) {
        r = w.ask(new Request(3, "-r", "hello.o", odd, "-o", "out"));
        assertEquals(1, r.exitCode());
        assertTrue(r.output().startsWith("jld: error: " + odd + ": "), r::output);
      }
      r = w.ask(new Request(3, "-r", "hello.o", "-o", "-"));
      assertEquals(1, r.exitCode());
      assertTrue(r.output().startsWith("jld: error: -o -: "), r::output);
      r = w.ask(new Request(4, "-r", "hello.o", "-o", "out").set("sandbox_dir", "no/where"));
      assertEquals(
          new Response(
              1,
              "jld: error: sandbox_dir no/where: No such file or directory [unreadable-file]\n",
              4,
              false),
          r);
      r = w.ask(new Request(4, "-r", "hello.o", "-o", "out").set("sandbox_dir", "hello.o"));
      assertTrue(r.output().endsWith(": Not a directory [unreadable-file]\n"), r::output);
      r = w.ask(new Request(5, "@missing", "--persistent_worker"));
      assertEquals(1, r.exitCode());
      assertEquals(List.of("hello.o"), files(dir));

      assertEquals(0, w.ask(new Request(6, "-r", "hello.o", "-o", "out")).exitCode());
      w.closeStdin();
      assertEquals(0, w.awaitEnd());
      List<String> said = w.log().lines().filter(l -> l.startsWith("jld")).toList();
      assertEquals(
          List.of(
              "jld: worker: request 2: " + warned.length + " arguments in the worker's directory",
              "jld: worker: request 2: status 0"),
          said);
      assertTrue(w.log().contains("OpenJDK"), "the JVM has printed something");
    }
  }

  /** They are answered in order; and all that has been asked for is, before the worker ends. */
  @Test
  void singleplex() throws Exception {
    copy("large.o", dir.resolve("large.o"));
    try (JldWorker w = worker(WorkerProtocol.PROTOBUF, "", "-o", "all", "-r")) {
      w.send(new Request(0, "large.o")); // with the worker's own arguments before
      w.send(new Request(0, "--version"));
      w.send(new Request(0, "missing.o"));
      w.closeStdin();
      assertEquals(new Response(0, "", 0, false), w.receive());
      assertTrue(w.receive().output().startsWith("GNU ld"));
      assertTrue(w.receive().output().contains("missing.o"));
      assertEquals(0, w.awaitEnd());
    }
    assertTrue(Files.exists(dir.resolve("all")));
  }

  @ParameterizedTest
  @EnumSource(WorkerProtocol.class)
  void cancelledLinksLeaveNothing(WorkerProtocol protocol) throws Exception {
    copy("large.o", dir.resolve("large.o"));
    // A worker whose process has one directory for all makes one link after the other.
    try (JldWorker w = worker(protocol, "-Djld.server.onedirectory=true")) {
      int cancelled = 0;
      for (int i = 1; i <= 12 && cancelled < 3; i++) {
        w.send(new Request(i, "large.o", "-o", "out"));
        w.send(new Request(100 + i, "large.o", "-o", "waits"));
        w.send(new Request(100 + i).set("cancel", true));
        assertWasCancelled(w.receive(), 100 + i);
        Thread.sleep(10 * i);
        w.send(new Request(i).set("cancel", true));
        Response r = w.receive();
        if (r.wasCancelled()) {
          assertWasCancelled(r, i);
          cancelled++;
        } else {
          assertEquals(new Response(0, "", i, false), r);
          Files.delete(dir.resolve("out"));
        }
        assertEquals(List.of("large.o"), files(dir));
      }
      assertTrue(cancelled > 0, "no link was ended");
      w.send(new Request(1).set("cancel", true)); // is none any more
      assertEquals(0, w.ask(new Request(1, "--version")).exitCode());
    }
  }

  private static void assertWasCancelled(Response r, int id) {
    assertTrue(r.wasCancelled(), r::toString);
    assertEquals(id, r.requestId());
    assertEquals("", r.output());
  }

  /** Nobody waits for the answer. */
  @Test
  void endsWithItsSender() throws Exception {
    copy("large.o", dir.resolve("large.o"));
    try (JldWorker w = worker(WorkerProtocol.JSON, "")) {
      w.ask(new Request(1, "--version"));
      w.send(new Request(2, "large.o", "-o", "out"));
      w.closeStdout();
      w.closeStdin();
      w.awaitProcess();
    }
    assertEquals(List.of("large.o"), files(dir));
  }

  @ParameterizedTest
  @EnumSource(WorkerProtocol.class)
  void whatIsNoRequestEndsIt(WorkerProtocol protocol) throws Exception {
    try (JldWorker w = worker(protocol, "")) {
      w.ask(new Request(1, "--version"));
      w.send(new byte[] {2, 0x14, 0}); // a group's end; no JSON either
      assertEquals(1, w.awaitEnd());
      List<String> said = w.log().lines().toList();
      assertEquals(1, said.size(), said::toString);
      String start = "jld: error: --persistent_worker: no request: ";
      assertTrue(said.getFirst().startsWith(start), said::toString);
    }
  }

  /** A change that device, inode, size and time do not show. */
  @Test
  void digestsTellWhatHasChanged() throws Exception {
    Path object = dir.resolve("in.o");
    FileTime time = FileTime.fromMillis(1_000_000_000);
    Map<String, byte[]> outputs = new TreeMap<>();
    try (JldWorker w = worker(WorkerProtocol.PROTOBUF, "")) {
      for (String name : List.of("hello", "other", "hello", "hello")) {
        Files.write(object, Files.readAllBytes(objects.resolve("x86-" + name + ".o")));
        Files.setLastModifiedTime(object, time);
        Request r = new Request(1, program(Target.X86, "in.o", "out")).input("in.o", name);
        assertEquals(new Response(0, "", 1, false), w.ask(r));
        byte[] out = Files.readAllBytes(dir.resolve("out"));
        byte[] before = outputs.put(name, out);
        assertTrue(before == null || Arrays.equals(before, out), name);
        cold(dir, program(Target.X86, "in.o", "out")).ok();
        assertArrayEquals(Files.readAllBytes(dir.resolve("out")), out);
      }
    }
    assertFalse(Arrays.equals(outputs.get("hello"), outputs.get("other")));
  }

  /** One link for which memory is short fails alone. */
  @Test
  void outOfMemory() throws Exception {
    copy("large.o", dir.resolve("large.o"));
    copy("amd64-hello.o", dir.resolve("hello.o"));
    try (JldWorker w = worker(WorkerProtocol.JSON, "-Xmx24m")) {
      // With all classes loaded: one whose initialisation fails would be lost to all links.
      assertEquals(0, w.ask(new Request(1, program(Target.AMD64, "hello.o", "out"))).exitCode());
      w.send(new Request(1, program(Target.AMD64, "hello.o", "out")));
      w.send(new Request(2, "large.o", "-o", "large"));
      for (int i = 0; i < 2; i++) {
        Response r = w.receive();
        if (r.requestId() == 2) {
          assertEquals(1, r.exitCode());
          assertTrue(r.output().startsWith("jld: error: out of memory"), r::output);
        } else {
          assertEquals(new Response(0, "", 1, false), r);
        }
      }
      assertEquals(0, w.ask(new Request(3, "-r", "hello.o", "-o", "out")).exitCode());
    }
    assertEquals(List.of("hello.o", "large.o", "out"), files(dir));
  }
}
