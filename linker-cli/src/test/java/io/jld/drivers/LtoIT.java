package io.jld.drivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.e2e.Proc;
import io.jld.e2e.Target;
import io.jld.e2e.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Link-time optimisation by gcc's and clang's own plug-ins, through the drivers. */
class LtoIT {
  private static final String CXX_LIBRARY =
      """
      #include <cstdio>
      #include <stdexcept>
      #include <string>
      struct Loud { Loud() { std::puts("constructed"); } ~Loud() { std::puts("destroyed"); } };
      static Loud loud;
      thread_local int depth = 5;
      inline int counted() { static int n; return ++n; }
      template <class T> T twice(T t) { return t + t; }
      int checked(int n) {
        counted();
        if (n > depth) throw std::runtime_error(twice(std::string("too deep")));
        return n;
      }
      """;

  private static final String CXX_PROGRAM =
      """
      #include <cstdio>
      #include <exception>
      #include <string>
      int checked(int);
      inline int counted() { static int n; return ++n; }
      template <class T> T twice(T t) { return t + t; }
      int main(int argc, char **) {
        counted();
        std::printf("%d %s\\n", checked(argc), twice(std::string("x")).c_str());
        try { checked(argc + 9); } catch (std::exception &e) { std::puts(e.what()); }
        std::printf("%d\\n", counted());
        return std::fflush(stdout);
      }
      """;

  private static final String CXX_OUT = "constructed\n1 xx\ntoo deeptoo deep\n4\ndestroyed\n";

  private static final String C_UNUSED =
      """
      __attribute__((constructor)) static void never(void) { __builtin_abort(); }
      int fill(int n) { return n; }
      """;

  private static final String C_USED =
      """
      #include <string.h>
      int fill(int n) { char b[300]; memset(b, n, sizeof b); return b[n]; }
      unsigned long long divide(unsigned long long a, unsigned long long b) { return a / b; }
      """;

  private static final String C_PROGRAM =
      """
      #include <stdio.h>
      int fill(int);
      unsigned long long divide(unsigned long long, unsigned long long);
      int main(int argc, char **argv) {
        printf("%d %llu\\n", fill(42), divide(1000000000000ULL, argc + 6));
        return fflush(stdout);
      }
      """;

  private static final String C_OUT = "42 142857142857\n";

  @TempDir Path dir;
  private Path temp;

  @BeforeEach
  void temp() throws IOException {
    temp = Files.createDirectory(dir.resolve("tmp"));
  }

  private Proc run(Object... command) {
    List<String> all = new ArrayList<>();
    for (Object c : command) {
      all.addAll(List.of(c.toString().split(" ")));
    }
    return Proc.run(dir, all, Map.of("TMPDIR", temp.toString()));
  }

  /** Links; whatever becomes of that, no temporary file stays. */
  private Proc link(String compiler, String args) throws IOException {
    Proc p = run(compiler, Distribution.b(), args);
    try (Stream<Path> left = Files.list(temp)) {
      assertEquals(List.of(), left.toList(), p::toString);
    }
    return p;
  }

  private void source(String name, String text) throws IOException {
    Files.writeString(dir.resolve(name), text);
  }

  private void compile(String compiler, String args) {
    run(compiler, "-O2 -c", args).ok();
  }

  @ParameterizedTest
  @EnumSource
  void gccCompilesWhatIsLinkedOfArchives(Target target) throws IOException {
    Tools.needC(target);
    String gcc = "gcc " + target.flag;
    source("main.c", C_PROGRAM);
    source("used.c", C_USED);
    source("unused.c", C_UNUSED);
    compile(gcc, "-flto main.c used.c unused.c");
    run("gcc-ar rcs libused.a used.o").ok();
    run("gcc-ar rcs libunused.a unused.o").ok();
    link(gcc, "-O2 -flto=auto main.o libused.a libunused.a -o out").ok();
    assertEquals(C_OUT, run(dir.resolve("out")).ok().out());
    assertFalse(run("nm out").ok().out().contains("fill"), "inlined");
    link(gcc, "-O2 -static -flto main.o libused.a -o out").ok();
    assertEquals(C_OUT, run(dir.resolve("out")).ok().out());
    link(gcc, "-O2 -flto -r main.o used.o -o both.o").ok();
    assertTrue(run("readelf -SW both.o").ok().out().contains(".gnu.lto_main"), "code again");
    link(gcc, "-O2 -flto both.o -o out").ok();
    assertEquals(C_OUT, run(dir.resolve("out")).ok().out());
    link(gcc, "-O2 -r -flinker-output=nolto-rel main.o used.o -o both.o").ok();
    link(gcc, "-O2 -fno-lto both.o -o out").ok();
    assertEquals(C_OUT, run(dir.resolve("out")).ok().out());
  }

  @ParameterizedTest
  @EnumSource
  void gccCompilesCxxBesideMachineCode(Target target) throws IOException {
    Tools.needCxx(target);
    String gcc = "g++ " + target.flag;
    source("main.cc", CXX_PROGRAM);
    source("lib.cc", CXX_LIBRARY);
    compile(gcc, "-flto -ffat-lto-objects main.cc");
    compile(gcc, "-flto -fPIC lib.cc");
    compile(gcc, "-fno-lto lib.cc -o plain.o");
    for (String inputs : List.of("main.o lib.o", "lib.o main.o", "main.o plain.o")) {
      link(gcc, "-O2 -flto " + inputs + " -o out").ok();
      assertEquals(CXX_OUT, run(dir.resolve("out")).ok().out(), inputs);
    }
    link(gcc, "-O2 -flto -shared -fPIC lib.o -o liblib.so").ok();
    link(gcc, "-O2 -flto main.o ./liblib.so -o out").ok();
    assertEquals(CXX_OUT, run(dir.resolve("out")).ok().out());
  }

  @ParameterizedTest
  @EnumSource
  void clangCompiles(Target target) throws IOException {
    Tools.needCxx(target);
    Tools.need("clang++", "llvm-ar");
    source("probe.c", "int main(void) { return 0; }");
    String plugin = run("clang -flto -### probe.c").err();
    Tools.needFile(plugin.replaceAll("(?s).*\"-plugin\" \"([^\"]*)\".*", "$1"));
    String clang = "clang++ " + target.flag;
    source("main.cc", CXX_PROGRAM);
    source("lib.cc", CXX_LIBRARY);
    for (String how : List.of("-flto", "-flto=thin")) {
      compile(clang, how + " main.cc");
      compile(clang, how + " -fPIC lib.cc");
      run("llvm-ar rcs liblib.a lib.o").ok();
      link(clang, "-O2 " + how + " main.o liblib.a -o out").ok();
      assertEquals(CXX_OUT, run(dir.resolve("out")).ok().out(), how);
      link(clang, "-O2 " + how + " -shared lib.o -o liblib.so").ok();
      link(clang, "-O2 " + how + " main.o ./liblib.so -o out").ok();
      assertEquals(CXX_OUT, run(dir.resolve("out")).ok().out(), how);
    }
  }

  @Test
  void whatFailsLeavesNothing() throws IOException {
    Tools.needC(Target.AMD64);
    source("main.c", C_PROGRAM);
    compile("gcc", "-flto main.c");
    Proc p = link("gcc", "-O2 -flto main.o -o out");
    assertEquals(1, p.status());
    assertTrue(p.err().contains("undefined reference to 'fill'"), p::toString);
    assertFalse(Files.exists(dir.resolve("out")));
    source("other.c", "long fill(void) { return 1; }");
    source("again.c", "int fill(int n) { return n; }");
    compile("gcc", "-flto other.c again.c");
    Proc twice = link("gcc", "-O2 -flto main.o other.o again.o -o out");
    assertTrue(twice.err().contains("multiple definition of 'fill'"), twice::toString);
  }
}
