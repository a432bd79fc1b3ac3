package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bin/ld} itself does before there is a JVM. */
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
        "jld: error: cannot find missing Grüße →.o: No such file or directory\n", utf8(p.err()));
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
        jld: error: cannot find missing E: No such file or directory
        jld: error: cannot find D/f.o: No such file or directory
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

  private static String commands() throws IOException {
    String doc = Files.readString(Path.of("../docs/adding-an-architecture.md"));
    int from = doc.indexOf("```sh\n") + 6;
    return doc.substring(from, doc.indexOf("```", from));
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
