package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import io.jld.e2e.Workbench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bin/ld} itself does before there is a JVM. */
@Isolated("processes and times are watched")
class LauncherIT {
  @TempDir Path dir;

  private Proc sh(String script, Map<String, String> environment) {
    return Proc.run(
        dir, List.of("sh", "-eu", "-c", script, "sh", Distribution.ld().toString()), environment);
  }

  private static String utf8(String read) {
    return new String(read.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /**
   * In a shell, as this JVM may be in such a locale itself; no.such locale has its encoding's name
   * alone.
   */
  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "", "C.UTF-8", "no_SUCH.utf8", "no_SUCH.ISO-8859-1"})
  void namesInAnyLocale(String locale) {
    Tools.needC(Target.AMD64);
    Tools.need("readelf");
    String script =
        """
        name=$(printf 'Gr\\303\\274\\303\\237e \\342\\206\\222')
        echo 'int f(void) { return 3; }' > "$name.c"
        gcc -fPIC -c "$name.c" -o "$name.o"
        "$1" -shared -soname "$name.so" -Map "$name.map" "$name.o" -o "$name.out"
        readelf -d "$name.out"
        test -s "$name.map"
        "$1" "missing $name.o" || echo "status $?"
        """;
    Proc p = sh(script, Map.of("LC_ALL", locale, "LANG", "", "LC_CTYPE", "")).ok();
    assertTrue(utf8(p.out()).contains("[Grüße →.so]"), p::toString);
    assertTrue(p.out().endsWith("status 1\n"), p::toString);
    assertEquals(
        "jld: error: cannot find missing Grüße →.o: No such file or directory [file-not-found]\n",
        utf8(p.err()));
  }

  /** Paths are bytes; here 351 and 352, which are not UTF-8. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8", "no_SUCH.ISO-8859-1"})
  void pathsOfAnyBytes(String locale) {
    Tools.needC(Target.AMD64);
    Tools.need("ar");
    String script =
        """
        d=$(printf 'd\\351') e=$(printf 'e\\352') dir=$PWD
        mkdir "$d" "$d/$e"
        ln -s "$d" ascii
        echo 'int f(void) { return 3; }' > f.c
        echo 'int f(void), g(void); int main(void) { return f() + g(); }' > main.c
        gcc -fPIC -c f.c -o "$d/$e.o"
        gcc -Df=g -fPIC -c f.c -o "$d/g.o"
        gcc -c main.c -o "$d/$e/main.o"
        "$1" -shared "$d/$e.o" -t -o "$d/lib$e.so" -Map "$d/$e" --dependency-file "$d/$e.d" \\
            --time-trace="$d/$e.json"
        cat "$d/$e.d"
        grep -a "^LOAD" "$d/$e/lib$e.so.map"
        test -s "$d/$e.json"
        cd "$d" # and now in such a directory, to which a link leads as well
        (cd "$e" && ar rcT "$e.a" ../g.o)
        echo "INPUT($e/$e.a)" > "$e.ld"
        printf '%s ' "$e.ld" > "$e.rsp"
        LD_RUN_PATH=$dir/$d gcc -B"${1%/*}/" "$e/main.o" "@$e.rsp" -L. "-l$e" -o "$e.out" || exit
        cd "$dir/ascii"
        LD_RUN_PATH=$dir/$d gcc -B"${1%/*}/" "$e/main.o" "-Wl,@$e.rsp" "lib$e.so" -o "$e.2" || exit
        cd "$dir"
        "$1" "missing $e" || echo "status $?"
        "$1" "$d/f.o" -o "$d/no/$e" || echo "status $?"
        "$d/$e.out" || echo "status $?"
        "$d/$e.2" || echo "status $?"
        """;
    Proc p = sh(script, Map.of("LC_ALL", locale, "LANG", "", "LC_CTYPE", "")).ok();
    String expected =
        """
        D/E.o
        D/libE.so: \\
          D/E.o

        D/E.o:
        LOAD D/E.o
        status 1
        status 1
        status 6
        status 6
        """;
    expected = expected.replace("D/", "d\u00e9/").replace("E.", "e\u00ea.");
    assertEquals(expected, p.out());
    String errors =
        """
        jld: error: cannot find missing E: No such file or directory [file-not-found]
        jld: error: cannot find D/f.o: No such file or directory [file-not-found]
        """;
    assertEquals(errors.replace("D/", "d\u00e9/").replace("E:", "e\u00ea:"), p.err());
  }

  /** By the name through which it is called, a link to it, and another one to that. */
  @Test
  void isFoundThroughLinks() {
    String script =
        """
        ln -s "$1" x86_64-linux-gnu-ld
        mkdir bin
        ln -s ../x86_64-linux-gnu-ld bin/ld
        PATH=$PWD/bin:$PATH ld -v
        ./x86_64-linux-gnu-ld -v
        cd bin
        ./ld -v
        """;
    Proc p = sh(script, Map.of()).ok();
    assertEquals("GNU ld (jld) 2.40\n".repeat(3), p.out());
    assertEquals("", p.err());
  }

  private Path object() {
    Tools.need("gcc");
    return new Workbench(dir, Target.AMD64).c("start", "void _start(void) { for (;;) {} }");
  }

  /**
   * The class path, the cache and the plug-ins have no names that the shell or Java takes apart.
   */
  @ParameterizedTest
  @ValueSource(strings = {"a b", "a:b", "a\nb", " :\n*'\"$x"})
  void isInstalledAnywhere(String name) throws IOException {
    Path object = object();
    Path home = dir.resolve(name);
    Proc.run(dir, List.of("cp", "-a", Distribution.home().toString(), home.toString())).ok();
    List<String> link = List.of(home + "/bin/ld", "-o", "out", object.toString());
    boolean cached = Files.exists(home.resolve("lib/jld.aot"));
    // "on" ends the JVM where it can't use the cache.
    Proc p =
        Proc.run(dir, link, cached ? Map.of("JLD_JAVA_OPTS", "-XX:AOTMode=on") : Map.of()).ok();
    assertEquals("", p.out() + p.err());
    assertTrue(Files.isExecutable(dir.resolve("out")));
  }

  @Test
  void listsTheArchitectures() {
    Proc p = sh("\"${1%/*}/jld\" --list-archs", Map.of()).ok();
    assertEquals("amd64\nx86\n", p.out());
    assertEquals("", p.err());
  }

  /** Before JAVA_HOME's and the system's. */
  @Test
  void takesTheRuntimeBesideIt() {
    String script =
        """
        mkdir -p home/runtime/bin
        cp -R "${1%/*}" home/bin
        printf '#!/bin/sh\\necho the runtime\\n' > home/runtime/bin/java
        chmod +x home/runtime/bin/java
        home/bin/ld -v
        """;
    String java = System.getProperty("java.home");
    assertEquals("the runtime\n", sh(script, Map.of("JAVA_HOME", java)).ok().out());
  }

  /** As GNU ld: absolute paths can be linked, and others are not there. */
  @Test
  void inADirectoryThatIsGone() {
    String script =
        """
        mkdir gone
        cd gone
        rmdir ../gone
        "$1" -o "$2/out" "$3" 2> "$2/err"
        test -x "$2/out"
        "$1" -o out "$3" 2> "$2/err" || tail -n 1 "$2/err"
        "$1" -o "$2/out" start.o 2> "$2/err" || tail -n 1 "$2/err"
        """;
    String ld = Distribution.ld().toString();
    Proc p =
        Proc.run(dir, List.of("sh", "-euc", script, "sh", ld, dir.toString(), object().toString()))
            .ok();
    assertEquals(
        """
        jld: error: cannot open output file out: No such file or directory [output-not-writable]
        jld: error: cannot find start.o: No such file or directory [file-not-found]
        """,
        p.out());
  }

  @ParameterizedTest
  @ValueSource(ints = {3_000_000, 1_500_000})
  void withFewAddresses(int kilobytes) throws IOException {
    String script = "ulimit -v " + kilobytes + "; exec \"$@\"";
    String ld = Distribution.ld().toString();
    Proc p =
        Proc.run(dir, List.of("sh", "-euc", script, "sh", ld, "-o", "out", object().toString()));
    assertEquals("", p.ok().out() + p.err());
    assertTrue(Files.isExecutable(dir.resolve("out")));
  }

  /** The JVM leaves no report in the directory that it is called in. */
  @Test
  void withTooFewAddressesForAJvm() throws IOException {
    String object = object().toString();
    Path work = Files.createDirectories(dir.resolve("work"));
    Path tmp = Files.createDirectories(dir.resolve("tm p"));
    String script = "ulimit -v $1; shift; exec \"$@\" -o out";
    String ld = Distribution.ld().toString();
    int failed = 0;
    for (int megabytes = 100; megabytes < 1000; megabytes += 150) {
      String limit = String.valueOf(megabytes * 1024);
      List<String> command = List.of("sh", "-euc", script, "sh", limit, ld, object);
      Proc p = Proc.run(work, command, Map.of("TMPDIR", tmp.toString()));
      failed += p.status() == 0 ? 0 : 1;
    }
    assertTrue(failed > 0);
    try (Stream<Path> files = Files.list(work)) {
      assertEquals(List.of(), files.filter(f -> !f.endsWith("out")).toList(), "left behind");
    }
  }

  /** A cache whose bytes are others than those that were written must not be run. */
  @Test
  void aDamagedCache() throws IOException {
    Path object = object();
    Path home = dir.resolve("jld");
    Proc.run(dir, List.of("cp", "-a", Distribution.home().toString(), home.toString())).ok();
    Path cache = home.resolve("lib/jld.aot");
    assumeTrue(Files.exists(cache), "the build has left the AOT cache out");
    byte[] whole = Files.readAllBytes(cache);
    Random random = new Random(19);
    for (int i = 0; i < 4; i++) {
      byte[] damaged = Arrays.copyOf(whole, i == 3 ? whole.length / 2 : whole.length);
      for (int k = 0; k < 2000; k++) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(cache, damaged);
      Proc p = Proc.run(dir, List.of(home + "/bin/ld", "-o", "out", object.toString())).ok();
      assertEquals("", p.out() + p.err());
    }
  }

  private static String commands() throws IOException {
    String doc = Files.readString(Path.of("../docs/adding-an-architecture.md"));
    int from = doc.indexOf("```sh\n") + 6;
    return doc.substring(from, doc.indexOf("```", from));
  }

  /**
   * What is not in the cache is made in each process, some milliseconds each: a switch over types,
   * or a lambda of {@code Comparator.comparing} (docs/performance.md).
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m64",
        "-m32",
        "-m64 -static",
        "-m32 -static",
        "-m64 -no-pie",
        "-m64 -shared -fPIC",
        "-m32 -shared -fPIC"
      })
  void allClassesAreInTheCache(String flags) throws IOException {
    Tools.needC(flags.contains("-m32") ? Target.X86 : Target.AMD64);
    assumeTrue(Files.exists(Distribution.ld().resolveSibling("../lib/jld.aot")), "no AOT cache");
    Files.writeString(
        dir.resolve("hello.c"),
        """
        #include <stdio.h>
        _Thread_local int t = 1;
        int main(int argc, char **argv) { return printf("%s %d", argv[0], t + argc) < 0; }
        """);
    sh("gcc " + flags + " -B\"${1%/*}/\" hello.c -o hello", options("classes.txt")).ok();
    List<String> loaded = Files.readAllLines(dir.resolve("classes.txt"));
    assertTrue(loaded.size() > 1000, "only " + loaded.size());
    assertTrue(loaded.stream().noneMatch(l -> l.contains("io.jld.icf.")), "what nobody asked for");
    // The events of message digests, for the build ID, are of a kind that the JVM leaves out.
    loaded.removeIf(l -> l.endsWith("shared objects file") || l.contains(" jdk.internal.event."));
    assertEquals(List.of(), loaded);
  }

  private static Map<String, String> options(String file) {
    return Map.of("JLD_JAVA_OPTS", "-Xlog:class+load:file=" + file);
  }

  /**
   * A jar in lib/arch adds its architecture, and the links of all others start as fast as before.
   */
  @Test
  void anArchitectureInAJar() throws IOException {
    Tools.need("clang", "gcc", "readelf");
    Path home = dir.resolve("jld");
    Proc.run(dir, List.of("cp", "-a", Distribution.home().toString(), home.toString())).ok();
    Files.copy(Path.of("src/test/java/io/jld/docs/Aarch64.java"), home.resolve("Aarch64.java"));
    Files.writeString(
        home.resolve("hello.c"),
        "static int n = 3;\nint *p = &n;\nvoid _start(void) { ++*p; for (;;) {} }\n");
    String clang = "clang --target=aarch64-linux-gnu -ffreestanding -c hello.c\n";
    String jdk = System.getProperty("java.home");
    Map<String, String> path =
        Map.of("PATH", jdk + "/bin:" + System.getenv("PATH"), "JAVA_HOME", jdk);
    Proc made = Proc.run(home, List.of("sh", "-euc", clang + commands()), path).ok();
    assertEquals("", made.out() + made.err());
    Proc header = Proc.run(home, List.of("readelf", "-hW", "hello")).ok();
    assertTrue(header.out().contains("AArch64"), header::toString);
    Proc again = Proc.run(home, List.of("bin/jld", "-o", "again", "hello.o"), path).ok();
    assertEquals("", again.out() + again.err());
    assertEquals(-1, Files.mismatch(home.resolve("hello"), home.resolve("again")));
    if (Files.exists(home.resolve("lib/jld.aot"))) {
      // "on" ends the JVM where it can't use the cache.
      Map<String, String> strict = Map.of("JLD_JAVA_OPTS", "-XX:AOTMode=on", "JAVA_HOME", jdk);
      Proc cached = Proc.run(home, List.of("bin/jld", "-o", "cached", "hello.o"), strict).ok();
      assertEquals("", cached.out() + cached.err());
      assertEquals(-1, Files.mismatch(home.resolve("hello"), home.resolve("cached")));
    }
  }
}
