package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions whose address a resolver chooses when the program starts. */
class IfuncTest {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource({
    "AMD64,-static,-fno-pie",
    "AMD64,-static,-fPIC",
    "AMD64,-static-pie,-fpie",
    "AMD64,-static-pie,-fPIC",
    "X86,-static,-fno-pie",
    "X86,-static,-fPIC",
    "X86,-static-pie,-fPIC"
  })
  void calledAndTaken(Target target, String mode, String code) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path use =
        w.c(
            "use",
            """
            #include <stdio.h>
            #include <string.h>
            int pick(int);
            int (*address_elsewhere(void))(int);
            int (*in_data)(int) = pick;
            static int (*const in_rodata)(int) = pick;
            static int one(int i) { return i + 1; }
            static int (*choose(void))(int) { return one; }
            static int local(int) __attribute__((ifunc("choose")));
            #if defined __i386__ && defined PIE
            #define local_address local_in_data
            #else
            #define local_address local
            #endif
            int (*local_in_data)(int) = local;
            int main(int argc, char **argv) {
              int (*volatile here)(int) = pick;
              int (*volatile l)(int) = local_address;
              printf("%d %d %d\\n", pick(1), here(2), in_data(3));
              printf("%d %d %d\\n", in_rodata(4), local(5), l(6));
              printf("%d %d %d\\n", here == address_elsewhere(), here == in_data, here == in_rodata);
              printf("%d %d\\n", l == local_in_data, l != here);
              printf("%zu %d\\n", strlen("abc"), strcmp(strchr("a.b", '.'), ".b"));
              return memcmp("ab", "ab", 2);
            }
            """,
            code,
            "-O1",
            mode.equals("-static") ? "-DNOPIE" : "-DPIE");
    Path define =
        w.c(
            "define",
            """
            static int two(int i) { return i * 2; }
            static int (*resolve(void))(int) { return two; }
            int pick(int) __attribute__((ifunc("resolve")));
            int (*address_elsewhere(void))(int) { return pick; }
            """,
            code,
            "-O1");
    // Not compared with GNU ld 2.40, which gives a function two addresses here, or refuses the
    // link.
    Linked x = w.gcc(mode, use, define).silent();
    Proc p = x.run();
    assertEquals(0, p.status(), p::toString);
    assertEquals("2 4 6\n8 6 7\n1 1 1\n1 1\n3 0\n", p.out());
    int irelative = target == Target.AMD64 ? 37 : 42;
    ElfImage elf = x.elf();
    long n =
        elf.sections.stream()
            .filter(s -> (s.type() == 4 || s.type() == 9) && (s.flags() & 2) != 0)
            .flatMap(s -> elf.relocs(s.name()).stream())
            .filter(r -> r.type() == irelative)
            .count();
    assertTrue(n > 2, "IRELATIVE relocations: " + n);
  }

  /** A definition that is hidden, one that is weak, and an alias. */
  @ParameterizedTest
  @CsvSource({"AMD64,-static", "AMD64,-static-pie", "X86,-static"})
  void kinds(Target target, String mode) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "kinds",
            """
            #include <stdio.h>
            static int f1(void) { return 1; }
            static int f2(void) { return 2; }
            static void *r1(void) { return f1; }
            __attribute__((used)) static void *r2(void) { return f2; }
            int hidden(void) __attribute__((ifunc("r1"), visibility("hidden")));
            int weak(void);
            __asm__(".weak weak\\n.type weak, @gnu_indirect_function\\n.set weak, r2");
            int alias(void);
            __asm__(".globl alias\\n.type alias, @gnu_indirect_function\\n.set alias, r2");
            int main(void) {
              int (*volatile a)(void) = hidden, (*volatile b)(void) = weak, (*volatile c)(void) = alias;
              printf("%d%d%d %d%d%d\\n", hidden(), weak(), alias(), a(), b(), c());
              return 0;
            }
            """,
            mode.equals("-static") ? "-fno-pie" : "-fpie");
    assertEquals("122 122\n", w.gcc(mode, o).silent().run().out());
  }

  /** An executable's function that its libraries call, and whose address they take. */
  @ParameterizedTest
  @CsvSource({
    "AMD64,-fno-pie,-no-pie",
    "AMD64,-fpie,-pie",
    "AMD64,-fPIC,-pie",
    "AMD64,-fPIC,-no-pie",
    "X86,-fno-pie,-no-pie",
    "X86,-fPIC,-no-pie"
  })
  void exported(Target target, String code, String kind) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library(
        "asks",
        w.c(
            "asks",
            """
            int f(void);
            int (*theirs)(void) = f;
            void *address(void) { return (void *)f; }
            int call(void) { return f(); }
            """,
            "-fPIC"));
    String main =
        """
        static int five(void) { return 5; }
        static void *choose(void) { return five; }
        int f(void) __attribute__((ifunc("choose")));
        void *address(void);
        int call(void);
        extern int (*theirs)(void);
        int (*held)(void) = TAKEN;
        int main(void) {
          int (*g)(void) = address();
          return g() - 5 || call() - 5 || f() - 5 || (held && held != g) || theirs != g
              || (void *)TAKEN2 != (void *)g;
        }
        """;
    // its address is taken here, in two ways, or not at all
    for (String[] taken : new String[][] {{"f", "f"}, {"0", "f"}, {"f", "g"}, {"0", "g"}}) {
      String source = main.replace("TAKEN2", taken[1]).replace("TAKEN", taken[0]);
      Path o = w.c("main", source, code);
      for (String z : List.of("lazy", "now", "ibtplt")) {
        Linked x =
            d.linkWith("jld", "gcc", w.newOutput(), kind, o, "-lasks", "-Wl,-z," + z).silent();
        x.run().ok();
        ElfImage elf = x.elf();
        for (String table : List.of(".dynsym", ".symtab")) {
          ElfImage.Symbol f =
              elf.symbols(table).stream().filter(s -> s.name().equals("f")).findFirst().get();
          assertEquals(2, f.type(), "STT_FUNC");
          ElfImage.Section plt = elf.sections.get(f.shndx());
          assertTrue(plt.name().startsWith(".plt") && plt.holds(f.value()), plt::toString);
        }
      }
    }
  }

  /** Another name that an option gives it is another name of the function, not of the resolver. */
  @ParameterizedTest
  @CsvSource({
    "AMD64,-fno-pie,-no-pie",
    "AMD64,-fno-pie,-static",
    "AMD64,-fPIC,-pie",
    "AMD64,-fpie,-static-pie",
    "X86,-fno-pie,-no-pie",
    "X86,-fno-pie,-static"
  })
  void namedByOption(Target target, String code, String kind) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("main", NAMED, code);
    w.gcc(kind, "-Wl,--defsym=g=f", o).silent().run().ok();
    if (target == Target.X86) {
      Path pic = w.c("pic", NAMED, "-fPIC");
      w.gcc("-pie", "-Wl,--defsym=g=f", pic).failed("'f', which is an STT_GNU_IFUNC");
    }
  }

  private static final String NAMED =
      """
      static int five(void) { return 5; }
      static void *choose(void) { return five; }
      int f(void) __attribute__((ifunc("choose")));
      int g(void);
      int (*held)(void) = g;
      int main(void) { return g() - 5 || held() - 5 || f() - 5 || held != f; }
      """;

  /** Its entry can't be its address, and what becomes of it is said. */
  @ParameterizedTest
  @EnumSource(names = "X86")
  void exportedByPie(Target target) {
    Tools.needC(target);
    Dynamic d = new Dynamic(dir, target);
    Workbench w = d.bench;
    d.library("asks", w.c("asks", "int f(void); int call(void) { return f(); }", "-fPIC"));
    Path o =
        w.c(
            "main",
            """
            static int five(void) { return 5; }
            static void *choose(void) { return five; }
            int f(void) __attribute__((ifunc("choose")));
            int call(void);
            int main(void) { return call() - f(); }
            """,
            "-fPIC");
    Linked x = d.linkWith("jld", "gcc", w.newOutput(), "-pie", o, "-lasks");
    x.says("warning:", "a shared library refers to 'f', an STT_GNU_IFUNC of this executable");
    x.run().ok();
  }

  /**
   * An i386 PLT entry of a PIE needs the GOT's address in %ebx, which a caller through a pointer
   * does not have.
   */
  @ParameterizedTest
  @EnumSource(names = "X86")
  void addressOfLocalInPie(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "taken",
            """
            static int one(void) { return 1; }
            static void *r(void) { return one; }
            static int f(void) __attribute__((ifunc("r")));
            int main(void) { int (*volatile p)(void) = f; return p(); }
            """,
            "-fpie");
    w.gcc("-static-pie", o).failed("taken.o:(.text+0x", "R_386_GOTOFF", "'f'");
  }
}
