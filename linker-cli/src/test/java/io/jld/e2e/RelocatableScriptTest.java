package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -r} with a linker script that describes the output, as kernel modules are made. */
class RelocatableScriptTest {
  private static final int SHN_COMMON = 0xfff2;
  private static final int SHF_GROUP = 0x200;

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    Tools.need("ld");
    return new Workbench(dir, target);
  }

  private static Object[] args(Workbench w, Path script, Object... rest) {
    return new Object[] {"-m", w.target.emulation, "-r", "-T", script, rest};
  }

  private static ElfImage jld(Workbench w, Object... args) {
    Linked linked = w.jld(args);
    assertEquals(0, linked.status(), linked::toString);
    return ElfImage.read(linked.output());
  }

  private static ElfImage ld(Workbench w, Object... args) {
    Linked linked = w.ld(args);
    assertEquals(0, linked.status(), linked::toString);
    return ElfImage.read(linked.output());
  }

  /** Addresses and sizes by section, of those that are no tables. */
  private static Map<String, String> sections(ElfImage elf) {
    Map<String, String> found = new TreeMap<>();
    for (ElfImage.Section s : elf.sections) {
      if (!s.name().endsWith("tab") && !s.name().isEmpty()) {
        String line = s.type() + " " + s.addr() + " " + s.size() + " " + s.flags();
        found.merge(s.name(), line, (a, b) -> a + ", " + b);
      }
    }
    return found;
  }

  /** Sections by the script's statements, each with its relocations; the object links on. */
  @ParameterizedTest
  @EnumSource
  void module(Target target) throws Exception {
    Workbench w = workbench(target);
    Path a =
        w.c(
            "a",
            """
            #include <stdio.h>
            #define IN(s) __attribute__((section(s), used))
            int common;
            extern int list_start[], list_end[], b(void), mark;
            IN(".list.2") static int two = 2;
            IN(".discard.me") static int gone = 9;
            int *pointer = &two;
            int main(void) {
              int n = common + *pointer + b();
              for (int *p = list_start; p < list_end; p++) n = n * 10 + *p;
              printf("%d %x\\n", n, mark);
              return 0;
            }
            """,
            "-ffunction-sections",
            "-fcommon",
            "-fno-pie");
    Path b =
        w.c(
            "b",
            """
            #define IN(s) __attribute__((section(s), used))
            int common;
            IN(".list.1") static int one = 1;
            static int values[] = {5, 6};
            int b(void) { return values[common + 1]; }
            """,
            "-ffunction-sections",
            "-fcommon",
            "-fno-pie");
    Path script =
        w.file(
            "module.lds",
            """
            SECTIONS {
              /DISCARD/ : { *(.discard.*) }
              list 0 : ALIGN(8) { list_start = .; *(SORT(.list.*)) list_end = .; }
              .text : { *(.text .text.*) }
              data 0 : { *(.data) mark = .; LONG(0xabcd) . = ALIGN(32); }
              .bss 0 : { *(.bss) *(COMMON) }
              other = 7;
            }
            """);
    Path module = dir.resolve("module.o");
    assertEquals(0, w.jldTo(module, args(w, script, a, b)).silent().status());
    ElfImage elf = ElfImage.read(module);
    assertFalse(elf.hasSection(".discard.me"));
    assertEquals(7, elf.symbol("other").value());
    assertEquals(0, elf.section("data").size() % 32);
    assertTrue(elf.hasSection(target == Target.X86 ? ".reldata" : ".reladata"));
    ElfImage expected = ld(w, args(w, script, a, b));
    assertEquals(sections(expected), sections(elf));
    assertArrayEquals(expected.content("list"), elf.content("list"));
    assertArrayEquals(expected.content("data"), elf.content("data"));
    Path more = w.asm("more", ".section .note.GNU-stack,\"\",@progbits\n");
    Linked last = w.jld(w.commandLine("gcc", "-no-pie", module, more).toArray());
    assertEquals("812 abcd\n", last.run().ok().out());
  }

  /** Common symbols get a place by {@code -d} or the script's word, and stay common without. */
  @ParameterizedTest
  @EnumSource
  void commons(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".comm cc,16,16\n.comm dd,4,4\n.bss\n.skip 3\n");
    String sections = "SECTIONS { .bss 0 : { *(.bss) *(COMMON) } }";
    Path plain = w.file("plain.ld", sections);
    Path force = w.file("force.ld", "FORCE_COMMON_ALLOCATION " + sections);
    assertEquals(SHN_COMMON, jld(w, args(w, plain, o)).symbol("cc").shndx());
    for (Object[] args : new Object[][] {args(w, plain, "-d", o), args(w, force, o)}) {
      ElfImage elf = jld(w, args);
      ElfImage expected = ld(w, args);
      assertEquals(".bss", elf.sections.get(elf.symbol("cc").shndx()).name());
      assertEquals(expected.symbol("cc").value(), elf.symbol("cc").value());
      assertEquals(expected.symbol("dd").value(), elf.symbol("dd").value());
      assertEquals(expected.section(".bss").size(), elf.section(".bss").size());
    }
  }

  /** Members of groups stay apart with their groups, unless the groups are dissolved. */
  @ParameterizedTest
  @EnumSource
  void groups(Target target) {
    Workbench w = workbench(target);
    String member = ".section .text.k,\"axG\",@progbits,key%s,comdat\nk%s: .long k%s\n";
    Path a = w.asm("a", member.formatted(1, 1, 1) + member.formatted(2, 2, 2));
    Path b = w.asm("b", member.formatted(1, 1, 1));
    String sections = "SECTIONS { .text 0 : { *(.text .text.*) } /DISCARD/ : { *(.gone*) } }";
    Path script = w.file("groups.ld", sections);
    ElfImage elf = jld(w, args(w, script, a, b));
    assertEquals(sections(ld(w, args(w, script, a, b))), sections(elf));
    long members = elf.sections.stream().filter(s -> (s.flags() & SHF_GROUP) != 0).count();
    assertEquals(4, members, "two sections and their relocations");
    Path force = w.file("force.ld", "FORCE_GROUP_ALLOCATION " + sections);
    for (Object[] args :
        new Object[][] {args(w, force, a, b), args(w, script, "--force-group-allocation", a, b)}) {
      ElfImage dissolved = jld(w, args);
      assertFalse(dissolved.hasSection(".group"));
      assertEquals(8, dissolved.section(".text").size());
    }
  }

  /** What is discarded and still referred to is an error, with a script as with a group. */
  @ParameterizedTest
  @EnumSource
  void discarded(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".long gone\n.section .gone,\"a\"\n.globl gone\ngone: .long 0\n");
    Path script = w.file("discard.ld", "SECTIONS { /DISCARD/ : { *(.gone) } }");
    w.jld(args(w, script, o)).failed("'gone' is defined in a section that the script discards");
    Path local = w.asm("b", ".long gone\n.section .gone,\"a\"\ngone: .long 0\n");
    w.jld(args(w, script, local)).failed("is defined in discarded section '.gone'");
    assertEquals(1, w.ld(args(w, script, o)).status());
  }

  /** {@code --unique}: sections of one name that the script leaves alone stay apart. */
  @ParameterizedTest
  @EnumSource
  void unique(Target target) {
    Workbench w = workbench(target);
    String source = ".section .x,\"a\"\n.long 1\n.section .y,\"a\"\n.long 2\n";
    Path a = w.asm("a", source);
    Path b = w.asm("b", source);
    Path script = w.file("unique.ld", "SECTIONS { .x : { *(.x) } }");
    String[][] cases = {{}, {"--unique"}, {"--unique=.y"}, {"--unique=.[x]"}, {"--unique=*"}};
    for (String[] options : cases) {
      for (String kind : new String[] {"-r", "-static"}) {
        Object[] args = {"-m", w.target.emulation, kind, options, "-T", script, a, b};
        ElfImage expected = ld(w, args);
        ElfImage elf = jld(w, args);
        for (String name : new String[] {".x", ".y"}) {
          assertEquals(
              expected.sections.stream().filter(s -> s.name().equals(name)).count(),
              elf.sections.stream().filter(s -> s.name().equals(name)).count(),
              () -> name + " " + kind + String.join(" ", options));
        }
      }
    }
  }
}
