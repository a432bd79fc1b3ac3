package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which symbols a shared library shows, in which versions, and which libraries a program needs. */
class DynamicSymbolsTest {
  @TempDir Path dir;

  private static Set<String> exported(Path library) {
    return ElfImage.read(library).symbols(".dynsym").stream()
        .filter(s -> s.shndx() != 0 && s.shndx() < 0xff00)
        .map(ElfImage.Symbol::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** libgcc.a and libgcc_s.so are such a pair: the program has its own, a library the other one. */
  @ParameterizedTest
  @EnumSource
  void hiddenHereAndDefinedByALibrary(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("user", w.c("user", "int helper(int); int use(void) { return helper(2); }", "-fPIC"));
    d.library("other", w.c("other", "int helper(int x) { return x * 21; }", "-fPIC"));
    Path own =
        w.c("own", "__attribute__((visibility(\"hidden\"))) int helper(int x) { return x; }");
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            int helper(int), use(void);
            int main(void) { printf("%d %d\\n", helper(1), use()); return 0; }
            """);
    Linked program = d.program(main, own, "-Wl,--no-as-needed", "-luser", "-lother");
    assertEquals("1 42\n", program.run().out());
  }

  /**
   * A library that grows a version: clients that were linked with the old one get the old function.
   */
  @ParameterizedTest
  @EnumSource
  void oldAndNewClients(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            int f(void), g(void);
            extern int data;
            int main(void) { printf("%d %d %d\\n", f(), g(), data); return 0; }
            """);
    Path old = w.file("old.map", "V1 { global: f; g; data; local: *; };");
    d.library(
        "a",
        w.c("old", "int f(void) { return 1; } int g(void) { return 10; } int data = 3;", "-fPIC"),
        "-Wl,--version-script=" + old);
    d.link("gcc", "old", main, "-la");
    String source =
        """
        int f_old(void) { return 1; }
        int f_new(void) { return 2; }
        int f_hidden(void) { return 4; }
        int g(void) { return 11; }
        int data = 5;
        int added(void) { return 7; }
        int internal(void) { return 8; }
        __asm__(".symver f_old, f@V1");
        __asm__(".symver f_hidden, f@V3");
        __asm__(".symver f_new, f@@V2");
        """;
    Path map =
        w.file(
            "new.map",
            """
            V1 { global: f; g; data; local: *; };
            V2 { global: f; } V1;
            V3 { global: ad*; } V2;
            """);
    d.library("a", w.c("new", source, "-fPIC"), "-Wl,--version-script=" + map);
    d.link("gcc", "new", main, "-la");
    for (String linker : List.of("jld", "ld")) {
      assertEquals(
          "1 11 5\n", Proc.run(dir, List.of(d.dir(linker).resolve("old").toString())).out());
      assertEquals(
          "2 11 5\n", Proc.run(dir, List.of(d.dir(linker).resolve("new").toString())).out());
    }
    d.loads(d.dir("jld").resolve("old"));
    d.loads(d.dir("jld").resolve("new"));
    assertEquals(
        exported(d.dir("ld").resolve("liba.so")), exported(d.dir("jld").resolve("liba.so")));
    // an executable asks for a version that is not the default
    Path picky =
        w.c(
            "picky",
            """
            int old(void), hidden(void), f(void);
            __asm__(".symver old, f@V1");
            __asm__(".symver hidden, f@V3");
            int main(void) { return old() + 10 * f() + 100 * (hidden() == 4); }
            """);
    assertEquals(121, d.program(picky, "-la").run().status());
  }

  @ParameterizedTest
  @EnumSource
  void versionScriptOfCxx(Target target) {
    Tools.needCxx(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path map =
        w.file(
            "map",
            """
            { global:
                extern "C++" { "space::shown(int)"; space::Type::*; vtable?for?space::*; typeinfo*for?space::*; };
                plain*;
              local: plain_not; *; };
            """);
    d.libraryWith(
        "g++",
        "a",
        w.cxx(
            "lib",
            """
            namespace space {
              int shown(int x) { return x; }
              int shown(long x) { return x; }
              struct Type { virtual int f(); virtual ~Type(); };
              int Type::f() { return 5; }
              Type::~Type() {}
              Type other() { return Type(); }
            }
            extern "C" int plain() { return 1; }
            extern "C" int plain_not() { return 2; }
            extern "C" int else_where() { return 3; }
            """,
            "-fPIC"),
        "-Wl,--version-script=" + map);
    Set<String> ours = exported(d.dir("jld").resolve("liba.so"));
    assertEquals(exported(d.dir("ld").resolve("liba.so")), ours);
    assertTrue(ours.contains("_ZN5space5shownEi"));
    assertFalse(ours.contains("_ZN5space5shownEl"));
    assertFalse(ours.contains("plain_not"));
    d.programWith(
        "g++",
        w.cxx(
            "main",
            """
            namespace space { int shown(int); struct Type { virtual int f(); virtual ~Type(); }; }
            int main() { space::Type t; space::Type *p = &t; return space::shown(2) + p->f(); }
            """),
        "-la");
  }

  /** Symbols of archives that stay inside of the library that links them. */
  @ParameterizedTest
  @EnumSource
  void excludedArchives(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path one = w.archive("libone.a", w.c("one", "int one(void) { return 1; }", "-fPIC"));
    Path two = w.archive("libtwo.a", w.c("two", "int two(void) { return 2; }", "-fPIC"));
    Path lib =
        w.c("lib", "int one(void), two(void); int sum(void) { return one() + two(); }", "-fPIC");
    for (String exclude : List.of("libone.a", "libone:libtwo.a", "ALL", "libother.a")) {
      d.library("a", lib, one, two, "-Wl,--exclude-libs," + exclude);
      assertEquals(
          exported(d.dir("ld").resolve("liba.so")),
          exported(d.dir("jld").resolve("liba.so")),
          exclude);
    }
    d.program(w.c("main", "int sum(void); int main(void) { return sum(); }"), "-la");
  }

  /** What may stay undefined, and what may not. */
  @ParameterizedTest
  @EnumSource
  void undefined(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    Path lib = w.c("lib", "int absent(void); int f(void) { return absent(); }", "-fPIC");
    d.library("a", lib);
    w.jld(w.commandLine("gcc", "-shared", lib, "-Wl,-z,defs")).failed("absent", "lib.o");
    w.jld(w.commandLine("gcc", "-shared", lib, "-Wl,--no-undefined")).failed("absent");
    w.jld(w.commandLine("gcc", "-shared", lib, "-Wl,-z,defs,--warn-unresolved-symbols"))
        .ok()
        .says("absent");
    w.jld(w.commandLine("gcc", "-shared", lib, "-Wl,-z,defs,--unresolved-symbols=ignore-all")).ok();
    Path main = w.c("main", "int f(void); int main(void) { return f(); }");
    String path = "-L" + d.dir("jld");
    w.jld(w.commandLine("gcc", main, path, "-la")).failed("absent", "liba.so");
    w.jld(w.commandLine("gcc", main, path, "-la", "-Wl,--allow-shlib-undefined")).ok();
    d.program(main, w.c("absent", "int absent(void) { return 6; }"), "-la");
  }

  /**
   * A library that only weak references lead to is not named in the output with --as-needed. Then
   * none of its versions may be asked for: the loader stops where it does not know the library.
   */
  @ParameterizedTest
  @EnumSource
  void noVersionOfLibraryThatIsNotNeeded(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Path script = d.bench.file("map", "V1 { global: weakly; local: *; };");
    d.library(
        "a",
        d.bench.c("lib", "int weakly(void) { return 3; }", "-fPIC"),
        "-Wl,--version-script=" + script);
    Path main =
        d.bench.c(
            "main",
            """
            int weakly(void) __attribute__((weak));
            int main(void) { return weakly ? weakly() : 4; }
            """,
            "-fPIC");
    assertEquals(4, d.program("-pie", main, "-Wl,--as-needed", "-la").run().status());
  }
}
