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

  /** The mark that GNU ld writes, and no copies of a library's data. */
  @ParameterizedTest
  @EnumSource
  void indirectExternAccess(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    Path so = dir.resolve("liba.so");
    w.jldTo(so, "-m", target.emulation, "-shared", w.c("a", "int v = 5;", "-fPIC")).ok();
    String code = "extern int v; int main(void) { return v; }";
    Path pic = w.c("pic", code, "-fPIC");
    Path direct = w.c("direct", code, "-fno-pic");
    String mark = "-Wl,-z,indirect-extern-access";
    String needed = "1_needed: indirect external access";
    Object[] link = {"-no-pie", pic, so, "-Wl,-rpath," + dir};
    Linked marked = w.gcc(link, mark).silent();
    assertEquals(5, marked.run().status());
    assertTrue(notes(marked).contains(needed), notes(marked));
    assertTrue(notes(w.ld(w.commandLine("gcc", link, mark))).contains(needed));
    Linked none = w.gcc(link, mark, "-Wl,-z,noindirect-extern-access").silent();
    assertFalse(notes(none).contains(needed), notes(none));
    Object[] lib = {"-m", target.emulation, "-shared", pic, "-z", "indirect-extern-access"};
    assertTrue(notes(w.jld(lib).silent()).contains(needed));
    Object[] copied = {"-no-pie", direct, so, "-Wl,-rpath," + dir};
    assertEquals(5, w.gcc(copied).silent().run().status());
    Object[] text = {copied, mark, "-Wl,-z,text"};
    w.gcc(text).failed(target == Target.AMD64 ? "without copy relocations" : "'v'");
    assertEquals(1, w.ld(w.commandLine("gcc", text)).status());
  }

  /** Loads from the GOT stay loads from the GOT. */
  @ParameterizedTest
  @EnumSource
  void noRelax(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("o", "extern int x; int _start(void) { return x; }", "-fPIC");
    Path x = w.c("x", "int x = 5;", "-fPIC");
    Object[] link = {"-m", target.emulation, "-z", "norelro", o, x};
    assertFalse(slots(w.jld(link).silent().elf()).contains(5L), "relaxed");
    for (String kind : List.of("-no-pie", "-pie", "-shared")) {
      ElfImage elf = w.jld("--no-relax", kind, "-Bsymbolic", link).silent().elf();
      assertTrue(slots(elf).contains(5L), kind);
      assertEquals(5L, slots(w.jld("--relax", "--no-relax", link).elf()).getFirst());
    }
  }

  /** The words that the words of {@code .got} point to, as far as they are addresses. */
  private static List<Long> slots(ElfImage elf) {
    return elf.hasSection(".got")
        ? java.util.Arrays.stream(elf.words(".got"))
            .filter(
                a -> elf.sections.stream().anyMatch(s -> s.name().equals(".data") && s.holds(a)))
            .mapToObj(a -> elf.wordAt(a) & 0xffffffffL)
            .toList()
        : List.of();
  }

  /** As with GNU ld, sections name what is exported. */
  @ParameterizedTest
  @EnumSource
  void versionExportsSection(Target target) {
    Tools.needC(target);
    Tools.need("readelf");
    Workbench w = new Workbench(dir, target);
    String note = ".section .note.GNU-stack,\"\",@progbits\n";
    Path code = w.c("c", "int f_a, f_b, g_a, g_b; int h(void) { return 1; }", "-fPIC");
    Path one = w.asm("one", ".section .exports,\"\"\n.asciz \"f_*\"\n" + note);
    Path two = w.asm("two", ".section .exports,\"\"\n.string \"h\", \"g_b\"\n" + note);
    Object[] link = {"-m", target.emulation, "-shared", "-soname", "l.so", code, one, two};
    Linked ours = w.jld(link, "--version-exports-section=V1").silent();
    Linked expected = w.ld(link, "--version-exports-section=V1");
    assertEquals(exported(expected), exported(ours));
    assertEquals("f_a@@V1 f_b@@V1 g_b@@V1 h@@V1", exported(ours));
    assertFalse(ours.elf().hasSection(".exports"));
    Linked without = w.jld(link).silent();
    assertTrue(exported(without).contains("g_a"), exported(without));
    assertTrue(without.elf().hasSection(".exports"));
    Path script = w.file("script", "V0 { global: g_a; };");
    Object[] both = {link, "--version-exports-section=V1", "--version-script=" + script};
    assertEquals(exported(w.ld(both)), exported(w.jld(both)));
  }

  private String exported(Linked linked) {
    List<String> readelf = List.of("readelf", "-W", "--dyn-syms", linked.ok().output().toString());
    return Proc.run(dir, readelf)
        .ok()
        .out()
        .lines()
        .filter(l -> l.contains("GLOBAL") && !l.contains(" ABS "))
        .map(l -> l.substring(l.lastIndexOf(' ') + 1))
        .sorted()
        .collect(Collectors.joining(" "));
  }

  /** An archive that stands too early is named, which is what --warn-backrefs is for. */
  @ParameterizedTest
  @EnumSource
  void namesArchivesThatStandTooEarly(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path main = w.c("main", "int f(void); int _start(void) { return f(); }");
    Path f = w.c("f", "int f(void) { return 1; }");
    Path archive = w.archive("lib.a", w.c("x", "int x;"), f);
    String hint = "(f.o), which stands before what refers to it, defines it";
    Object[] options = {"-m", target.emulation, "--warn-backrefs", "--warn-backrefs-exclude=*"};
    w.jld(options, archive, main).failed("undefined reference to 'f'", "lib.a" + hint);
    w.jld(options, "-(", archive, "-)", main).failed("lib.a" + hint);
    w.jld(options, "--start-lib", f, "--end-lib", main)
        .failed("f.o, which stands before what refers to it, defines it");
    w.jld(options, main, archive).silent();
    w.jld(options, "-(", archive, main, "-)").silent();
    Linked other = w.jld(options, w.archive("other.a", w.c("y", "int f;")), main);
    other.failed("other.a(y.o), which stands before");
  }

  private String notes(Linked linked) {
    return Proc.run(dir, List.of("readelf", "-nW", linked.ok().output().toString())).ok().out();
  }
}
