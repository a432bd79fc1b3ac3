package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Entries of the symbol table for what the linker itself defines, and for names of --defsym. */
class LinkerSymbolsTest {
  private static final int STB_LOCAL = 0;
  private static final int STT_FUNC = 2;
  private static final int STV_HIDDEN = 2;

  @TempDir Path dir;

  private static String sectionOf(ElfImage x, String symbol) {
    return x.sections.get(x.symbol(symbol).shndx()).name();
  }

  /** The end of one section may be the start of another; the name says which one is meant. */
  @ParameterizedTest
  @EnumSource
  void sectionsOfEnds(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "main",
            """
            __attribute__((section("set"))) long a = 1;
            __attribute__((section("unset"))) long b = 2;
            int zero[100];
            extern char __start_set[], __stop_set[], _edata[], _end[], __executable_start[];
            char *all[] = {__start_set, __stop_set, _edata, _end, __executable_start};
            int main(void) { return __stop_set - __start_set - sizeof a; }
            """,
            "-fno-pie");
    for (String link : new String[] {"-Wl,-z,relro", "-Wl,-z,noseparate-code"}) {
      Linked linked = w.gcc("-no-pie", o, link);
      assertEquals(0, linked.run().status());
      ElfImage x = linked.elf();
      assertEquals("set", sectionOf(x, "__start_set"));
      assertEquals("set", sectionOf(x, "__stop_set"));
      assertEquals("unset", sectionOf(x, "_edata"));
      assertEquals(".bss", sectionOf(x, "_end"));
      assertEquals(1, x.symbol("__executable_start").shndx(), "not in the first section");
    }
  }

  /** {@code _GLOBAL_OFFSET_TABLE_} is each output's own. */
  @ParameterizedTest
  @EnumSource
  void hidden(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "lib",
            """
            extern char _GLOBAL_OFFSET_TABLE_[], _DYNAMIC[];
            char *got(void) { return _GLOBAL_OFFSET_TABLE_; }
            char *dynamic(void) { return _DYNAMIC; }
            """,
            "-fPIC");
    ElfImage x = w.jld("-m", target.emulation, "-shared", o).elf();
    for (String name : new String[] {"_GLOBAL_OFFSET_TABLE_", "_DYNAMIC"}) {
      assertEquals(STB_LOCAL, x.symbol(name).bind());
      assertEquals(STV_HIDDEN, x.symbol(name).visibility());
      assertFalse(x.symbols(".dynsym").stream().anyMatch(s -> s.name().equals(name)));
    }
  }

  /** Another name of a function is a function: the loader and debuggers look at that. */
  @ParameterizedTest
  @EnumSource
  void typeOfAlias(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("lib", "int f(void) { return 1; } int data[4];", "-fPIC");
    ElfImage x =
        w.jld(
                "-m",
                target.emulation,
                "-shared",
                o,
                "--defsym=first=f",
                "--defsym=second=first",
                "--defsym=inside=f+1",
                "--defsym=number=7")
            .elf();
    assertEquals(STT_FUNC, x.symbol("first").type());
    assertEquals(STT_FUNC, x.symbol("second").type());
    assertEquals(0, x.symbol("inside").type());
    assertEquals(0, x.symbol("number").type());
  }

  /** SHF_GNU_RETAIN is a request to the linker; the output's sections don't have it. */
  @ParameterizedTest
  @EnumSource
  void retained(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.asm(
            "lib",
            """
            .section .data.kept,"awR",@progbits
            .globl kept
            kept: .long 1
            .section .note.GNU-stack,"",@progbits
            """);
    ElfImage x = w.jld("-m", target.emulation, "-e", "0", "--gc-sections", o).elf();
    assertEquals(3, x.section(".data").flags()); // WRITE, ALLOC
    ElfImage r = ElfImage.read(w.jld("-m", target.emulation, "-r", o).output());
    assertEquals(0x200003, r.section(".data.kept").flags());
  }
}
