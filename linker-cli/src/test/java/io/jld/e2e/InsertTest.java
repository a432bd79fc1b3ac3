package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code INSERT}, the built-in script that it changes, and which script is in force. */
class InsertTest {
  private static final String[][] KINDS = {
    {"-no-pie"},
    {"-pie", "-pie"},
    {"-static"},
    {"-static-pie", "-pie", "--no-dynamic-linker"},
    {"-no-pie", "-z", "noseparate-code"},
    {"-pie", "-pie", "-z", "now"},
    {"-no-pie", "-z", "norelro"},
  };

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    Tools.need("ld");
    return new Workbench(dir, target);
  }

  private static Path program(Workbench w) {
    return w.c(
        "program",
        """
        #include <stdio.h>
        #define IN(s) __attribute__((section(s), used))
        extern int mine_start[], mine_end[];
        __thread int local = 3;
        static int constructed;
        static int zeros[1000];
        IN("mine.b") static int b = 2;
        IN("mine.a") static int a = 1;
        __attribute__((constructor)) static void construct(void) { constructed = 1; }
        int main(int argc, char **argv) {
          int n = 0;
          for (int *p = mine_start; p < mine_end; p++) n = n * 10 + *p;
          printf("%d %d %d %d\\n", n, local, constructed, zeros[argc]);
          return 0;
        }
        """,
        "-fPIE");
  }

  private static Object[] line(Workbench w, String[] kind, Path program) {
    List<Object> args = new ArrayList<>(w.commandLine("gcc", kind[0], program));
    args.addAll(List.of(kind).subList(1, kind.length));
    return args.toArray();
  }

  /** A section of one's own in the layout that there is without a script. */
  @ParameterizedTest
  @EnumSource
  void intoTheBuiltInScript(Target target) {
    Workbench w = workbench(target);
    Path program = program(w);
    Path script =
        w.file(
            "insert.ld",
            "SECTIONS { .mine : { mine_start = .; *(SORT(mine.*)) mine_end = .; } }\n"
                + "INSERT AFTER .data;\n");
    for (String[] kind : KINDS) {
      Object[] args = line(w, kind, program);
      Linked linked = w.jld("-T", script, args);
      assertEquals("12 3 1 0\n", linked.run().ok().out(), () -> String.join(" ", kind));
      List<String> names = names(linked);
      int at = names.indexOf(".mine");
      assertTrue(names.indexOf(".data") < at && at < names.indexOf(".bss"), names::toString);
    }
  }

  private static List<String> names(Linked linked) {
    return linked.elf().sections.stream().map(ElfImage.Section::name).toList();
  }

  /**
   * What {@code --verbose} prints is the layout in force: by {@code -T} it gives the same bytes.
   */
  @ParameterizedTest
  @EnumSource
  void verbose(Target target) {
    Workbench w = workbench(target);
    Path program = program(w);
    Path ends =
        w.asm("ends", ".globl mine_start, mine_end\n.data\nmine_start:\nmine_end: .long 0\n");
    for (String[] kind : KINDS) {
      Object[] line = line(w, kind, program);
      Linked plain = w.jld(line, ends, "--verbose");
      String[] parts = plain.out().split("={50}\n", -1);
      assertEquals(3, parts.length, plain.out());
      assertTrue(parts[0].endsWith("using internal linker script:\n"), plain.out());
      assertTrue(parts[1].contains("\nSEARCH_DIR(\"=/usr/lib\");\n"), plain.out());
      assertEquals("0 3 1 0\n", plain.run().ok().out(), () -> String.join(" ", kind));
      Path script = w.file("usual.ld", parts[1]);
      Linked again = w.jld("-T", script, line, ends);
      assertArrayEquals(plain.elf().bytes, again.elf().bytes, () -> String.join(" ", kind));
      String out = w.jld("-m", w.target.emulation, "-T", script, "-v", "--verbose").out();
      assertTrue(out.contains("using external linker script:\n" + "=".repeat(50) + "\n"), out);
      assertTrue(out.contains(parts[1]), out);
    }
  }

  /** The same of other outputs, which no program is. */
  @ParameterizedTest
  @EnumSource
  void verboseOfOthers(Target target) {
    Workbench w = workbench(target);
    Path o = w.c("o", "int v = 3; static int w; int f(int n) { return v + (w += n); }", "-fPIC");
    for (String options : List.of("-shared", "-r", "-N", "-n", "--oformat binary", "-z norelro")) {
      Object[] line = {"-m", w.target.emulation, "-e", "f", List.of(options.split(" ")), o};
      String[] parts = w.jld(line, "--verbose").out().split("={50}\n", -1);
      Path script = w.file("usual.ld", parts[1]);
      byte[] plain = bytes(w.jld(line).silent());
      assertArrayEquals(plain, bytes(w.jld("-T", script, line).silent()), options);
    }
  }

  private static byte[] bytes(Linked linked) {
    try {
      return Files.readAllBytes(linked.output());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a script inserts comes before the script with the layout. */
  @ParameterizedTest
  @EnumSource
  void intoAScript(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: nop\n.data\n.long 1\n");
    Path layout =
        w.file("layout.ld", "SECTIONS { . = 0x10000; .text : { *(.text) } .data : { *(.data) } }");
    Path insert =
        w.file(
            "insert.ld",
            "SECTIONS { .one : { LONG(1) } last = .; } INSERT AFTER .text;\n"
                + "SECTIONS { .two : { LONG(2) } } INSERT BEFORE .one;\n");
    Object[] args = {"-m", w.target.emulation, "-T", insert, "-T", layout, o};
    ElfImage expected = ElfImage.read(w.ld(args).output());
    ElfImage actual = ElfImage.read(w.jld(args).output());
    for (String name : List.of(".text", ".two", ".one", ".data")) {
      assertEquals(expected.section(name).addr(), actual.section(name).addr(), name);
    }
    assertEquals(expected.symbol("last").value(), actual.symbol("last").value());
    w.jld("-m", w.target.emulation, "-T", layout, "-T", insert, o)
        .failed("insert.ld:1:43: INSERT has to come before the script with the layout");
    Path unknown = w.file("unknown.ld", "SECTIONS { .x : { LONG(1) } } INSERT AFTER .none;");
    w.jld("-m", w.target.emulation, "-T", unknown, o)
        .failed("unknown.ld:1:31: INSERT AFTER .none: there is no such output section");
  }

  /** {@code -dT} is read behind the other options, and only where there is no {@code -T}. */
  @ParameterizedTest
  @EnumSource
  void defaultScript(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: nop\n");
    Path at = w.file("at.ld", "SECTIONS { . = place; .text : { *(.text) } }");
    Path other = w.file("other.ld", "SECTIONS { .text 0x50000 : { *(.text) } }");
    String[] defsym = {"-m", w.target.emulation, "--defsym=place=0x30000"};
    for (String option : List.of("-dT", "--default-script")) {
      ElfImage elf = ElfImage.read(w.jld(option, at, defsym, o).ok().output());
      assertEquals(0x30000, elf.section(".text").addr());
      elf = ElfImage.read(w.jld(option, at, defsym, o, "-T", other).ok().output());
      assertEquals(0x50000, elf.section(".text").addr());
    }
  }

  /** Sections of a script that is an input come after all others; that is rarely what is meant. */
  @ParameterizedTest
  @EnumSource
  void input(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: nop\n.data\n.long 1\n");
    Path input = w.file("input.ld", "SECTIONS { .extra : { LONG(extra) } extra = 7; }");
    Path layout = w.file("layout.ld", "SECTIONS { .text 0x10000 : { *(.text .data) } }");
    Object[] args = {"-m", w.target.emulation, o, input, "-T", layout};
    Linked linked = w.jld(args);
    linked.says("warning: " + input + ":1:1: an input with output sections; -T is missing");
    ElfImage actual = ElfImage.read(linked.output());
    ElfImage expected = ElfImage.read(w.ld(args).output());
    assertEquals(expected.section(".extra").addr(), actual.section(".extra").addr());
    assertEquals(7, actual.content(".extra")[0]);
    w.jld("-m", w.target.emulation, o, input).says("-T is missing");
  }

  /** GNU ld finds no section to insert before or after; lld does what {@code -T} would. */
  @ParameterizedTest
  @EnumSource
  void insertionOfAnInput(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: nop\n.data\n.long 1\n.bss\n.long 0\n");
    Path layout =
        w.file("layout.ld", "SECTIONS { .text 0x10000 : { *(.text) } .data : { *(.data) } }");
    Path insert =
        w.file(
            "insert.ld",
            "SECTIONS { .extra : { LONG(2) after = .; } } INSERT AFTER .text; SECTIONS { .last : {"
                + " LONG(3) } }");
    for (Object[] args : new Object[][] {{}, {"-T", layout}}) {
      Object[] both = {"-m", w.target.emulation, o, args};
      List<String> names = names(w.jld(both, insert).says("-T is missing"));
      assertEquals(names.indexOf(".text") + 1, names.indexOf(".extra"), names::toString);
      assertTrue(names.indexOf(".last") > names.indexOf(".data"), names::toString);
    }
    Path unknown = w.file("unknown.ld", "SECTIONS { .x : { LONG(1) } } INSERT AFTER .none;");
    w.jld("-m", w.target.emulation, o, unknown)
        .failed("unknown.ld:1:31: INSERT AFTER .none: there is no such output section");
  }

  /** The words for the whole output count wherever they stand, and are no layout. */
  @ParameterizedTest
  @EnumSource
  void wordsOfAnInput(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: nop\n.comm c, 8, 8\n");
    Path words = w.file("words.ld", "FORCE_COMMON_ALLOCATION\nLD_FEATURE(\"SANE_EXPR\")\nx = 5;");
    ElfImage elf = ElfImage.read(w.jld("-m", w.target.emulation, "-r", o, words).silent().output());
    assertEquals(elf.sections.indexOf(elf.section(".bss")), elf.symbol("c").shndx());
    assertEquals(5, elf.symbol("x").value());
    List<String> plain = names(w.jld("-m", w.target.emulation, o));
    assertEquals(plain, names(w.jld("-m", w.target.emulation, o, words)));
    w.jld("-m", w.target.emulation, o, w.file("no.ld", "INHIBIT_COMMON_ALLOCATION"))
        .failed("INHIBIT_COMMON_ALLOCATION may not be used without -shared");
  }
}
