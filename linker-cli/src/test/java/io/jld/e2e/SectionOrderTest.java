package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Options about the order of input sections, without a linker script. */
class SectionOrderTest {
  private static final String CODE =
      """
      int f_a(void) { return 1; }
      int f_b(void) { return 2; }
      int f_c(void) { return 3; }
      static int f_local(void) { return 4; }
      __attribute__((cold)) int f_cold(void) { return 5; }
      int (*d_p)(void) = f_local;
      int d_a = 1, d_b = 2;
      long long d_c __attribute__((aligned(64))) = 3;
      int b_a, b_b;
      const int r_a = 1, r_b = 2;
      int absent(void) __attribute__((weak));
      int _start(void) { return f_a() + f_b() + f_c() + (absent ? absent() : 0); }
      """;

  private static final String NOTE = ".section .note.GNU-stack,\"\",@progbits\n";

  @TempDir Path dir;

  private static Path code(Workbench w) {
    Tools.needC(w.target);
    return w.c(
        "o",
        CODE,
        "-O1",
        "-ffunction-sections",
        "-fdata-sections",
        "-fno-pic",
        "-fno-pie",
        "-fno-toplevel-reorder");
  }

  /** The names of a kind in the order of their addresses. */
  private static String order(Linked linked, String kind) {
    return linked.elf().symbols().stream()
        .filter(s -> s.name().startsWith(kind))
        .sorted(Comparator.comparingLong(ElfImage.Symbol::value))
        .map(s -> s.name().substring(kind.length()))
        .collect(Collectors.joining(" "));
  }

  private static String order(Linked linked) {
    return order(linked, "f_")
        + " | "
        + order(linked, "d_")
        + " | "
        + order(linked, "b_")
        + " | "
        + order(linked, "r_");
  }

  @ParameterizedTest
  @EnumSource
  void symbolOrderingFile(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    Path list = w.file("list", "# hot\n\n  f_c \nf_local\nf_cold\nd_b\nb_b\nr_b\nf_b\nf_c\n");
    Object[] link = {"-m", target.emulation, "--symbol-ordering-file=" + list, o};
    Linked ours = w.jld(link).ok().says("'f_c' is named twice");
    assertEquals("c local cold b a | b p a c | b a | b a", order(ours));
    assertNotEquals(order(ours), order(w.jld("-m", target.emulation, o)));
    if (Tools.has("ld.lld")) {
      Linked lld = w.linker("ld.lld", "-z", "nognustack", link);
      assertEquals(order(lld, "f_"), order(ours, "f_"));
      assertEquals(order(lld, "d_"), order(ours, "d_"));
    }
    // a script's descriptions stay in order
    Path script =
        w.file("s.ld", "SECTIONS { .text : { *(.text.f_a .text.f_b) m = .; *(.text .text.*) } }");
    Linked scripted = w.jld("-T", script, link).ok();
    assertTrue(order(scripted, "f_").startsWith("b a c local cold"), order(scripted, "f_"));
    assertTrue(scripted.elf().symbol("m").value() <= scripted.elf().symbol("f_c").value());
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatItCannotOrder(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    Path so = dir.resolve("libs.so");
    w.jldTo(so, "-m", target.emulation, "-shared", w.c("s", "int shared;", "-fPIC")).ok();
    Path list = w.file("list", "f_unused\nnone\nabsent\nshared\nfixed\nf_b\n");
    Path unused = w.c("unused", "int f_unused(void) { return 1; }", "-ffunction-sections");
    Path fixed = w.asm("fixed", ".globl fixed\nfixed = 5\n" + NOTE);
    Object[] link = {
      "-m", target.emulation, "--gc-sections", "--symbol-ordering-file", list, o, unused, fixed, so
    };
    w.jld(link)
        .ok()
        .says(
            "symbol ordering file: no symbol 'none'",
            "cannot order 'f_unused', whose section is not linked",
            "cannot order 'absent', which is undefined",
            "libs.so: symbol ordering file: cannot order 'shared', which a shared library defines",
            "cannot order 'fixed', which is in no section");
    w.jld(link, "--no-warn-symbol-ordering").ok().silent();
    w.jld(link, "--fatal-warnings").failed("no symbol 'none'");
    w.jld("--symbol-ordering-file=" + dir.resolve("none"), o).failed("no such file");
  }

  /** Functions, some of which call each other often; the profile is the assembler's. */
  private static Path profiled(Workbench w, String name, boolean profile) {
    Random random = new Random(7);
    StringBuilder b = new StringBuilder();
    int[] sizes = {1, 16, 100, 1000, 30000};
    for (int i = 0; i < 100; i++) {
      b.append(".section .text.f_%d,\"ax\",@progbits\n.globl f_%d\n".formatted(i, i));
      b.append("f_%d: .zero %d, 0x90\n".formatted(i, sizes[random.nextInt(5)]));
    }
    b.append(".text\n.globl _start\n_start: nop\n");
    for (int i = 0; profile && i < 300; i++) {
      b.append(
          ".cg_profile f_%d, f_%d, %d\n"
              .formatted(
                  random.nextInt(100), random.nextInt(100), 1L << random.nextInt(i == 0 ? 1 : 40)));
    }
    return w.compile("clang", name, ".s", b + NOTE, "-Wno-unused-command-line-argument");
  }

  /** The same order as lld's, by the profile in an object, or in one that -r has made of it. */
  @ParameterizedTest
  @EnumSource
  void callGraphProfile(Target target) {
    Tools.need("clang", "ld.lld");
    Workbench w = new Workbench(dir, target);
    Path o = profiled(w, "o", true);
    String plain = order(w.jld("-m", target.emulation, profiled(w, "plain", false)).ok(), "f_");
    Path printed = dir.resolve("printed");
    Object[] link = {"-m", target.emulation, o};
    Linked ours = w.jld(link, "--print-symbol-order=" + printed).silent();
    String lld = order(w.linker("ld.lld", link), "f_");
    assertEquals(lld, order(ours, "f_"));
    assertNotEquals(plain, order(ours, "f_"));
    Path relocatable = w.jld("-r", link).silent().output();
    assertEquals(lld, order(w.jld("-m", target.emulation, relocatable).silent(), "f_"));
    assertEquals(plain, order(w.jld("--no-call-graph-profile-sort", link).silent(), "f_"));
    assertEquals(plain, order(w.jld("--call-graph-profile-sort=none", link).silent(), "f_"));
    assertTrue(lld.startsWith(w.read("printed").replace("f_", "").replace('\n', ' ').strip()));
    Path list = w.file("list", "f_99\n");
    String named = order(w.jld("--symbol-ordering-file", list, link).silent(), "f_");
    assertEquals("99 " + plain.replace(" 99", ""), named);
  }

  @ParameterizedTest
  @EnumSource
  void callGraphOrderingFile(Target target) {
    Tools.need("clang");
    Workbench w = new Workbench(dir, target);
    Path o = profiled(w, "o", false);
    Path list = w.file("list", "f_3 f_90 100\nf_90 f_2 50\nf_50 f_70 900\nf_50 none 1\n");
    Object[] link = {"-m", target.emulation, "--call-graph-ordering-file=" + list, o};
    Linked ours = w.jld(link).says("call graph ordering file: no symbol 'none'");
    if (Tools.has("ld.lld")) {
      assertEquals(order(w.linker("ld.lld", link), "f_"), order(ours, "f_"));
    }
    String order = " " + order(ours, "f_") + " ";
    assertTrue(order.contains(" 3 90 2 ") && order.contains(" 50 70 "), order);
    w.jld(link, "--no-warn-symbol-ordering").silent();
    w.jld(link, "--symbol-ordering-file", list).failed("may not be used together");
    Path bad = w.file("bad", "f_1 f_2 3\nf_1 f_2\n");
    w.jld("-m", target.emulation, "--call-graph-ordering-file", bad, o)
        .failed("bad:2: not 'CALLER CALLED COUNT': 'f_1 f_2'");
  }

  /** GNU ld 2.43's form: what output sections begin with. */
  @ParameterizedTest
  @EnumSource
  void sectionOrderingScript(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    Path list =
        w.file(
            "list",
            """
            .text : { *(.text.f_c) *(.text.f_local) }
            .data : { *o.o(.data.d_b) } /* of one file */
            .bss : { *(.bss.b_b) }
            .text : { *(.text.f_b) }
            """);
    Object[] link = {"-m", target.emulation, "--section-ordering-file=" + list, o};
    String usual = order(w.jld("-m", target.emulation, o).silent());
    Linked ours = w.jld(link).silent();
    assertTrue(order(ours, "f_").startsWith("c local b "), order(ours, "f_"));
    assertTrue(order(ours, "d_").startsWith("b "), order(ours, "d_"));
    assertEquals("b a", order(ours, "b_"));
    assertNotEquals(usual, order(ours));
    Path script = w.file("s.ld", "SECTIONS { .text : { m = .; *(.text.f_a) *(.text .text.*) } }");
    Path code = w.file("code", ".text : { *(.text.f_b) }");
    Object[] scripted = {"-m", target.emulation, "-T", script, o, "--section-ordering-file", code};
    assertTrue(order(w.jld(scripted).ok(), "f_").startsWith("b a "));
    for (String bad : List.of("none : { *(x) }", ".text 5 : { *(x) }", ".text : { x = 5; }")) {
      Path file = w.file("bad", bad);
      w.jld("-m", target.emulation, "--section-ordering-file", file, o).failed("bad:1:");
    }
  }

  /** gold's form: names and patterns of sections, which come last. */
  @ParameterizedTest
  @EnumSource
  void sectionOrderingList(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    Path list = w.file("list", "# cold\n.text.f_c\n.text.f_*\n.data.d_a\n.bss.b_a\n");
    Object[] link = {"-m", target.emulation, "--section-ordering-file=" + list, o};
    Linked ours = w.jld(link).silent();
    String functions = order(ours, "f_");
    assertTrue(functions.startsWith("c a b local") || functions.startsWith("cold c "), functions);
    assertTrue(ours.elf().symbol("_start").value() < ours.elf().symbol("f_a").value());
    assertTrue(order(ours, "d_").endsWith(" a"), order(ours, "d_"));
    assertEquals("b a", order(ours, "b_"));
    if (Tools.has("ld.gold")) {
      Linked gold = w.linker("ld.gold", link);
      assertEquals(order(gold, "d_"), order(ours, "d_"));
      assertEquals(order(gold, "b_"), order(ours, "b_"));
    }
  }

  /** What depends on the order of functions follows them; constructors keep theirs. */
  @ParameterizedTest
  @EnumSource
  void shuffledProgramsRun(Target target) {
    Tools.needC(target);
    Workbench w = new Workbench(dir, target);
    Path o =
        w.c(
            "p",
            """
            #include <stdio.h>
            #define STEP(n) __attribute__((constructor(200 + n))) static void c##n(void) { puts(#n); }
            STEP(1) STEP(2) STEP(3)
            __attribute__((destructor)) static void last(void) { puts("last"); }
            int a = 1, b = 2, z[9];
            static int f(void) { return a; }
            static int g(void) { return b; }
            int (*const table[])(void) = {f, g};
            int main(void) { printf("%d %d\\n", table[0](), table[1]()); return z[8]; }
            """,
            "-ffunction-sections",
            "-fdata-sections",
            "-fPIC");
    for (String kind : List.of("-static", "-pie")) {
      Set<String> orders = new HashSet<>();
      for (int seed = 1; seed < 5; seed++) {
        Linked linked = w.gcc(kind, o, "-Wl,--shuffle-sections=" + seed).silent();
        assertEquals("1\n2\n3\n1 2\nlast\n", linked.run().out(), linked::toString);
        assertArrayEquals(
            linked.elf().bytes, w.gcc(kind, o, "-Wl,--shuffle-sections=" + seed).elf().bytes);
        orders.add(
            linked.elf().symbols().stream()
                .filter(s -> s.name().matches("[fg]|c[123]|last|main"))
                .sorted(Comparator.comparingLong(ElfImage.Symbol::value))
                .map(ElfImage.Symbol::name)
                .collect(Collectors.joining(" ")));
      }
      assertTrue(orders.size() > 1, orders::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shuffleSections(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    Object[] link = {"-m", target.emulation, o};
    String usual = order(w.jld(link).silent(), "f_");
    String reversed =
        List.of(usual.split(" ")).reversed().stream().collect(Collectors.joining(" "));
    Linked functions = w.jld("--shuffle-sections=.text*=-1", link).silent();
    assertEquals(reversed, order(functions, "f_"));
    assertEquals(order(w.jld(link), "d_"), order(functions, "d_"), "only what matches");
    Set<String> random = new HashSet<>();
    for (int i = 0; i < 8; i++) {
      random.add(order(w.jld("--shuffle-sections", link).silent()));
    }
    assertTrue(random.size() > 1, random::toString);
    Path list = w.file("list", "f_b\nf_a\n");
    assertTrue(
        order(w.jld("--shuffle-sections=5", "--symbol-ordering-file=" + list, link), "f_")
            .startsWith("b a "));
    w.jld("--shuffle-sections=x", link).failed("invalid seed for --shuffle-sections 'x'");
  }

  /** The built-in layout's wildcards are sorted as GNU ld's are. */
  @ParameterizedTest
  @EnumSource
  void sortSection(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    String usual = order(w.jld("-m", target.emulation, o).silent());
    for (String key : List.of("name", "alignment", "none")) {
      Object[] link = {"-m", target.emulation, "--sort-section=" + key, o};
      String sorted = order(w.jld(link).silent());
      if (!key.equals("none")) { // which GNU ld does not know
        assertEquals(order(w.ld(link)), sorted, key);
      }
      assertEquals(key.equals("none"), sorted.equals(usual), key);
    }
  }

  /** Sections that match stay sections of their own. */
  @ParameterizedTest
  @EnumSource
  void unique(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    Path other = w.asm("other", ".section .own,\"a\"\n.long 1\n.text\nnop\n" + NOTE);
    Path third = w.asm("third", ".section .own,\"a\"\n.long 2\n.text\nnop\n" + NOTE);
    for (String option : List.of("--unique=.text.f_*", "--unique=.own", "--unique", "-O1")) {
      Object[] link = {"-m", target.emulation, option, o, other, third};
      List<String> ours = own(w.jld(link).silent().elf());
      assertEquals(own(w.ld(link).elf()), ours, option);
      assertEquals(option.startsWith("--unique"), ours.size() > 2, option);
    }
    assertFalse(own(w.jld("-m", target.emulation, o).elf()).contains(".text.f_a"));
  }

  /** Sections that neither the built-in layout names nor a script. */
  @ParameterizedTest
  @EnumSource
  void orphanHandling(Target target) {
    Workbench w = new Workbench(dir, target);
    Path o = code(w);
    Path orphan = w.asm("orphan", ".section own,\"a\"\n.long 1\n" + NOTE);
    Path script = w.file("o.ld", "SECTIONS { .all : { *(.text* .data* .bss* .rodata*) } }");
    for (String layout : List.of("", "-T" + script)) {
      Object[] plain = {"-m", target.emulation, layout.isEmpty() ? "-O1" : layout, o};
      Object[] link = {plain, orphan};
      String what = "orphan.o:(own): orphan section 'own' is not named by the ";
      what += layout.isEmpty() ? "built-in layout" : "linker script";
      String warn = "--orphan-handling=warn";
      w.jld(link, "--orphan-handling=place").ok().silent();
      Linked warned = w.jld(link, warn).ok().says("warning", what, "placed in section 'own'");
      assertTrue(warned.elf().hasSection("own"));
      assertTrue(w.ld(link, warn).ok().err().contains("orphan section `own'"));
      assertFalse(w.jld(plain, warn).ok().err().contains("'own'"));
      w.jld(link, "--orphan-handling=error").failed(what);
      assertEquals(1, w.ld(link, "--orphan-handling=error").status());
      Linked dropped = w.jld(link, "--orphan-handling=discard").silent();
      assertFalse(dropped.elf().hasSection("own"));
      assertFalse(w.ld(link, "--orphan-handling=discard").elf().hasSection("own"));
    }
  }

  private static List<String> own(ElfImage elf) {
    return elf.sections.stream()
        .map(ElfImage.Section::name)
        .filter(n -> n.startsWith(".text") || n.equals(".own"))
        .sorted()
        .toList();
  }
}
