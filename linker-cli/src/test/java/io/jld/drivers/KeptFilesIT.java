package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A server keeps files from link to link: whatever becomes of them, a link is what one without a
 * server is.
 */
@Isolated("processes and times are watched")
class KeptFilesIT {
  private static final String MAIN =
      """
      #include <stdio.h>
      int a(void), b(void), c(void), d(void);
      int main(void) { printf("%d %d %d %d\\n", a(), b(), c(), d()); return 0; }
      """;

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

  private Proc ld(boolean served, List<String> args, String output) {
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of("-o", output));
    return server.ld(served, all);
  }

  private int kept() {
    return Integer.parseInt(server.status().group(6));
  }

  /** Links by the server and without it; what both print, where they fail. */
  private String same(List<String> args) throws IOException {
    Proc warm = ld(true, args, "warm");
    Proc cold = ld(false, args, "cold");
    assertEquals(cold.status(), warm.status(), warm::toString);
    assertEquals(cold.out() + cold.err(), warm.out() + warm.err());
    if (cold.status() != 0) {
      return cold.err();
    }
    byte[] bytes = Files.readAllBytes(dir.resolve("cold"));
    assertArrayEquals(bytes, Files.readAllBytes(dir.resolve("warm")));
    return Proc.run(dir, List.of(dir.resolve("warm").toString())).ok().out();
  }

  private static String function(String name, int value) {
    return "int " + name + "(void) { return " + value + "; }";
  }

  private static void settle() throws InterruptedException {
    Thread.sleep(150);
  }

  @ParameterizedTest
  @EnumSource
  void changesBetweenLinks(Target target) throws Exception {
    Tools.needC(target);
    Tools.need("ar");
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", MAIN, "-fPIE");
    Path a = w.c("a", function("x", 1) + function("a", 1));
    Path lib = w.archive("libb.a", w.c("b", function("b", 2)), w.c("other", function("o", 9)));
    Path so = library(target, w, "c", 3);
    Path script = w.file("d.ld", "INPUT(" + w.c("d", function("d", 4)) + ")\n");
    List<String> args = w.commandLine("gcc", "-pie", main, a, lib, so, script, "-Wl,-rpath," + dir);
    server.start();
    settle();
    assertEquals("1 2 3 4\n", same(args));
    int kept = kept();
    assertTrue(kept >= 6, "kept: " + kept);
    assertEquals("1 2 3 4\n", same(args));
    assertEquals(kept, kept());
    // In place, with the size and the time that it had.
    byte[] one = Files.readAllBytes(a);
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(a, time);
    settle();
    same(args);
    w.c("a", function("a", 5) + function("x", 1)); // its place is another
    byte[] five = Files.readAllBytes(a);
    for (int i = 0; i < 4; i++) {
      Files.write(a, i % 2 == 0 ? one : five);
      Files.setLastModifiedTime(a, time);
      assertEquals((i % 2 == 0 ? "1" : "5") + " 2 3 4\n", same(args));
    }
    settle();
    same(args);
    // By rename, by a link, truncated, gone.
    Files.write(dir.resolve("new.o"), one);
    Files.move(dir.resolve("new.o"), a, StandardCopyOption.ATOMIC_MOVE);
    assertEquals("1 2 3 4\n", same(args));
    Files.move(a, dir.resolve("old.o"));
    Files.createLink(a, Files.write(dir.resolve("five.o"), five));
    assertEquals("5 2 3 4\n", same(args));
    settle();
    same(args);
    try (RandomAccessFile f = new RandomAccessFile(a.toFile(), "rw")) {
      f.setLength(200);
    }
    assertTrue(same(args).contains("a.o"));
    Files.delete(a);
    assertTrue(same(args).contains("cannot find"));
    Files.move(dir.resolve("old.o"), a);
    assertEquals("1 2 3 4\n", same(args));
    settle();
    same(args);
    // A member, a library, what a script names, a script.
    w.c("b", function("b", 6));
    Proc.run(dir, List.of("ar", "rcs", "libb.a", "b.o")).ok();
    assertEquals("1 6 3 4\n", same(args));
    library(target, w, "c", 7);
    assertEquals("1 6 7 4\n", same(args));
    w.c("d", function("d", 8));
    assertEquals("1 6 7 8\n", same(args));
    settle();
    same(args);
    w.file("d.ld", "INPUT(" + w.c("e", function("d", 9)) + ")\n");
    assertEquals("1 6 7 9\n", same(args));
    settle();
    assertEquals("1 6 7 9\n", same(args));
  }

  private Path library(Target target, Workbench w, String name, int value) {
    Path object = w.c(name, function(name, value), "-fPIC");
    Path so = object.resolveSibling("lib" + name + ".so");
    List<String> command = List.of("gcc", target.flag, "-shared", "-o", so + "", object + "");
    Proc.run(dir, command).ok();
    return so;
  }

  /** A relative path is another file in another directory. */
  @Test
  void directoriesOfTheirOwn() throws Exception {
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    List<byte[]> objects = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path in = Files.createDirectory(dir.resolve("in" + i));
      objects.add(Files.readAllBytes(w.c("a", function("a", i))));
      Files.write(in.resolve("a.o"), objects.get(i));
    }
    server.start();
    settle();
    for (int i = 0; i < 9; i++) {
      Path in = dir.resolve("in" + i % 3);
      List<String> command = List.of(server.ld(), "-r", "a.o", "-o");
      for (boolean served : new boolean[] {true, false}) {
        List<String> all = new ArrayList<>(command);
        all.add(served ? "warm" : "cold");
        Proc.run(in, all, server.environment(served)).ok();
      }
      assertArrayEquals(
          Files.readAllBytes(in.resolve("cold")), Files.readAllBytes(in.resolve("warm")));
    }
    assertEquals(9, server.served());
    assertEquals(3, kept());
  }

  @Test
  void theBound() throws Exception {
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    List<String> args = w.commandLine("gcc", "-static", w.c("a", "int main(void) { return 0; }"));
    server.start("--keep=0");
    settle();
    same(args);
    assertEquals(0, kept());
    server.stop();
    server.start("--keep=1m", "--idle=5");
    same(args);
    same(args);
    assertTrue(kept() > 0);
    assertTrue(server.control("status").out().contains(" of the heap, at most 1 MiB\n"));
    server.stop();
    Proc p = server.control("start", "--keep=much");
    assertEquals(1, p.status());
    assertTrue(p.err().contains("unknown option --keep=much"), p::toString);
  }
}
