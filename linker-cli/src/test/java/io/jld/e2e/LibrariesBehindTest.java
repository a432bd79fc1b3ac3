package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What libraries refer to that only the libraries of a link need, and the loader loads too. */
class LibrariesBehindTest {
  private static final String MAIN =
      """
      #include <stdio.h>
      int mid(void);
      int call_back(void) { return 1000; }
      int data = 200;
      int maybe(void) { return 30; }
      int both(void) { return 4; }
      __attribute__((visibility("hidden"))) int hidden(void) { return 5; }
      int unrelated(void) { return 6; }
      int main(void) { printf("%d", mid()); return hidden() - 5; }
      """;

  @TempDir Path dir;

  private Dynamic libraries(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Path deep =
        d.bench.c(
            "deep",
            """
            int call_back(void);
            extern int data;
            __attribute__((weak)) int maybe(void);
            int both(void) { return 1; }
            int hidden(void) { return 0; }
            int deep(void) {
              return call_back() + data + (maybe ? maybe() : 9000) + both() + hidden();
            }
            """,
            "-fPIC");
    d.library("deep", deep);
    d.library(
        "low",
        d.bench.c("low", "int deep(void); int low(void) { return deep(); }", "-fPIC"),
        "-ldeep");
    d.library(
        "mid",
        d.bench.c("mid", "int low(void); int mid(void) { return low(); }", "-fPIC"),
        "-llow");
    return d;
  }

  /** The program's definitions are what they are bound to, as with GNU ld. */
  @ParameterizedTest
  @EnumSource
  void isExported(Target target) {
    Dynamic d = libraries(target);
    Path main = d.bench.c("main", MAIN, "-fPIE", "-ffunction-sections");
    for (String kind : List.of("-no-pie", "-pie")) {
      for (Object[] order :
          new Object[][] {
            {main, "-lmid"},
            {main, "-lmid", "-Wl,--as-needed", "-llow", "-ldeep"},
            {"-Wl,--as-needed", "-ldeep", "-llow", main, "-lmid"},
            {"-Wl,--gc-sections", main, "-lmid"}
          }) {
        Linked x = d.program(kind, (Object) order);
        assertEquals("1234", x.run().ok().out(), x::toString);
        List<String> exported =
            x.elf().symbols(".dynsym").stream()
                .filter(s -> s.shndx() != 0)
                .map(ElfImage.Symbol::name)
                .toList();
        assertTrue(
            exported.containsAll(List.of("call_back", "data", "maybe", "both")), x::toString);
        assertFalse(exported.contains("unrelated"), x::toString);
        assertFalse(exported.contains("hidden"), x::toString);
      }
    }
  }

  /** The loader would look for them in vain, as for those of a library that the link names. */
  @ParameterizedTest
  @EnumSource
  void undefinedReferences(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String low = "int gone(void); int low(void) { return gone(); }";
    Path first = shared(w, "low", w.c("low", low, "-fPIC"));
    Path caller = w.c("mid", "int low(void); int mid(void) { return low(); }", "-fPIC");
    Path mid = shared(w, "mid", caller, first);
    Path none = w.asm("none", ".globl _start\n_start: ret\n");
    Path hidden = w.asm("hidden", ".globl _start, gone\n.hidden gone\n_start: gone: ret\n");
    Path own = w.asm("own", ".globl _start, gone\n_start: gone: ret\n");
    Path gone = shared(w, "gone", w.c("gone", "int gone(void) { return 1; }", "-fPIC"));
    Object[] link = {"-m", target.emulation, "-rpath-link", first.getParent()};
    for (Path o : List.of(none, hidden)) {
      w.jld(link, o, mid).failed("liblow.so: undefined reference to 'gone'", "needed by " + mid);
      for (String option :
          List.of("--allow-shlib-undefined", "--unresolved-symbols=ignore-in-shared-libs")) {
        w.jld(link, option, o, mid).ok();
      }
      w.jld(link, o, mid, gone).ok();
      w.jld(link, o, mid, "--as-needed", gone).ok();
      w.jld(link, "-shared", o, mid).ok();
    }
    w.jld(link, own, mid).ok();
    // A weak one may stay so; and what another library behind it defines is there.
    String weak = "__attribute__((weak)) int gone(void); int low(void) { return gone ? 1 : 0; }";
    shared(w, "low", w.c("weak", weak, "-fPIC"));
    w.jld(link, none, mid).ok();
    shared(w, "low", w.c("deep", low, "-fPIC"), gone);
    w.jld(link, none, mid).ok();
  }

  private static Path shared(Workbench w, String name, Path object, Path... needed) {
    Path library = w.dir.resolve("lib" + name + ".so");
    w.jldTo(
            library,
            "-m",
            w.target.emulation,
            "-shared",
            "-soname=lib" + name + ".so",
            object,
            needed)
        .ok();
    return library;
  }

  /** What is not there, or no library, is the loader's affair. */
  @ParameterizedTest
  @EnumSource
  void damaged(Target target) throws IOException {
    Dynamic d = libraries(target);
    Path main = d.bench.c("main", MAIN, "-fPIE");
    Path deep = d.dir("jld").resolve("libdeep.so");
    byte[] whole = Files.readAllBytes(deep);
    java.util.Arrays.fill(whole, 64, whole.length, (byte) 0x55);
    Files.write(deep, whole);
    Path out = d.bench.newOutput();
    d.linkWith("jld", "gcc", out, main, "-lmid");
    Files.delete(deep);
    Files.delete(out);
    d.linkWith("jld", "gcc", out, main, "-lmid");
  }
}
