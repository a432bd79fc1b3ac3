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

  private static final String CODE =
      """
      #include <stdio.h>
      __attribute__((cold)) int cold(int n) { return n + 1; }
      __attribute__((hot)) int hot(int n) { return n + 2; }
      int plain(int n) { return n + 3; }
      int main(void) { printf("%d\\n", cold(1) + hot(1) + plain(1)); return 0; }
      """;

  /** Code by how often it is run: apart, together, or as it comes. */
  @ParameterizedTest
  @EnumSource
  void textSections(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("p", CODE, "-O2", "-ffunction-sections");
    ElfImage usual = w.gcc(o).silent().elf();
    assertTrue(usual.symbol("hot").value() < usual.symbol("plain").value());
    assertFalse(usual.hasSection(".text.hot"));
    Linked apart = w.gcc(o, "-Wl,-z,keep-text-section-prefix").silent();
    assertEquals("9\n", apart.run().out());
    for (String name : List.of("hot", "unlikely", "startup")) {
      assertTrue(apart.elf().section(".text." + name).size() > 0, name);
    }
    ElfImage.Section hot = apart.elf().section(".text.hot");
    assertTrue(
        Long.compareUnsigned(apart.elf().symbol("hot").value() - hot.addr(), hot.size()) < 0);
    assertFalse(
        w.gcc(o, "-Wl,-z,keep-text-section-prefix,-z,nokeep-text-section-prefix")
            .elf()
            .hasSection(".text.hot"));
    Linked mixed = w.gcc(o, "-Wl,--no-text-reorder").silent();
    assertEquals("9\n", mixed.run().out());
    assertTrue(mixed.elf().symbol("cold").value() < mixed.elf().symbol("hot").value());
    assertTrue(
        mixed.elf().symbol("hot").value() < mixed.elf().symbol("plain").value()
            && mixed.elf().symbol("plain").value() < mixed.elf().symbol("main").value());
  }

  @ParameterizedTest
  @EnumSource
  void executeOnly(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.c("p", CODE, "-O2", "-fPIC");
    for (String kind : List.of("-pie", "-static")) {
      Linked x = w.gcc(kind, o, "-Wl,--execute-only").silent();
      List<Integer> rights =
          x.elf().segments.stream()
              .filter(g -> g.type() == 1 && (g.flags() & 1) != 0)
              .map(ElfImage.Segment::flags)
              .toList();
      assertEquals(List.of(1), rights, x::toString); // PF_X alone
      if (target == Target.AMD64) { // an emulator reads what it runs
        assertEquals("9\n", x.run().out());
      }
    }
    Object[] link = {"-m", target.emulation, "--unresolved-symbols=ignore-all", o};
    assertTrue(
        w.jld(link, "--execute-only", "--no-execute-only").elf().segments.stream()
            .noneMatch(g -> g.type() == 1 && g.flags() == 1));
    for (String other : List.of("--no-rosegment", "-znoseparate-code", "-N")) {
      w.jld(link, "--execute-only", other).failed("--execute-only needs code on pages of its own");
    }
  }

  /** A variable of which there is one in a process is an ordinary one. */
  @ParameterizedTest
  @EnumSource
  void gnuUnique(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.asm(
            "u",
            ".globl once\n.type once,@gnu_unique_object\n.data\nonce: .long 1\n.size once,4\n"
                + ".section .note.GNU-stack,\"\",@progbits\n");
    Object[] link = {"-m", target.emulation, "-shared", o};
    for (String table : List.of(".symtab", ".dynsym")) {
      assertEquals(10, binding(w.jld(link).silent().elf(), table));
      assertEquals(1, binding(w.jld(link, "--no-gnu-unique").silent().elf(), table));
      assertEquals(10, binding(w.jld(link, "--no-gnu-unique", "--gnu-unique").elf(), table));
    }
    assertEquals(3, w.jld(link).elf().bytes[7]); // ELFOSABI_GNU
    assertEquals(0, w.jld(link, "--no-gnu-unique").elf().bytes[7]);
  }

  private static int binding(ElfImage elf, String table) {
    return elf.symbols(table).stream()
        .filter(s -> s.name().equals("once"))
        .findFirst()
        .orElseThrow()
        .bind();
  }

  /** Names that begin at the root lead into another one, those in its scripts too. */
  @ParameterizedTest
  @EnumSource
  void chroot(Target target) throws Exception {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path root = java.nio.file.Files.createDirectories(dir.resolve("root/lib"));
    Path main = w.asm("main", ".globl _start\n_start: call f\n");
    Path f = w.asm("f", ".globl f\nf: ret\n");
    java.nio.file.Files.move(main, root.resolve("main.o"));
    java.nio.file.Files.move(f, root.resolve("f.o"));
    java.nio.file.Files.writeString(root.resolve("libf.so"), "INPUT(/lib/f.o)\n");
    Object[] link = {"-m", target.emulation, "/lib/main.o", "-L/lib", "-lf", "-z", "noexecstack"};
    w.jld(link, "--chroot", dir.resolve("root")).silent();
    w.jld(link).failed("/lib/main.o");
  }

  private static boolean isStackExecutable(ElfImage elf) {
    return elf.segments.stream().anyMatch(g -> g.type() == 0x6474e551 && (g.flags() & 1) != 0);
  }

  /** Other names for what GNU ld has. */
  @ParameterizedTest
  @EnumSource
  void otherNames(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path a = w.asm("a", ".globl _start, f\n_start: ret\nf: ret\n.comm c, 4, 4\n");
    Path b = w.asm("b", ".globl f\nf: ret\ncall none@plt\n");
    Object[] link = {"-m", target.emulation, "-z", "noexecstack", a};
    Object[] both = {link, b, "--weak-unresolved-symbols", "-z", "muldefs"};
    w.jld(both).silent();
    w.jld(both, "--no-allow-multiple-definition").failed("multiple definition of 'f'");
    w.jld(link, b, "-z", "muldefs").failed("undefined reference to 'none'");
    w.jld(link, b, "-z", "muldefs", "-z", "nodefs").silent();
    ElfImage object = ElfImage.read(w.jld(link, "-r", "--define-common").silent().output());
    assertEquals(".bss", object.sections.get(object.symbol("c").shndx()).name());
    assertFalse(w.jld(link, "--build-id", "--no-build-id").elf().hasSection(".note.gnu.build-id"));
    assertEquals(2, w.jld(link, "-pie", "--no-pic-executable").elf().type); // ET_EXEC
    assertEquals("", w.jld(link, "--cref", "--no-cref").out());
    assertTrue(w.jld(link, "--cref").out().contains("Cross Reference Table"));
    assertTrue(
        w.jld(link, "--perf").out().contains("asmb") || !w.jld(link, "--perf").err().isEmpty());
    assertEquals(
        Set.of(),
        w.jld(link, "-n", "--no-nmagic").elf().segments.stream()
            .filter(g -> g.type() == 1 && g.align() < 4096)
            .collect(Collectors.toSet()));
    Path twice =
        w.c(
            "t",
            "int one(void) { return 1; } int two(void) { return 1; }",
            "-O1",
            "-ffunction-sections",
            "-fno-pic");
    ElfImage unfolded = w.jld(link, twice, "--icf=all", "--no-icf").silent().elf();
    assertTrue(unfolded.symbol("one").value() != unfolded.symbol("two").value());
    ElfImage reversed = w.jld(link, twice, "--reverse-sections").silent().elf();
    assertTrue(reversed.symbol("one").value() > reversed.symbol("two").value());
    assertTrue(isStackExecutable(w.jld(link, "-z", "execstack").elf()));
    assertFalse(
        isStackExecutable(w.jld(link, "-z", "execstack", "-z", "execstack-if-needed").elf()));
    w.jld(link, "--rsp-quoting=posix").silent();
    w.jld(link, "--rsp-quoting=windows").failed("words are quoted as compilers write them");
  }

  /** Common symbols stay common in an object, of the type that is asked for. */
  @ParameterizedTest
  @EnumSource
  void commonTypes(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o = w.asm("c", ".comm c, 4, 4\n.globl f\nf: ret\n");
    for (String keyword : List.of("common", "nocommon")) {
      Object[] link = {"-m", target.emulation, "-r", "-z", keyword, o};
      int gnu = ElfImage.read(w.ld(link).output()).symbol("c").type();
      assertEquals(keyword.equals("common") ? 5 : 1, gnu);
      assertEquals(gnu, ElfImage.read(w.jld(link).silent().output()).symbol("c").type());
    }
  }
}
