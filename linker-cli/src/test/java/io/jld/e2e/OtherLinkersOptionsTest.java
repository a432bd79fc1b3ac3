package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options about symbols that lld and mold have, too. */
class OtherLinkersOptionsTest {
  @TempDir Path dir;

  /** Those that begin with one of two letters and an underscore. */
  private static Set<String> names(ElfImage elf) {
    return elf.symbols().stream()
        .map(ElfImage.Symbol::name)
        .filter(n -> n.matches("[fgh]_.*"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @ParameterizedTest
  @EnumSource
  void undefinedGlob(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    String sections = "-ffunction-sections";
    Path main =
        w.c("main", "int _start(void) { return 0; } int h_own(void) { return 1; }", sections);
    Path one = w.c("one", "int g_dep(void); int f_one(void) { return g_dep(); }", sections);
    Path two =
        w.c("two", "int f_two(void) { return 2; } int g_beside(void) { return 3; }", sections);
    Path dep = w.c("dep", "int g_dep(void) { return 4; }", sections);
    Path other = w.c("other", "int g_other(void) { return 5; }", sections);
    Path archive = w.archive("lib.a", one, two, dep, other);
    Object[] link = {"-m", target.emulation, main, archive};
    assertEquals(Set.of("h_own"), names(w.jld(link).silent().elf()));
    Set<String> all = Set.of("f_one", "f_two", "g_beside", "g_dep", "h_own");
    Object[] glob = {"--undefined-glob=f_*", link};
    assertEquals(all, names(w.jld(glob).silent().elf()));
    Object[] lib = {
      "-m",
      target.emulation,
      "--undefined-glob",
      "f_[ot]*",
      main,
      "--start-lib",
      one,
      two,
      dep,
      other
    };
    assertEquals(all, names(w.jld(lib, "--end-lib").silent().elf()));
    if (Tools.has("ld.lld")) {
      assertEquals(all, names(w.linker("ld.lld", glob).elf()));
    }
    assertEquals(
        Set.of("f_one", "f_two", "g_dep"),
        names(w.jld("--gc-sections", glob).silent().elf()),
        "what matches is kept");
    assertEquals(Set.of("h_own"), names(w.jld("--undefined-glob=x*", link).silent().elf()));
  }

  /** What each form of -Bsymbolic leaves to the loader. */
  @ParameterizedTest
  @EnumSource
  void bindsAllButWeakDefinitions(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "a",
            """
            int data = 1;
            __attribute__((weak)) int weak_data = 2;
            int function(void) { return 3; }
            __attribute__((weak)) int weak_function(void) { return 4; }
            int *p[] = {&data, &weak_data};
            int (*f[])(void) = {function, weak_function};
            int g(void) { return function() + weak_function(); }
            """,
            "-fPIC");
    List<String> expected =
        List.of(
            "-Bno-symbolic data function weak_data weak_function",
            "-Bsymbolic",
            "-Bsymbolic-functions data weak_data",
            "-Bsymbolic-non-weak-functions data weak_data weak_function",
            "-Bsymbolic-non-weak weak_data weak_function");
    for (String line : expected) {
      String[] words = line.split(" ");
      Object[] link = {"-m", target.emulation, "-shared", words[0], o};
      String left = left(w.jld(link).silent().elf());
      assertEquals(line.substring(words[0].length()).strip(), left, line);
      if (Tools.has("ld.lld") && !words[0].equals("-Bsymbolic-non-weak")) { // lld 14 lacks it
        assertEquals(left, left(w.linker("ld.lld", link).elf()), line);
      }
    }
  }

  private static String left(ElfImage elf) {
    List<ElfImage.Symbol> symbols = elf.symbols(".dynsym");
    return elf.sections.stream()
        .filter(s -> s.type() == 4 || s.type() == 9)
        .flatMap(s -> elf.relocs(s).stream())
        .filter(r -> r.symbol() != 0)
        .map(r -> symbols.get(r.symbol()).name())
        .distinct()
        .sorted()
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @EnumSource
  void warnsOfWritableCode(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path plain = w.asm("plain", ".globl _start\n_start: ret\n.data\n.long 1\n");
    Path both = w.asm("both", ".section .both,\"awx\"\nret\n");
    String text = "is readable, writable and executable";
    Object[] line = {"-m", target.emulation, plain};
    w.jld("--warn-rwx-segments", line).ok().silent();
    w.jld(line, both).ok().silent();
    w.jld("--warn-rwx-segments", "--no-warn-rwx-segments", line, both).ok().silent();
    Linked linked = w.jld("--warn-rwx-segments", line, both).ok().says("warning", text);
    long at = linked.elf().segments.stream().filter(s -> s.flags() == 7).findFirst().get().addr();
    linked.says("segment at 0x" + Long.toHexString(at) + " ");
    w.jld("--warn-rwx-segments", "-N", line).ok().says("warning", text);
    w.jld("--warn-rwx-segments", "--fatal-warnings", line, both).failed(text);
    assertTrue(w.ld("--warn-rwx-segments", line, both).err().contains("RWX"));
  }
}
