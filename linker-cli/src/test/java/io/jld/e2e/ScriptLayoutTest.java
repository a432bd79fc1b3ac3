package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Linker scripts that describe the output: {@code SECTIONS}, {@code MEMORY}, {@code PHDRS}. */
class ScriptLayoutTest {
  private static final int STT_FILE = 4;

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    Tools.need("ld");
    return new Workbench(dir, target);
  }

  /** The text of GNU ld's own script for these options. */
  private static String usual(Workbench w, String... options) {
    List<String> command = new ArrayList<>(List.of("ld", "-m", w.target.emulation));
    command.addAll(List.of(options));
    command.add("--verbose");
    String[] parts = Proc.run(w.dir, command).ok().out().split("=====+\n");
    assertEquals(2, parts.length, parts[0]);
    return parts[1];
  }

  private static Path program(Workbench w) {
    return w.c(
        "program",
        """
        #include <stdio.h>
        #include <stdlib.h>
        __thread int local = 3;
        __thread int zero;
        static int constructed;
        int zeros[1000];
        __attribute__((constructor)) static void construct(void) { constructed = 1; }
        __attribute__((destructor)) static void destruct(void) { puts("end"); }
        static int compare(const void *a, const void *b) { return *(int *)a - *(int *)b; }
        int main(int argc, char **argv) {
          int v[] = {3, 1, 2};
          qsort(v, 3, sizeof *v, compare);
          printf("%d%d%d %d%d %d %d\\n", v[0], v[1], v[2], local, zero, constructed, zeros[argc]);
          return 0;
        }
        """,
        "-fPIE");
  }

  /** GNU ld's own scripts give programs that run, whatever is linked. */
  @ParameterizedTest
  @EnumSource
  void usualScripts(Target target) {
    Workbench w = workbench(target);
    Path program = program(w);
    String[][] kinds = {
      {"-no-pie"},
      {"-pie", "-pie"},
      {"-static"},
      {"-static-pie", "-pie", "--no-dynamic-linker"},
      {"-no-pie", "-z", "separate-code"},
      {"-no-pie", "-z", "noseparate-code"},
      {"-pie", "-pie", "-z", "noseparate-code"},
      {"-pie", "-pie", "-z", "now"},
      {"-no-pie", "-z", "norelro"},
    };
    for (String[] kind : kinds) {
      String[] options = List.of(kind).subList(1, kind.length).toArray(String[]::new);
      Path script = w.file("usual.ld", usual(w, options));
      List<Object> args = new ArrayList<>(w.commandLine("gcc", kind[0], program));
      args.addAll(List.of(options));
      Linked linked = w.jld("-T", script, args.toArray());
      assertEquals("123 30 1 0\nend\n", linked.run().ok().out(), () -> String.join(" ", kind));
    }
  }

  /** The static C library reads the file's headers, which are loaded with -N and -n then, too. */
  @ParameterizedTest
  @EnumSource
  void headersThatAreRead(Target target) {
    Workbench w = workbench(target);
    List<String> line = w.commandLine("gcc", "-static", program(w));
    for (String magic : List.of("-N", "-n")) {
      Path script = w.file("usual.ld", usual(w, magic));
      w.jld(line.toArray(), magic, "-T", script).silent().run().ok();
    }
  }

  /** A library by GNU ld's script for libraries. */
  @ParameterizedTest
  @EnumSource
  void usualLibrary(Target target) {
    Workbench w = workbench(target);
    Path script = w.file("usual.ld", usual(w, "-shared"));
    Path o = w.c("lib", "int next(void) { static int n = 4; return n++; }", "-fPIC");
    Path main =
        w.c("main", "int next(void); int main(void) { return next() + next() - 9; }", "-fPIE");
    Path lib = dir.resolve("libnext.so");
    assertEquals(
        0, w.jldTo(lib, w.commandLine("gcc", "-shared", o).toArray(), "-T", script).status());
    w.jld(w.commandLine("gcc", main, lib).toArray(), "-rpath", dir).run().ok();
  }

  /** Data between symbols, load addresses, fills: as GNU ld has them. */
  @ParameterizedTest
  @EnumSource
  void likeGnuLd(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.asm(
            "a",
            """
            .globl _start, foo, val
            _start: nop
            foo: ret
            .data
            val: .long 42
            .bss
            buf: .skip 100
            .section .rodata
            .string "hello"
            .section .orphan,"a"
            .long 7
            .comm cc,16,16
            .section .note.GNU-stack,"",@progbits
            """);
    String[] scripts = {
      """
      ENTRY(_start)
      SECTIONS {
        . = 0x400000 + SIZEOF_HEADERS;
        .text : { *(.text) }
        etext = .;
        .rodata : { *(.rodata*) }
        . = ALIGN(CONSTANT(MAXPAGESIZE));
        .data : { start = .; *(.data); LONG(0x12345678); . = ALIGN(16); stop = .; }
        .bss : { *(.bss COMMON) }
        _end = .;
        size_of = stop - start;
      }
      """,
      """
      MEMORY { rom (rx) : ORIGIN = 0x8000, LENGTH = 4K  ram (w!x) : o = 0x20000, l = 0x100 }
      REGION_ALIAS("code", rom)
      SECTIONS {
        .text : { *(.text) . = ALIGN(32); BYTE(1) SHORT(2) QUAD(foo) } >code =0x90
        .rodata : { *(.rodata*) } >rom
        .data : { *(.data) FILL(0xdeadbeef) . = . + 10; } >ram AT>rom
        data_lma = LOADADDR(.data);
        .bss : { *(.bss) *(COMMON) } >ram
        ASSERT(SIZEOF(.text) < 100, "too big")
        PROVIDE(foo2 = foo); PROVIDE(bar = 3);
        mm = MAX(foo, 3) + (1 << 4);
      }
      """,
    };
    for (String text : scripts) {
      Path script = w.file("layout.ld", text);
      Object[] args = {"-m", w.target.emulation, "-T", script, o};
      ElfImage expected = ElfImage.read(w.ld(Workbench.strings(args)).output());
      Linked linked = w.jld(args);
      assertEquals(0, linked.silent().status(), linked::toString);
      ElfImage actual = ElfImage.read(linked.output());
      for (String name : List.of(".text", ".rodata", ".orphan", ".data", ".bss")) {
        assertEquals(expected.section(name).addr(), actual.section(name).addr(), name);
        assertEquals(expected.section(name).size(), actual.section(name).size(), name);
      }
      for (ElfImage.Symbol s : expected.symbols()) {
        if (!s.name().isEmpty() && s.type() != STT_FILE) {
          assertEquals(s.value(), actual.symbol(s.name()).value(), s.name());
        }
      }
    }
  }

  /** ASCIZ came with binutils 2.41: what an escape stands for is in its manual. */
  @ParameterizedTest
  @EnumSource
  void strings(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: ret\n.section .note.GNU-stack,\"\",@progbits");
    Path script =
        w.file(
            "strings.ld",
            """
            SECTIONS {
              .text : { *(.text) }
              .strings : { ASCIZ "a\\n\\101\\0\\\\b" ASCIZ "" BYTE(7) ASCIZ "c" }
            }
            """);
    byte[] expected = {'a', '\n', 'A', 0, '\\', 'b', 0, 0, 7, 'c', 0};
    for (String kind : List.of("-no-pie", "-shared", "-r")) {
      Linked linked = w.jld("-m", w.target.emulation, kind, "-T", script, o);
      assertEquals(0, linked.silent().status(), linked::toString);
      assertArrayEquals(expected, ElfImage.read(linked.output()).content(".strings"), kind);
    }
  }

  /**
   * Sections at both ends of the address space, as a kernel has them; what is empty leaves no hole.
   */
  @ParameterizedTest
  @EnumSource
  void highAndLow(Target target) {
    Workbench w = workbench(target);
    String high = target == Target.AMD64 ? "0xffffffff80000000" : "0xc0000000";
    Path o =
        w.asm(
            "a",
            """
            .globl _start, low
            _start: nop
            .section .low, "aw"
            low: .long 0x11223344
            WORD _start
            .section .note.GNU-stack,"",@progbits
            """
                .replace("WORD", target == Target.AMD64 ? ".quad" : ".long"));
    String text =
        """
        SECTIONS {
          .text HIGH : { *(.text) }
          .gone : { begin = .; *(.gone) end_of_gone = .; }
          .low 0 : AT(ADDR(.text) + 0x1000) { *(.low) }
          last = .;
        }
        """;
    Path script = w.file("high.ld", text.replace("HIGH", high));
    Object[] args = {"-m", w.target.emulation, "--emit-relocs", "-T", script, o};
    ElfImage expected = ElfImage.read(w.ld(args).output());
    Linked linked = w.jld(args);
    assertEquals(0, linked.silent().status(), linked::toString);
    ElfImage actual = ElfImage.read(linked.output());
    for (String name : List.of("begin", "end_of_gone", "last", "low")) {
      ElfImage.Symbol a = expected.symbol(name);
      ElfImage.Symbol b = actual.symbol(name);
      assertEquals(a.value(), b.value(), name);
      assertEquals(
          expected.sections.get(a.shndx()).name(), actual.sections.get(b.shndx()).name(), name);
    }
    assertArrayEquals(expected.words(".low"), actual.words(".low"));
    String relocs = (target == Target.AMD64 ? ".rela" : ".rel") + ".low";
    assertEquals(1, actual.relocs(relocs).size());
    assertEquals(expected.relocs(relocs).get(0).offset(), actual.relocs(relocs).get(0).offset());
  }

  /** Code that is not loaded, but stands at an address of its own: in a ROM. */
  @ParameterizedTest
  @EnumSource
  void addressWithoutMemory(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.asm(
            "rom",
            """
            .globl _start, in_rom
            _start: nop
            .section .rom, ""
            .byte 0x90
            in_rom: .long _start - .
            .word _start - .
            .byte in_rom - .
            .section .other, ""
            .long in_rom
            .section .note.GNU-stack,"",@progbits
            """);
    Path script =
        w.file(
            "rom.ld",
            "SECTIONS { .text 0x1000 : { *(.text) } .rom 0x1f00 : { *(.rom) }"
                + " .other : { *(.other) } }");
    Object[] args = {"-m", w.target.emulation, "-T", script, o};
    ElfImage expected = ElfImage.read(w.ld(args).output());
    Linked linked = w.jld(args);
    assertEquals(0, linked.silent().status(), linked::toString);
    ElfImage actual = ElfImage.read(linked.output());
    assertEquals(0x1f00, actual.section(".rom").addr());
    assertEquals(expected.symbol("in_rom").value(), actual.symbol("in_rom").value());
    for (String name : List.of(".rom", ".other")) {
      assertArrayEquals(content(expected, name), content(actual, name), name);
    }
  }

  private static byte[] content(ElfImage x, String name) {
    ElfImage.Section s = x.section(name);
    return Arrays.copyOfRange(x.bytes, (int) s.offset(), (int) (s.offset() + s.size()));
  }

  /** Patterns of one description that are sorted by different keys. */
  @ParameterizedTest
  @EnumSource
  void sortedByDifferentKeys(Target target) {
    Workbench w = workbench(target);
    StringBuilder source = new StringBuilder(".section .note.GNU-stack,\"\",@progbits\n");
    String[] sections = {
      ".b.3 1", ".c.2 8", ".b.1 4", ".c.9 16", ".d.5 2", ".b.2 1", ".d.1 2", ".c.1 4", ".b.0 2"
    };
    for (int i = 0; i < sections.length; i++) {
      String[] s = sections[i].split(" ");
      source.append(".section " + s[0] + ",\"a\"\n.balign " + s[1] + "\n.byte " + (i + 1) + "\n");
    }
    Path o = w.asm("a", source.toString());
    for (String patterns :
        List.of(
            "SORT(.b.*) .c.*",
            "SORT(.b.*) SORT_BY_ALIGNMENT(.c.*) .d.*",
            ".d.* SORT_BY_ALIGNMENT(.c.*) SORT(.b.*)",
            "SORT(.b.*) SORT(.c.*)",
            "SORT_BY_ALIGNMENT(SORT_BY_NAME(.*.*))")) {
      Path script =
          w.file("sort.ld", "SECTIONS { .x : { *(" + patterns + ") } /DISCARD/ : { *(*) } }");
      Object[] args = {"-m", w.target.emulation, "-e", "0", "-T", script, o};
      byte[] expected = content(ElfImage.read(w.ld(args).output()), ".x");
      assertArrayEquals(expected, content(made(w.jld(args)), ".x"), patterns);
    }
  }

  private static ElfImage made(Linked linked) {
    assertEquals(0, linked.status(), linked::toString);
    return ElfImage.read(linked.output());
  }

  /** A number in the braces of an output section counts from the section, and moves with it. */
  @ParameterizedTest
  @EnumSource
  void numbersInSectionsMove(Target target) {
    Workbench w = workbench(target);
    String word = target == Target.AMD64 ? ".quad" : ".long";
    Path o =
        w.asm(
            "a",
            ".globl _start\n_start: nop\n.data\n"
                + word
                + " number, distance, fixed, here, outer\n.section .note.GNU-stack\n");
    Path script =
        w.file(
            "pie.ld",
            """
            SECTIONS {
              . = 0x1000;
              .dynamic : { *(.dynamic) }
              .text : { *(.text) }
              .data : { number = 4; distance = _start - 0x10; fixed = ABSOLUTE(5); *(.data) here = .; }
              outer = 7;
            }
            """);
    Object[] args = {"-m", w.target.emulation, "-pie", "--no-dynamic-linker", "-T", script, o};
    ElfImage x = made(w.jld(args));
    long data = x.section(".data").addr();
    assertEquals(data + 4, x.symbol("number").value());
    String table = target == Target.AMD64 ? ".rela.dyn" : ".rel.dyn";
    List<Long> moved = new ArrayList<>();
    for (ElfImage.Reloc r : x.relocs(table)) {
      moved.add((r.offset() - data) / (target == Target.AMD64 ? 8 : 4));
    }
    assertEquals(List.of(0L, 1L, 3L), moved);
    ElfImage gnu = ElfImage.read(w.ld(args).output());
    for (String name : List.of("number", "distance", "fixed", "here", "outer")) {
      assertEquals(gnu.symbol(name).shndx() == 0xfff1, x.symbol(name).shndx() == 0xfff1, name);
    }
  }

  /** Data has the value that a symbol has there; KEEP counts wherever it stands. */
  @ParameterizedTest
  @EnumSource
  void valuesInPlaceAndKeep(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.asm(
            "a",
            """
            .globl _start
            _start: ret
            .section .data.kept, "aw"
            .byte 1, 2, 3
            .section .data.gone, "aw"
            .byte 4
            .section .note.GNU-stack,"",@progbits
            """);
    Path script =
        w.file(
            "values.ld",
            """
            v = 1;
            SECTIONS {
              .text 0x1000 : { *(.text) LONG(v) }
              v = v + 1;
              .data : { *(.data*) KEEP(*(.data.kept)) LONG(v) w = 5; LONG(w) w = 6; LONG(w) }
            }
            v = 7;
            """);
    Object[] args = {
      "-m", w.target.emulation, "-T", script, o, "--gc-sections", "-e", "_start", "--defsym=w=9"
    };
    ElfImage expected = ElfImage.read(w.ld(args).output());
    ElfImage actual = made(w.jld(args));
    for (String name : List.of(".text", ".data")) {
      assertArrayEquals(content(expected, name), content(actual, name), name);
    }
    assertEquals(expected.symbol("v").value(), actual.symbol("v").value());
  }

  /** INSERT leaves the built-in script's entry, from which all is reached. */
  @ParameterizedTest
  @EnumSource
  void insertedAndCollected(Target target) {
    Workbench w = workbench(target);
    Path script =
        w.file("insert.ld", "SECTIONS { .mine : { KEEP(*(.mine)) } } INSERT AFTER .rodata;");
    Object[] line = w.commandLine("gcc", "-no-pie", program(w)).toArray();
    Linked linked = w.jld(line, "--gc-sections", "-T", script);
    assertEquals("123 30 1 0\nend\n", linked.run().ok().out());
  }

  /** What can't be is said, with the place in the script; there is no output. */
  @ParameterizedTest
  @EnumSource
  void errors(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("a", ".globl _start\n_start: nop\n.data\n.long 1, 2\n");
    String[] cases = {
      "SECTIONS { .text : { *(.text) } >rom }", "bad.ld:1:12: memory region 'rom'",
      "MEMORY { r : o = 0, l = 4 }\nSECTIONS { .a : { *(.text .data) } >r }",
          "region 'r' overflowed by",
      "SECTIONS {\n .text : { *(.text) . = . - 1; } }", "bad.ld:2:21: cannot move location counter",
      "SECTIONS { . = x; x = . + 1; .text : { *(.text) } }", "does not settle",
      "SECTIONS { ASSERT(0, \"no\") }", "bad.ld:1:12: no",
      "PHDRS { t PT_LOAD; }\nSECTIONS { .text : { *(.text) } :u }", "bad.ld:2:12:",
    };
    for (int i = 0; i < cases.length; i += 2) {
      Path script = w.file("bad.ld", cases[i]);
      w.jld("-m", w.target.emulation, "-T", script, o).failed(cases[i + 1]);
    }
  }

  /** A definition that a script throws away is none, and a reference to it is an error. */
  @ParameterizedTest
  @EnumSource
  void whatAScriptThrowsAway(Target target) {
    Workbench w = workbench(target);
    Path gone =
        w.asm("gone", ".section .gone,\"aw\"\n.globl gone\ngone: .long 1\nlocal: .long 2\n");
    Path start = w.asm("start", ".globl _start\n_start: nop\n");
    Path script =
        w.file("discard.ld", "SECTIONS { .text 0x10000 : { *(.text) } /DISCARD/ : { *(.gone) } }");
    Object[] args = {"-m", w.target.emulation, "-T", script, start};
    for (String kind : List.of("-no-pie", "-shared")) {
      Linked linked = w.jld(args, kind, gone);
      ElfImage elf = ElfImage.read(linked.silent().output());
      assertEquals(
          List.of(),
          elf.symbols().stream().map(ElfImage.Symbol::name).filter(n -> n.equals("gone")).toList());
    }
    Path strong = w.asm("strong", ".data\n.globl gone\nreference: .long gone\n");
    String message = "'gone' is defined in discarded section '.gone' of " + gone;
    w.jld(args, gone, strong).failed("strong.o:(.data+0x0): " + message);
    w.jld(args, gone, strong, "--unresolved-symbols=ignore-all").failed(message);
    Path weak = w.asm("weak", ".data\n.weak gone\n.long gone\n");
    w.jld(args, gone, weak).failed(message);
    Path own =
        w.asm(
            "own",
            ".section .gone,\"aw\"\n.globl mine\nmine: .long 1\n.data\n.long mine\n"
                + ".section .debug_x,\"\",@progbits\n.long mine\n");
    w.jld(args, own)
        .failed("own.o:(.data+0x0): 'mine' is defined in discarded section '.gone' of " + own);
  }

  /** A library exports the symbols of an empty section that is dropped, from its neighbour. */
  @ParameterizedTest
  @EnumSource
  void exportsOfADroppedSection(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("empty", ".section .none,\"aw\"\n.globl start_of\nstart_of:\n.data\n.long 1\n");
    Path script = w.file("shared.ld", "SECTIONS { .none : { *(.none) } .data : { *(.data) } }");
    ElfImage elf =
        ElfImage.read(
            w.jld("-m", w.target.emulation, "-shared", "-T", script, o).silent().output());
    ElfImage.Symbol s = elf.symbols(".dynsym").getLast();
    assertEquals("start_of", s.name());
    assertEquals(elf.section(".data").addr(), s.value());
    assertEquals(elf.sections.indexOf(elf.section(".data")), s.shndx());
  }
}
