package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which definition a name gets, and what is said where there is none, or more than one. */
class SymbolsTest {
  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  @ParameterizedTest
  @EnumSource
  void strongBeforeWeak(Target target) {
    Workbench w = workbench(target);
    Path main =
        w.c("main", "int f(void); int v; int main(void) { return f() * 10 + v; }", "-fno-common");
    Path weak1 =
        w.c(
            "weak1",
            "__attribute__((weak)) int f(void) { return 1; } __attribute__((weak)) int v = 1;");
    Path weak2 =
        w.c(
            "weak2",
            "__attribute__((weak)) int f(void) { return 2; } __attribute__((weak)) int v = 2;");
    Path strong = w.c("strong", "int f(void) { return 3; }");
    assertEquals(10, w.sameAsLd("gcc", "-static", main, weak1, weak2).run().status());
    assertEquals(20, w.sameAsLd("gcc", "-static", main, weak2, weak1).run().status());
    assertEquals(30, w.sameAsLd("gcc", "-static", main, weak1, strong, weak2).run().status());
    assertEquals(30, w.sameAsLd("gcc", "-static", strong, weak1, main).run().status());
  }

  /**
   * A common symbol: of the largest size and the strictest alignment; a definition takes its place,
   * a weak one does not.
   */
  @ParameterizedTest
  @EnumSource
  void common(Target target) {
    Workbench w = workbench(target);
    Path main =
        w.c(
            "main",
            "char c; int array[2]; int d; int main(void) { array[1] = 4;"
                + " return array[1] + d + ((unsigned long)&c % 64 == 0 ? 16 : 0); }",
            "-fcommon");
    Path bigger = w.c("bigger", "int array[50]; char c __attribute__((aligned(64)));", "-fcommon");
    Path defined = w.c("defined", "int d = 8;", "-fno-common");
    Path weak = w.c("weak", "__attribute__((weak)) int d = 64;");
    for (Object[] order :
        new Object[][] {{main, bigger, defined, weak}, {weak, defined, bigger, main}}) {
      Linked x = w.sameAsLd("gcc", "-static", order).silent();
      assertEquals(28, x.run().status());
      assertEquals(200, x.elf().symbol("array").size());
      ElfImage.Symbol c = x.elf().symbol("c");
      assertEquals(0, c.value() % 64);
      assertEquals(1, c.type(), "STT_OBJECT");
      assertTrue(x.elf().section(".bss").holds(c.value()));
    }
    assertEquals(20, w.sameAsLd("gcc", "-static", main, bigger, weak).run().status());
    assertEquals(20, w.sameAsLd("gcc", "-static", weak, main, bigger).run().status());
  }

  @ParameterizedTest
  @EnumSource
  void undefinedWeakIsNull(Target target) {
    Workbench w = workbench(target);
    String source =
        """
        extern int f(void) __attribute__((weak));
        extern int v __attribute__((weak));
        extern int h __attribute__((weak, visibility("hidden")));
        int *volatile in_data = &v;
        int main(void) { return (f ? 1 : 0) + (&v ? 2 : 0) + (in_data ? 4 : 0) + (&h ? 8 : 0); }
        """;
    for (String code : new String[] {"-fno-pie", "-fPIC"}) {
      Path o = w.c("weak", source, code, "-O1");
      assertEquals(0, w.sameAsLd("gcc", "-static", o).silent().run().status());
    }
    Path o = w.c("weak", source, "-fPIC", "-O1");
    assertEquals(0, w.sameAsLd("gcc", "-static-pie", o).silent().run().status());
  }

  @ParameterizedTest
  @EnumSource
  void duplicates(Target target) {
    Workbench w = workbench(target);
    Path a = w.c("a", "int twice(void) { return 1; } int data = 1; int main(void) { return 0; }");
    Path b =
        w.c(
            "b",
            "int unused(void) { return 0; } int twice(void) { return 2; } int data = 2;",
            "-ffunction-sections");
    Linked x = w.gcc("-static", a, b);
    x.failed(
        "multiple definition of 'twice'",
        "multiple definition of 'data'",
        "a.o:(.text+0x0)",
        "b.o:(.text.twice+0x0)",
        "a.o:(.data+0x0)",
        "b.o:(.data+0x0)");
    assertEquals(0, w.sameAsLd("gcc", "-static", "-Wl,-z,muldefs", a, b).run().status());
    assertEquals(
        0, w.sameAsLd("gcc", "-static", "-Wl,--allow-multiple-definition", a, b).run().status());
  }

  @ParameterizedTest
  @EnumSource
  void undefined(Target target) {
    Workbench w = workbench(target);
    Path a =
        w.c(
            "a",
            "int missing_one(void); extern int missing_two; int present_three(void); int main(void)"
                + " { return missing_one() + missing_two + present_there(); }",
            "-w",
            "-fno-pie");
    Path b = w.c("b", "int missing_one(void); int present_three(void) { return missing_one(); }");
    Linked x = w.gcc("-static", "-no-pie", a, b);
    x.failed(
        "undefined reference to 'missing_one'",
        "undefined reference to 'missing_two'",
        "undefined reference to 'present_there'",
        "did you mean",
        "present_three",
        "function main",
        "function present_three",
        "b.o:(.text+0x");
    assertEquals(3, x.err().lines().filter(l -> l.contains("error:")).count(), x::toString);
    // A reference that nothing follows is no error: the section that has it is not linked.
    Path unused =
        w.c(
            "unused",
            "int missing(void); int f(void) { return missing(); } int main(void) { return 0; }",
            "-ffunction-sections");
    w.gcc("-static", unused).failed("undefined reference to 'missing'");
    w.gcc("-static", "-Wl,--gc-sections", unused).silent().ok();
  }

  @ParameterizedTest
  @EnumSource
  void undefinedWhereOptionsAllowIt(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.c(
            "a",
            "int missing(void); int main(int c, char **v) { return c > 5 ? missing() : 3; }",
            "-fno-pie");
    assertEquals(
        3, w.gcc("-static", "-Wl,--unresolved-symbols=ignore-all", o).silent().run().status());
    Linked warned = w.gcc("-static", "-Wl,--warn-unresolved-symbols", o);
    assertEquals(3, warned.run().status());
    warned.says("warning:", "undefined reference to 'missing'");
  }

  /**
   * What is left undefined on purpose keeps no program from starting, and is found if it is there
   * after all.
   */
  @ParameterizedTest
  @EnumSource
  void undefinedAndBoundAtOnce(Target target) {
    Workbench w = workbench(target);
    String source =
        """
        extern int function(void), *variable;
        extern __thread int own;
        int (*held)(void) = function, *data = (int *)&variable;
        int main(int n, char **v) { return held ? function() : n > 1 ? own + !data : 3; }
        """;
    Path library = dir.resolve("found.so");
    Path there = w.c("there", "int function(void) { return 7; } int *variable;", "-fPIC");
    w.jldTo(library, "-shared", "-m", target.emulation, there).ok();
    for (String[] kind :
        new String[][] {{"-fno-pie", "-no-pie"}, {"-fpie", "-pie"}, {"-fPIC", "-pie"}}) {
      Path o = w.c("a", source, kind[0], "-ftls-model=initial-exec");
      for (String allow :
          List.of(
              "--unresolved-symbols=ignore-all",
              "--unresolved-symbols=ignore-in-object-files",
              "--ignore-unresolved-symbol=function,--ignore-unresolved-symbol=variable,"
                  + "--ignore-unresolved-symbol=own")) {
        Linked x = w.gcc(kind[1], "-Wl,-z,now," + allow, o).silent();
        assertEquals(3, x.run().status(), x::toString);
        Map<String, String> preload = Map.of("LD_PRELOAD", library.toString());
        Proc found = Proc.run(dir, List.of(x.output().toString()), preload);
        assertEquals(7, found.status(), found::toString);
      }
    }
    // a library's undefined symbols are not its own affair
    Path lib = dir.resolve("lib.so");
    Path o = w.c("l", "int function(void); int call(void) { return function(); }", "-fPIC");
    w.jldTo(lib, "-shared", "-m", target.emulation, o).ok();
    ElfImage.Symbol s =
        ElfImage.read(lib).symbols(".dynsym").stream()
            .filter(d -> d.name().equals("function"))
            .findFirst()
            .get();
    assertEquals(1, s.bind(), "STB_GLOBAL");
  }

  /**
   * Hidden symbols are found across objects, and are local in the output (gABI, "Symbol
   * Visibility").
   */
  @ParameterizedTest
  @EnumSource
  void visibility(Target target) {
    Workbench w = workbench(target);
    Path a =
        w.c(
            "a",
            "extern int h(void) __attribute__((visibility(\"hidden\"))); int p(void); int d(void);"
                + " int main(void) { return h() + p() + d(); }",
            "-fPIC");
    Path b =
        w.c(
            "b",
            "__attribute__((visibility(\"hidden\"))) int h(void) { return 1; }"
                + " __attribute__((visibility(\"protected\"))) int p(void) { return 2; } int"
                + " d(void) { return 4; }",
            "-fPIC");
    Linked x = w.sameAsLd("gcc", "-static", a, b).silent();
    assertEquals(7, x.run().status());
    assertEquals(0, x.elf().symbol("h").bind());
    assertEquals(1, x.elf().symbol("p").bind());
    assertEquals(1, x.elf().symbol("d").bind());
  }

  /** Objects of the same name in different files don't see each other. */
  @ParameterizedTest
  @EnumSource
  void locals(Target target) {
    Workbench w = workbench(target);
    Path a =
        w.c(
            "a",
            "static int n = 3; static int f(void) { return n++; } int b(void); int main(void) {"
                + " return f() + b() + n; }");
    Path b =
        w.c(
            "b",
            "static int n = 10; static int f(void) { return n++; } int b(void) { return f() + n;"
                + " }");
    assertEquals(28, w.sameAsLd("gcc", "-static", a, b).run().status());
  }

  @ParameterizedTest
  @EnumSource
  void linkerSymbols(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.c(
            "own",
            """
            #include <elf.h>
            #include <stdio.h>
            #include <string.h>
            extern char _end[], end[], _edata[], edata[], _etext[], etext[], __bss_start[], __ehdr_start[], __executable_start[];
            extern int __start_things[], __stop_things[];
            extern char __start_none[] __attribute__((weak)), __stop_none[] __attribute__((weak));
            extern void (*__init_array_start[])(void), (*__init_array_end[])(void);
            extern void (*__preinit_array_start[])(void), (*__preinit_array_end[])(void);
            __attribute__((section("things"), used)) static int one = 1, two = 2;
            __attribute__((section("things"), used)) static int three = 3;
            int data = 5, zero[10];
            static void ctor(void) {}
            __attribute__((section(".init_array"), used)) static void (*p)(void) = ctor;
            int main(void) {
              int sum = 0;
              for (int *p = __start_things; p < __stop_things; p++) sum += *p;
              printf("%d %d\\n", sum, __start_none == __stop_none);
              printf("%d%d\\n", memcmp(__ehdr_start, ELFMAG, SELFMAG) == 0, __executable_start == __ehdr_start);
              printf("%d%d%d\\n", _end == end, _edata == edata, _etext == etext);
              printf("%d%d%d%d\\n", (char *)main < _etext, (char *)&data < _edata, (char *)zero >= __bss_start, (char *)(zero + 10) <= _end);
              printf("%d%d\\n", __init_array_end > __init_array_start, __preinit_array_start == __preinit_array_end);
              return 0;
            }
            """,
            "-fno-pie");
    assertEquals("6 1\n11\n111\n1111\n11\n", w.sameAsLd("gcc", "-static", o).silent().run().out());
    w.sameAsLd("gcc", "-static-pie", w.c("own", w.read("own.c"), "-fpie")).silent();
  }

  /** {@code __start_X} is a name like any other where X is no identifier of C. */
  @ParameterizedTest
  @EnumSource
  void startsOfSectionsThatAreNoIdentifiers(Target target) {
    Workbench w = workbench(target);
    String source =
        """
        #define IN(s, x) __attribute__((section(s), used)) static int x = 1; \\
            extern int in_##x[] __asm__("__start_" s) WEAK;
        IN("a.b", x) IN("s\\351", y) IN("a$b", z) IN("9", nine)
        int *volatile all[] = {in_x, in_y, in_z, in_nine};
        int main(void) { return (all[0] || all[1] || all[2]) + (*all[3] != 1) * 2; }
        """;
    Path weak = w.c("weak", source, "-DWEAK=__attribute__((weak))");
    assertEquals(0, w.sameAsLd("gcc", weak).silent().run().status());
    w.gcc(w.c("strong", source, "-DWEAK=")).failed("__start_a.b", "__start_a$b");
  }

  /** What a program itself defines of these names, it keeps. */
  @ParameterizedTest
  @EnumSource
  void ownDefinitionsOfLinkerSymbols(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.c(
            "own",
            "int end = 3, etext = 4; int edata(void) { return 5; } int main(void) { return end +"
                + " etext + edata(); }");
    assertEquals(12, w.sameAsLd("gcc", "-static", o).silent().run().status());
  }

  @ParameterizedTest
  @EnumSource
  void defsym(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.c(
            "defsym",
            """
            extern char number[], plus[];
            int alias(void); int later(void); int f(void) { return 6; }
            int (*volatile a)(void) = alias, (*volatile b)(void) = f;
            int main(void) { return (int)(long)number + alias() + (plus - (char *)f) + (a == b ? 100 : 0) + later(); }
            """,
            "-fno-pie");
    Linked x =
        w.sameAsLd(
            "gcc",
            "-static",
            "-no-pie",
            "-Wl,--defsym,number=0x10",
            "-Wl,--defsym=alias=f",
            "-Wl,--defsym=plus=f+3",
            "-Wl,--defsym=later=alias",
            o);
    assertEquals(131, x.silent().run().status());
    w.gcc("-static", "-Wl,--defsym=a=b", o).failed();
    w.gcc(
            "-static",
            "-Wl,--defsym=number=1",
            "-Wl,--defsym=alias=f",
            "-Wl,--defsym=plus=nothing+1",
            "-Wl,--defsym=later=f",
            o)
        .failed("nothing");
  }

  @ParameterizedTest
  @EnumSource
  void entry(Target target) {
    Workbench w = workbench(target);
    Path o = w.c("entry", "void f(void) {} void g(void) {}", "-ffunction-sections");
    ElfImage named = w.jld("-e", "g", o).silent().elf();
    assertEquals(named.symbol("g").value(), named.entry);
    assertEquals(0x1234, w.jld("-e", "0x1234", o).elf().entry);
    Linked none = w.jld(o).says("warning:", "cannot find entry symbol _start");
    assertEquals(none.elf().section(".text").addr(), none.elf().entry);
  }

  @ParameterizedTest
  @EnumSource
  void strip(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.c(
            "strip",
            "static int hidden_away(void) { return 1; } int (*p)(void) = hidden_away; int"
                + " shown(void) { return 2; } int main(void) { return p() + shown() - 3; }",
            "-g");
    Path local =
        w.asm(
            "local",
            ".data\n"
                + ".Lkept: .long 1\n"
                + ".globl kept\n"
                + "kept: .long .Lkept - kept\n"
                + ".section .note.GNU-stack,\"\",@progbits\n",
            "-Wa,-L");
    Object[] in = {"-static", o, local};
    ElfImage all = w.gcc(in).silent().elf();
    assertTrue(
        all.hasSymbol("hidden_away") && all.hasSymbol("shown") && all.hasSection(".debug_info"));
    assertTrue(all.hasSymbol(".Lkept"));
    ElfImage s = w.sameAsLd("gcc", "-s", in).silent().elf();
    assertFalse(s.hasSection(".symtab") || s.hasSection(".strtab") || s.hasSection(".debug_info"));
    ElfImage debug = w.sameAsLd("gcc", "-Wl,-S", in).silent().elf();
    assertTrue(debug.hasSymbol("hidden_away") && debug.hasSymbol("shown"));
    assertFalse(debug.sections.stream().anyMatch(x -> x.name().startsWith(".debug")));
    ElfImage x = w.sameAsLd("gcc", "-Wl,-x", in).silent().elf();
    assertFalse(x.hasSymbol("hidden_away") || x.hasSymbol(".Lkept"));
    assertTrue(x.hasSymbol("shown") && x.hasSection(".debug_info"));
    ElfImage upper = w.sameAsLd("gcc", "-Wl,-X", in).silent().elf();
    assertTrue(upper.hasSymbol("hidden_away") && upper.hasSymbol("shown"));
    assertFalse(upper.hasSymbol(".Lkept"));
  }
}
