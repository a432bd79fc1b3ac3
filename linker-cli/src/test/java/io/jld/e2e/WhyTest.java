package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --why-extract}, {@code --why-live}, and {@code --print-memory-usage} without regions. */
class WhyTest {
  @TempDir Path dir;

  private Path library(Workbench w) {
    return w.archive(
        "libx.a",
        w.cxx("f", "namespace n { int f(int x) { return x; } }", "-ffunction-sections"),
        w.c("g", "int h(void); int g(void) { return h(); }", "-ffunction-sections"),
        w.c("h", "int h(void) { return 1; }", "-ffunction-sections"),
        w.c("i", "int i;", "-fno-common"));
  }

  /** lld has the option: the same file. */
  @ParameterizedTest
  @EnumSource
  void whyAMemberIsLinked(Target target) {
    Tools.needCxx(target);
    Tools.need("ld.lld");
    Workbench w = new Workbench(dir, target);
    Path main =
        w.cxx(
            "main",
            """
            namespace n { int f(int x); }
            extern "C" int g();
            extern "C" int _start() { return n::f(g()); }
            """);
    Path lib = library(w);
    for (List<Object> line :
        List.<List<Object>>of(
            List.of(main, lib),
            List.of(main, lib, "--no-demangle"),
            List.of(main, lib, "-u", "i"),
            List.of(main, "--whole-archive", lib),
            List.of("-e", "g", lib),
            List.of(
                main, "--start-lib", dir.resolve("f.o"), dir.resolve("g.o"), dir.resolve("h.o")))) {
      List<String> args = Workbench.strings("-m", target.emulation, line);
      Linked theirs = w.linker("ld.lld", args, "--why-extract=" + dir + "/theirs");
      assertEquals(0, theirs.status(), theirs::toString);
      Linked ours = w.jld(args, "--why-extract=" + dir + "/ours");
      assertEquals(0, ours.status(), ours::toString);
      assertEquals(sorted(w.read("theirs")), sorted(w.read("ours")), args::toString);
    }
  }

  /** lld has what a member needs before the member itself. */
  private static List<String> sorted(String lines) {
    return lines.lines().sorted().toList();
  }

  @Test
  void whatKeepsSymbols() {
    Tools.needCxx(Target.AMD64);
    Workbench w = new Workbench(dir, Target.AMD64);
    Path main =
        w.cxx(
            "main",
            """
            namespace n { int f(int x); }
            extern "C" int g();
            extern "C" int gone() { return 0; }
            extern "C" int _start() { return n::f(g()); }
            """,
            "-ffunction-sections");
    Linked linked =
        w.jld(
            "--gc-sections",
            main,
            library(w),
            "--why-live=[hn]",
            "--why-live=_ZN1n*",
            "--why-live=gone",
            "--why-live=nobody*");
    String place = dir.toString();
    assertEquals(
        """
        live symbol 'h': DIR/libx.a(h.o):(.text.h)
        >>> referred to by DIR/libx.a(g.o):(.text.g): 'h'
        >>> referred to by DIR/main.o:(.text._start): 'g'
        >>> which is the entry or named by an option: '_start'
        live symbol 'n::f(int)': DIR/libx.a(f.o):(.text._ZN1n1fEi)
        >>> referred to by DIR/main.o:(.text._start): 'n::f(int)'
        >>> which is the entry or named by an option: '_start'
        symbol 'gone' is not live: DIR/main.o:(.text.gone)
        no live symbol matches 'nobody*'
        """,
        linked.out().replace(place, "DIR"));
  }

  /** GNU ld prints the title of the table, and no row for what has no region. */
  @ParameterizedTest
  @EnumSource
  void memoryUsageWithoutAScript(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path object = w.asm("a", ".globl _start\n_start: ret\n");
    for (String kind : List.of("-static", "-shared", "-pie", "-r")) {
      List<String> args =
          Workbench.strings("-m", target.emulation, kind, object, "--print-memory-usage");
      Linked theirs = w.ld(args);
      assertEquals(0, theirs.status(), theirs::toString);
      assertEquals(theirs.out(), w.jld(args).out(), kind);
    }
  }
}
