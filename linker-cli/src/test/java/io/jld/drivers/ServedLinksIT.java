package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Links through {@code jld --server} are what they are without; one server makes them all. */
@Isolated("processes and times are watched")
class ServedLinksIT {
  private static final String MAIN =
      """
      #include <stdio.h>
      int main(void) { return puts("linked") < 0; }
      """;

  @TempDir static Path all;
  private static JldServer server;

  @TempDir Path dir;

  @BeforeAll
  static void start() throws IOException {
    server = new JldServer(all, Distribution.home());
    server.start();
  }

  @AfterAll
  static void stop() throws InterruptedException {
    server.stop();
  }

  private Proc ld(boolean served, List<String> args) {
    List<String> command = new ArrayList<>(List.of(server.ld()));
    command.addAll(args);
    return Proc.run(dir, command, server.environment(served));
  }

  private Proc sh(boolean served, Path in, String script) {
    List<String> command = List.of("bash", "-uc", script, "sh", server.ld(), dir.toString());
    return Proc.run(in, command, server.environment(served));
  }

  private static void assertSame(Proc expected, Proc actual) {
    assertEquals(expected.out(), actual.out(), actual::toString);
    assertEquals(expected.err(), actual.err(), actual::toString);
    assertEquals(expected.status(), actual.status(), actual::toString);
  }

  @ParameterizedTest
  @EnumSource
  void programsAndLibraries(Target target) throws IOException {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", MAIN, "-fPIC");
    for (String kind : List.of("-static", "-pie", "-shared")) {
      List<String> line = new ArrayList<>(w.commandLine("gcc", kind, main));
      line.addAll(List.of("-o", "cold"));
      ld(false, line).ok();
      line.set(line.size() - 1, "warm");
      int before = server.served();
      for (int i = 0; i < 3; i++) {
        Proc p = ld(true, line).ok();
        assertEquals("", p.out() + p.err());
        byte[] cold = Files.readAllBytes(dir.resolve("cold"));
        assertArrayEquals(cold, Files.readAllBytes(dir.resolve("warm")));
      }
      assertEquals(before + 3, server.served());
    }
  }

  /**
   * Each is run in a directory of its own, cold and through a server; what is printed has to be the
   * same, and the files with their modes and bytes.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // what is said
        "$1 $2/main.o missing.o -lmissing; echo $?",
        "$1 -t $2/main.o -o out --noinhibit-exec; echo $?",
        "$1 -t $2/main.o missing.o 2>&1 | cat; echo ${PIPESTATUS[*]}",
        "{ echo before; $1 -t -t $2/main.o missing.o; echo after; } > log 2>&1",
        "{ echo before; $1 -t -t $2/main.o missing.o; echo after; } >> log 2>> log",
        "$1 -M $2/main.o -r -o out | head -n 2; echo ${PIPESTATUS[*]}",
        "$1 -M $2/main.o -r -o out > /dev/full; echo $?",
        "$1 -t $2/main.o -r -o out >&-; echo $?",
        "$1 $2/main.o missing.o 2>&-; echo $?",
        "$1 $2/main.o --color-diagnostics; echo $?",
        "$1 $2/main.o -r -o - | cksum",
        "$1 $2/main.o -r -o - > out",
        "$1 -V; $1 --version; $1 --verbose; $1 --print-output-format -m elf_i386; echo $?",
        "$1 --help; $1 -m nothing -v; $1; $1 --nothing; $1 @missing; $1 ''; echo $?",
        // where
        "mkdir sub; cd sub; cp $2/main.o .; $1 -r main.o -o out -Map=map --dependency-file=d",
        "ln -s $2 link; cd link/..; $1 -r link/main.o -o link/out.r -t; rm link/out.r",
        "mkdir gone; cd gone; rmdir ../gone; $1 -r $2/main.o -o out; $1 -r a.o -o $2/x; echo $?",
        "ln -s elsewhere out; $1 -r $2/main.o -o out; $1 -r $2/main.o -o out",
        ": > empty; chmod 600 empty; ln -s empty out; $1 -r $2/main.o -o out",
        "$1 -r $2/main.o -o nowhere/out; $1 -r $2/main.o -o .; echo $?",
        // modes
        "for m in 000 022 027 077; do umask $m; $1 -r $2/main.o -o o$m -Map=m$m; done",
        "for m in 000 027 077; do umask $m; $1 $2/start.o -o o$m; done",
        // arguments
        "cp $2/main.o $'a b\\tc\\n"
            + "d\\351\\'\"$%\\\\'; $1 -r -t -o \"$(printf 'o\\351 x')\" a*; echo $?",
        "cp $2/main.o @x; $1 -r -o out ./@x; $1 -r -o out @x; echo $?",
        "echo \"-r '$2/main.o' -o 'a b'\" > rsp; $1 @rsp; echo @rsp > again; $1 @again",
        "$1 -r $2/main.o -o out $(printf ' -Ldir%s' $(seq 100000)); echo $?",
        // environment
        "LD_RUN_PATH=/run/path $1 -shared $2/main.o -o out; readelf -d out | grep RUNPATH",
        "LDEMULATION=elf_i386 $1 -r $2/main.o -o out; echo $?",
        "COLLECT_NO_DEMANGLE=1 $1 $2/cxx.o; $1 $2/cxx.o; echo $?",
        "JLD_DEBUG=1 $1 $2/main.o missing.o; echo $?",
        "JAVA_TOOL_OPTIONS=-Xmx1k JDK_JAVA_OPTIONS=-Xmx1k $1 -r $2/main.o -o out; echo $?",
        // what no other process can open, or may wait for
        "$1 -r $2/main.o -o out --version-script <(echo '{ local: *; };'); echo $?",
        "$1 -r -o out /dev/stdin < $2/main.o; $1 -r -o /dev/stdout $2/main.o | cksum; echo $?",
        "mkfifo f; echo \"-r $2/main.o -o out\" > f & $1 @f; echo $?; rm f",
        "mkfifo f; cksum < f & $1 -r $2/main.o -o f; wait; echo $?; rm f",
        "ulimit -f 1; $1 $2/main.o --noinhibit-exec -o out; echo $?",
      })
  void sameAsCold(String script) throws IOException {
    Tools.need("g++", "readelf");
    Tools.needC(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    w.c("main", MAIN);
    w.c("start", "void _start(void) { for (;;) {} }");
    w.cxx("cxx", "namespace n { int f(int); } int main() { return n::f(1); }");
    Path cold = Files.createDirectory(dir.resolve("cold"));
    Path warm = Files.createDirectory(dir.resolve("warm"));
    Proc expected = sh(false, cold, script);
    int before = server.served() + server.sentBack();
    Proc actual = sh(true, warm, script);
    assertSame(expected, actual);
    boolean closed = script.contains(">&-"); // without streams there is nothing to hand over
    assertTrue(closed || server.served() + server.sentBack() > before, "no server was asked");
    String list =
        "find . ! -name 'std*.tmp' -printf '%p %m %s %l\\n' | sort;"
            + "find . -type f ! -name 'std*.tmp' -exec cksum {} + | sort";
    assertEquals(sh(false, cold, list).out(), sh(false, warm, list).out());
  }

  /** A terminal is where colours are, and is not in the way of a client that has none. */
  @Test
  void coloursOnATerminal() {
    Tools.need("script");
    Tools.needC(Target.AMD64);
    new Workbench(dir, Target.AMD64).c("main", MAIN);
    String script = "TERM=xterm script -qefc \"$1 $2/main.o missing.o\" /dev/null < /dev/null";
    Proc expected = sh(false, dir, script);
    assertTrue(expected.out().contains("\033[1;31merror: "), expected::toString);
    int before = server.served();
    assertSame(expected, sh(true, dir, script));
    assertEquals(before + 1, server.served());
  }

  /** Compilers' plug-ins are for a process of the link's own. */
  @Test
  void intermediateCodeIsSentBack() {
    Tools.needC(Target.AMD64);
    new Workbench(dir, Target.AMD64).c("main", MAIN, "-flto");
    int before = server.sentBack();
    for (String more : List.of("", "-Wl,-t")) {
      String script = "gcc -B${1%ld} -flto $2/main.o -o out " + more + " > said && ./out";
      Proc p = sh(true, dir, script);
      assertEquals("linked\n", p.ok().out());
    }
    assertEquals(before + 2, server.sentBack());
  }
}
