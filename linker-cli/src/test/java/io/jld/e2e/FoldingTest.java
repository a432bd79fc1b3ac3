package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --icf}: programs whose equal functions are folded, and do the same as before. */
class FoldingTest {
  @TempDir Path dir;

  private static final String SOURCE =
      """
      #include <stdio.h>
      #define N __attribute__((noinline))
      extern volatile int x;
      volatile int x;
      N int add_a(int n) { x++; return n + 41; }
      N int add_b(int n) { x++; return n + 41; }
      N int add_last(int n);
      N int other(int n) { x++; return n + 42; }
      N int odd_a(unsigned n);
      N int even_a(unsigned n) { x++; return n == 0 ? 1 : odd_a(n - 1) + 2; }
      N int odd_a(unsigned n) { x++; return n == 0 ? 0 : even_a(n - 1) + 3; }
      N int odd_b(unsigned n);
      N int even_b(unsigned n) { x++; return n == 0 ? 1 : odd_b(n - 1) + 2; }
      N int odd_b(unsigned n) { x++; return n == 0 ? 0 : even_b(n - 1) + 3; }
      N void say_a(void) { printf("%s %d\\n", "the same words", x); }
      N void say_b(void) { printf("%s %d\\n", "the same words", x); }
      N void say_c(void) { printf("%s %d\\n", "other words", x); }
      N int taken_a(int n) { x++; return n * 5 + 1; }
      N int taken_b(int n) { x++; return n * 5 + 1; }
      typedef int (*F)(int);
      volatile F table[] = {taken_a, taken_b};
      int main(int argc, char **argv) {
        printf("%d %d %d %d\\n", add_a(1), add_b(1), add_last(argc), other(1));
        printf("%d %d %d %d\\n", even_a(5), even_b(5), odd_a(4), odd_b(4));
        say_a(); say_b(); say_c();
        printf("%d %d\\n", table[0](1), table[1](2));
        return table[0] == table[1];
      }
      N __attribute__((visibility("hidden"))) int add_last(int n) { x++; return n + 41; }
      """;

  private static final String EXPECTED =
      """
      42 42 42 43
      12 12 10 10
      """;

  private static Path compile(Workbench w, String compiler, String... flags) {
    String[] all = java.util.Arrays.copyOf(flags, flags.length + 3);
    all[flags.length] = "-O2";
    all[flags.length + 1] = "-ffunction-sections";
    all[flags.length + 2] = "-fdata-sections";
    return w.compile(compiler, "fold", ".c", SOURCE, all);
  }

  private static boolean same(ElfImage elf, String a, String b) {
    return elf.symbol(a).value() == elf.symbol(b).value();
  }

  private static void checkFolded(ElfImage elf, boolean safe) {
    assertTrue(same(elf, "add_a", "add_b"));
    assertTrue(same(elf, "add_a", "add_last"));
    assertFalse(same(elf, "add_a", "other"));
    assertTrue(same(elf, "even_a", "even_b"));
    assertTrue(same(elf, "odd_a", "odd_b"));
    assertFalse(same(elf, "odd_a", "even_a"));
    assertTrue(same(elf, "say_a", "say_b"), "by the content of strings");
    assertFalse(same(elf, "say_a", "say_c"));
    assertEquals(!safe, same(elf, "taken_a", "taken_b"));
    assertEquals(elf.symbol("add_a").shndx(), elf.symbol("add_b").shndx());
  }

  @ParameterizedTest
  @EnumSource
  void allFoldsAllFunctions(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    for (String compiler : new String[] {"gcc", "clang"}) {
      if (!Tools.has(compiler)) {
        continue;
      }
      for (String[] modes :
          new String[][] {
            {"-fno-pie", "-static"},
            {"-fno-pie", "-no-pie"},
            {"-fPIE", "-pie"},
            {"-fPIE", "-static-pie"}
          }) {
        Path o = compile(w, compiler, modes[0]);
        for (String icf : new String[] {"all", "safe"}) {
          Linked x = w.gcc(modes[1], "-Wl,--icf=" + icf, o).silent();
          Proc p = x.run();
          assertTrue(p.out().startsWith(EXPECTED), x + "\n" + p);
          assertEquals(icf.equals("all") ? 1 : 0, p.status(), x + "\n" + p);
          checkFolded(x.elf(), icf.equals("safe"));
        }
        Linked none = w.gcc(modes[1], "-Wl,--icf=all,--icf=none", o).silent();
        assertFalse(same(none.elf(), "add_a", "add_b"));
        assertEquals(0, none.run().status());
      }
    }
  }

  /** What it prints is what lld prints, but for the order, which lld leaves to a hash. */
  @ParameterizedTest
  @EnumSource
  void printsWhatLldPrints(Target target) {
    Tools.needC(target);
    Tools.need("clang", "ld.lld");
    Workbench w = new Workbench(dir, target);
    Path o = compile(w, "clang", "-fPIE");
    Linked lld =
        w.linker(
            "ld.lld",
            "-m",
            target.emulation,
            "--icf=all",
            "--print-icf-sections",
            "--unresolved-symbols=ignore-all",
            "-e",
            "main",
            o);
    Linked ours =
        w.jld(
            "-m",
            target.emulation,
            "--icf=all",
            "--print-icf-sections",
            "--unresolved-symbols=ignore-all",
            "-e",
            "main",
            o);
    Set<String> expected = new TreeSet<>(lld.ok().out().lines().toList());
    assertFalse(expected.isEmpty());
    assertEquals(expected, new TreeSet<>(ours.ok().out().lines().toList()), ours::toString);
    assertTrue(
        ours.out()
            .contains(
                "selected section "
                    + o
                    + ":(.text.add_a)\n"
                    + "  removing identical section "
                    + o
                    + ":(.text.add_b)\n"
                    + "  removing identical section "
                    + o
                    + ":(.text.add_last)\n"),
        ours::toString);
    w.jld(
            "-m",
            target.emulation,
            "--icf=all",
            "--print-icf-sections",
            "--no-print-icf-sections",
            "--unresolved-symbols=ignore-all",
            "-e",
            "main",
            o)
        .silent();
  }

  @ParameterizedTest
  @EnumSource
  void keepUnique(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = compile(w, "gcc", "-fPIE");
    Linked x = w.gcc("-pie", "-Wl,--icf=all,--keep-unique=taken_a,--keep-unique=add_b", o).silent();
    assertEquals(0, x.run().status());
    assertFalse(same(x.elf(), "taken_a", "taken_b"));
    assertFalse(same(x.elf(), "add_a", "add_b"));
    assertTrue(same(x.elf(), "add_a", "add_last"));
    w.gcc("-pie", "-Wl,--icf=all,--keep-unique=nobody", o)
        .says("could not find symbol 'nobody' to keep unique");
    Linked all = w.gcc("-pie", "-Wl,--icf=safe,--ignore-function-address-equality", o).silent();
    assertEquals(1, all.run().status());
  }

  /** Functions of a library that others may preempt keep their names; the bodies are shared. */
  @ParameterizedTest
  @EnumSource
  void sharedLibrary(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String source =
        """
        int calls;
        int f(int n) { calls++; return n * 3; }
        int g(int n) { calls++; return n * 3; }
        int via_f(int n) { return f(n) + 1; }
        int via_g(int n) { return g(n) + 1; }
        static int s(int n) { calls += 7; return n * 9; }
        static int t(int n) { calls += 7; return n * 9; }
        int local(int n) { return n == 0 ? s(n) : t(n); }
        """;
    Path o = w.c("lib", source, "-fPIC", "-O1", "-fno-inline", "-ffunction-sections");
    Path main =
        w.c(
            "main",
            """
            #include <stdio.h>
            int via_f(int), via_g(int), g(int), local(int);
            int f(int n) { return n * 100; }
            int main(void) { printf("%d %d %d %d\\n", via_f(2), via_g(2), g(1), local(2)); }
            """,
            "-fPIC");
    for (String icf : new String[] {"all", "safe"}) {
      Path lib = dir.resolve("lib" + icf + ".so");
      Linked x = w.jldTo(lib, "-shared", "-m", target.emulation, "--icf=" + icf, o);
      assertEquals(icf.equals("all"), same(x.ok().elf(), "f", "g"));
      assertTrue(same(x.elf(), "s", "t"));
      assertFalse(same(x.elf(), "via_f", "via_g"), "they call what may be different functions");
      Proc p = w.gcc(main, lib, "-Wl,-rpath," + dir).silent().run();
      assertEquals("201 7 3 18\n", p.out(), p::toString);
    }
  }

  private static final String CXX =
      """
      #include <cstdio>
      #include <stdexcept>
      #include <string>
      struct Guard { int *n; ~Guard() { ++*n; } };
      template <class T> __attribute__((noinline)) int run(T v, int *n) {
        Guard g{n};
        try {
          if (v > 2) throw std::runtime_error("deep");
          return (int)v + run<T>(v + 1, n);
        } catch (const std::logic_error &e) { return -1; }
      }
      template <class T> __attribute__((noinline)) int different(T v, int *n) {
        Guard g{n};
        if (v > 2) throw std::string("text");
        return (int)v + different<T>(v + 1, n);
      }
      struct A { virtual int f() { return 1; } virtual ~A() {} };
      struct B : A { int f() override { return 2; } };
      struct C : A { int f() override { return 2; } };
      int main() {
        int n = 0;
        for (int k = 0; k < 2; k++) {
          try { k ? run<int>(0, &n) : run<unsigned>(0, &n); }
          catch (std::exception &e) { std::printf("%s %d\\n", e.what(), n); }
          try { k ? different<int>(0, &n) : different<long>(0, &n); }
          catch (std::string &e) { std::printf("%s %d\\n", e.c_str(), n); }
        }
        A *all[] = {new A, new B, new C};
        for (A *a : all) { std::printf("%d ", a->f()); delete a; }
        std::puts("");
      }
      """;

  /** Exceptions go through folded functions, and end in their handlers. */
  @ParameterizedTest
  @EnumSource
  void exceptions(Target target) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    for (String compiler : new String[] {"g++", "clang++"}) {
      if (!Tools.has(compiler)) {
        continue;
      }
      Path o = w.compile(compiler, "cxx", ".cc", CXX, "-O1", "-fPIC", "-ffunction-sections", "-g");
      for (String mode : new String[] {"-static", "-pie"}) {
        Linked none = w.jld(w.commandLine("g++", mode, o)).silent();
        for (String icf : new String[] {"all", "safe"}) {
          Linked x = w.jld(w.commandLine("g++", mode, "-Wl,--icf=" + icf, o)).silent();
          assertEquals(none.run().out(), x.run().out(), x::toString);
          assertTrue(
              x.elf().section(".text").size() < none.elf().section(".text").size(), x::toString);
          assertTrue(
              x.elf().section(".eh_frame").size() < none.elf().section(".eh_frame").size(),
              "records of folded functions are left out");
        }
      }
    }
  }

  /** Where a function differs by its handlers alone, it is another one. */
  @ParameterizedTest
  @EnumSource
  void handlersAreCompared(Target target) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    String source =
        """
        #include <cstdio>
        void (*volatile raise)(int) = [](int n) { if (n) throw 1; else throw 1.0; };
        #define CATCH(NAME, TYPE) \\
          __attribute__((noinline)) int NAME(int n) { try { raise(n); } catch (TYPE) { return 7; } return 0; }
        CATCH(int_a, int)
        CATCH(int_b, int)
        CATCH(real, double)
        int main() {
          std::printf("%d %d %d\\n", int_a(1), int_b(1), real(0));
          try { real(1); } catch (int) { std::puts("not by real"); }
        }
        """;
    Path o = w.cxx("catch", source, "-O1", "-fPIC", "-ffunction-sections");
    Linked x = w.jld(w.commandLine("g++", "-pie", "-Wl,--icf=all", o)).silent();
    assertEquals("7 7 7\nnot by real\n", x.run().out(), x::toString);
    assertFalse(same(x.elf(), "_Z5int_ai", "_Z4reali"));
    assertTrue(same(x.elf(), "_Z5int_ai", "_Z5int_bi"));
  }

  /** Debug information of a folded function speaks of nothing; its lines are those of the other. */
  @ParameterizedTest
  @EnumSource
  void debugInformation(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    Path o = compile(w, "gcc", "-fPIE", "-g", "-gdwarf-4");
    Linked x = w.gcc("-pie", "-Wl,--icf=all", o).silent();
    String info =
        Proc.run(dir, java.util.List.of("readelf", "--debug-dump=info", x.output().toString()))
            .ok()
            .out();
    String kept = Long.toHexString(x.elf().symbol("add_a").value());
    long addresses =
        info.lines()
            .filter(l -> l.contains("DW_AT_low_pc"))
            .filter(l -> l.endsWith("0x" + kept))
            .count();
    long gone =
        info.lines()
            .filter(l -> l.contains("DW_AT_low_pc"))
            .filter(l -> l.endsWith(": 0") || l.endsWith("0x0"))
            .count();
    assertEquals(1, addresses, "add_a alone is at its address");
    assertTrue(gone >= 6, info);
    String lines =
        Proc.run(
                dir,
                java.util.List.of("readelf", "--debug-dump=decodedline", x.output().toString()))
            .ok()
            .out();
    assertTrue(
        lines.lines().filter(l -> l.contains("0x" + kept + " ") || l.endsWith("0x" + kept)).count()
            >= 3,
        "the lines of all three: " + lines);
  }

  /** What else speaks of folded sections: the map, the cross reference, kept relocations. */
  @ParameterizedTest
  @EnumSource
  void reports(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = compile(w, "gcc", "-fPIE");
    Linked x =
        w.gcc(
                "-pie",
                "-Wl,--icf=all,--emit-relocs,--gc-sections,--cref,-Map," + dir.resolve("map"),
                o)
            .silent();
    assertEquals(1, x.run().status());
    String map = w.read("map");
    String discarded = map.substring(map.indexOf("Discarded input sections"));
    discarded = discarded.substring(0, discarded.indexOf("Memory Configuration"));
    assertTrue(discarded.contains(" .text.add_b"), map);
    String layout = map.substring(map.indexOf("Linker script and memory map"));
    int at = layout.indexOf(" .text.add_a");
    Set<String> names =
        layout
            .substring(at)
            .lines()
            .skip(1)
            .takeWhile(l -> !l.startsWith(" ."))
            .map(l -> l.strip().replaceFirst("0x\\w+ +", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(names.contains("add_a") && names.contains("add_b"), layout.substring(at));
    assertTrue(
        map.substring(map.indexOf("Cross Reference Table")).contains("add_b"), "it is defined");
    // What a relocation names lies where the code goes.
    ElfImage elf = x.elf();
    java.util.List<ElfImage.Symbol> symbols = elf.symbols();
    String table = (target == Target.AMD64 ? ".rela" : ".rel") + ".text";
    assertFalse(elf.relocs(table).isEmpty());
    for (ElfImage.Reloc r : elf.relocs(table)) {
      ElfImage.Symbol s = symbols.get(r.symbol());
      if (s.name().equals("add_b")) {
        assertEquals(elf.symbol("add_a").value(), s.value());
        int width = 4;
        long field = (int) elf.wordAt(r.offset());
        assertEquals(s.value(), r.offset() + field + width, "the call goes there");
      }
    }
  }

  /** With clang's table data is folded, too, but for what has its address taken. */
  @ParameterizedTest
  @EnumSource
  void dataByTheTable(Target target) {
    Tools.needC(target);
    Tools.need("clang");
    Workbench w = new Workbench(dir, target);
    String source =
        """
        #include <stdio.h>
        extern const int a[4], b[4], c[4], d[4];
        const int a[4] = {1, 2, 3, 4}, b[4] = {1, 2, 3, 4}, c[4] = {1, 2, 3, 4}, d[4] = {1, 2, 3, 4};
        const int *volatile p = c, *volatile q = d;
        int main(int argc, char **argv) {
          printf("%d %d\\n", a[argc] + b[argc], p[1] + q[1]);
          return p == q;
        }
        """;
    Path clang = w.compile("clang", "data", ".c", source, "-O2", "-fPIE", "-fdata-sections");
    Linked x = w.gcc("-pie", "-Wl,--icf=all", clang).silent();
    assertEquals(0, x.run().status());
    assertTrue(same(x.elf(), "a", "b"));
    assertFalse(same(x.elf(), "c", "d"));
    Linked all = w.gcc("-pie", "-Wl,--icf=all,--ignore-data-address-equality", clang).silent();
    assertEquals(1, all.run().status());
    Path gcc = w.c("data", source, "-O2", "-fPIE", "-fdata-sections");
    Linked plain = w.gcc("-pie", "-Wl,--icf=all", gcc).silent();
    assertFalse(same(plain.elf(), "a", "b"), "nothing says that nobody compares them");
    assertEquals(plain.run().out(), x.run().out());
  }

  @ParameterizedTest
  @EnumSource
  void relocatableOutputIsLeftAlone(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = compile(w, "gcc", "-fPIE");
    Linked r = w.jld("-r", "-m", target.emulation, "--icf=all", o).silent();
    ElfImage elf = ElfImage.read(r.output());
    assertTrue(elf.hasSection(".text.add_b"));
    Linked plain = w.jld("-r", "-m", target.emulation, o).silent();
    assertArrayEquals(ElfImage.read(plain.output()).bytes, elf.bytes);
    Linked x = w.gcc("-pie", "-Wl,--icf=all", r.output()).silent();
    checkFolded(x.elf(), false);
  }

  @ParameterizedTest
  @EnumSource
  void threads(Target target) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.cxx("cxx", CXX, "-O1", "-fPIC", "-ffunction-sections", "-g");
    java.util.List<String> line = w.commandLine("g++", "-static", "-Wl,--icf=all,--gc-sections", o);
    byte[] one = w.jld("--threads=1", line).silent().elf().bytes;
    for (int n : new int[] {2, 8, 8}) {
      assertArrayEquals(one, w.jld("--threads=" + n, line).silent().elf().bytes);
    }
    Linked none = w.jld("--icf=none", line);
    assertNotEquals(0, none.elf().bytes.length);
  }

  /**
   * In a script of one's own what {@code KEEP} names stays, and so does what another rule names.
   */
  @ParameterizedTest
  @EnumSource
  void scripts(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = compile(w, "gcc", "-fno-pie", "-fno-pic");
    Path script =
        w.file(
            "layout.ld",
            """
            ENTRY(main)
            SECTIONS {
              .first 0x10000 : { KEEP(*(.text.add_a)) *(.text.say_a) }
              .text : { *(.text .text.*) }
              .rodata : { *(.rodata .rodata.*) }
              .data : { *(.data .data.*) *(.bss .bss.*) }
            }
            """);
    Linked x =
        w.jld(
                "-m",
                target.emulation,
                "-T",
                script,
                "--icf=all",
                "--unresolved-symbols=ignore-all",
                o)
            .ok();
    assertFalse(same(x.elf(), "add_a", "add_b"));
    assertTrue(same(x.elf(), "add_b", "add_last"));
    assertFalse(same(x.elf(), "say_a", "say_b"));
    assertTrue(same(x.elf(), "even_a", "even_b"));
  }
}
