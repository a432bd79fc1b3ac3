package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Linker scripts that are inputs or come by {@code -T}: what their commands do to a link. */
class LinkerScriptsTest {
  private static final List<String> KINDS = List.of("-no-pie", "-pie", "-shared", "-r");

  private static final int STV_HIDDEN = 2;
  private static final int SHN_ABS = 0xfff1;

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    Tools.need("ar");
    return new Workbench(dir, target);
  }

  private static Linked link(Workbench w, Object... args) {
    return w.jld("-m", w.target.emulation, args);
  }

  /** What a link made without a word; it need not be executable. */
  private static ElfImage made(Linked linked) {
    assertEquals(0, linked.silent().status(), linked::toString);
    return ElfImage.read(linked.output());
  }

  private static long value(ElfImage x, String symbol) {
    return x.symbol(symbol).value();
  }

  /** Code with two names; {@code mark} is at offset 1 of it, {@code other} at 2. */
  private static Path code(Workbench w) {
    return w.asm(
        "code",
        """
        .globl mark, other
        nop
        mark: nop
        other: ret
        .section .note.GNU-stack,"",@progbits
        """);
  }

  private static Path start(Workbench w) {
    return w.asm(
        "start",
        """
        .globl _start
        nop
        nop
        nop
        _start: ret
        .section .note.GNU-stack,"",@progbits
        """);
  }

  /** The last ENTRY counts, -e before all of them; it may stand before what defines it. */
  @ParameterizedTest
  @EnumSource
  void entry(Target target) {
    Workbench w = workbench(target);
    Path code = code(w);
    Path start = start(w);
    Path entry = w.file("entry.ld", "ENTRY(mark)");
    Path two = w.file("two.ld", "ENTRY(other)\nENTRY(mark)");
    Path number = w.file("number.ld", "ENTRY(0x1234)");
    for (String kind : KINDS) {
      Object[][] lines = {
        {start, code, entry}, {entry, start, code}, {start, code, "-T", entry}, {two, start, code},
      };
      for (Object[] line : lines) {
        ElfImage x = made(link(w, kind, line));
        assertEquals(value(x, "mark"), x.entry, kind);
      }
      ElfImage x = made(link(w, kind, "-e", "other", start, code, entry));
      assertEquals(value(x, "other"), x.entry, kind);
      assertEquals(0x1234, made(link(w, kind, start, number)).entry, kind);
      assertEquals(value(x, "mark"), made(link(w, kind, start, code, number, entry)).entry, kind);
    }
  }

  /** What ENTRY and EXTERN name is taken out of archives, and not collected. */
  @ParameterizedTest
  @EnumSource
  void roots(Target target) {
    Workbench w = workbench(target);
    Path lib = w.archive("libcode.a", code(w));
    Path start = start(w);
    for (String kind : KINDS) {
      assertFalse(made(link(w, kind, start, lib)).hasSymbol("mark"), kind);
      for (String command : List.of("ENTRY(mark)", "EXTERN(none_of_them mark)")) {
        Path script = w.file("root.ld", command);
        Object[][] lines = {{script, start, lib}, {start, lib, "-T", script}};
        for (Object[] line : lines) {
          ElfImage x = made(link(w, kind, "--gc-sections", "--noinhibit-exec", line));
          assertTrue(x.hasSymbol("mark"), kind + command);
        }
      }
    }
  }

  /** TARGET tells what the files behind it are, as --format does. */
  @ParameterizedTest
  @EnumSource
  void target(Target target) {
    Workbench w = workbench(target);
    Path start = start(w);
    Path data = w.file("data.txt", "INPUT(is no command here)");
    Path script = w.file("data.ld", "TARGET(binary) INPUT(data.txt) TARGET(default) INPUT(code.o)");
    code(w);
    ElfImage x = made(link(w, start, script));
    String name = "_binary_" + data.toString().replaceAll("[^A-Za-z0-9]", "_");
    assertEquals(25, value(x, name + "_size"));
    assertTrue(x.hasSymbol("mark"));
    Path nonsense = w.file("nonsense.ld", "\nTARGET(nonsense)");
    link(w, start, nonsense).failed("nonsense.ld:2: unknown target nonsense");
    link(w, start, "-T", nonsense).failed("nonsense.ld:2: unknown target nonsense");
  }

  /** Expressions and what they are, {@code foo} an address; each is assigned to a symbol. */
  private static final String[] VALUES = {
    "foo", "foo",
    "foo + 1", "foo + 1",
    "2 + foo", "foo + 2",
    "dat2 - dat", "4",
    "_start == _start", "1",
    "ABSOLUTE(foo) - foo", "0",
    "DEFINED(foo) ? foo : 3", "foo",
    "DEFINED(none) ? none : 3", "3",
    "DEFINED(later)", "0",
    "later", "7",
    "SIZEOF(.text)", "4",
    "ADDR(.text) + 2", "foo",
    "ADDR(.text) + SIZEOF(.text)", "foo + 2",
    "ALIGNOF(.data)", "4",
    "LOADADDR(.text) - ADDR(.text)", "0",
    "CONSTANT(MAXPAGESIZE)", "4096",
    "CONSTANT(COMMONPAGESIZE)", "4096",
    "LOG2CEIL(100)", "7",
    "SEGMENT_START(\"text-segment\", 0x1234)", "4660",
    "MAX(3, 4) * 2 << 1", "16",
    "-1 & 0xff", "255",
    "\"foo\"", "foo",
    "offered", "12",
    "bar + 0", "foo + 1",
    "ASSERT(6, \"6 is not 0\")", "6",
  };

  private static Path values(Workbench w) {
    return w.asm(
        "values",
        """
        .globl _start, foo, bar, dat, dat2, own
        nop
        _start: nop
        foo: nop
        bar: ret
        .data
        .balign 4
        dat: .long 1
        dat2: .long 2
        own: .long 3
        .section .note.GNU-stack,"",@progbits
        """);
  }

  /** Values are those of GNU ld, in every kind of output; so are those that later ones replace. */
  @ParameterizedTest
  @EnumSource
  void values(Target target) {
    Workbench w = workbench(target);
    Tools.need("ld");
    Path o = values(w);
    StringBuilder text = new StringBuilder("PROVIDE(offered = offered2);PROVIDE(offered2 = 12);\n");
    for (int i = 0; i < VALUES.length; i += 2) {
      text.append("x" + i / 2 + " = " + VALUES[i] + ";\n");
    }
    text.append(
        """
        later = 7;
        PROVIDE(bar = 1);
        PROVIDE(unused = foo);
        own = own - 8;
        acc = 16; acc -= 4; acc *= 3; old = acc; acc /= 2; acc <<= 4; acc >>= 1; acc &= 0xf3;
        acc |= 0x100;
        . = 0x1001; . = ALIGN(16); dot = .;
        ASSERT(acc == 0x190, "acc")
        """);
    Path script = w.file("values.ld", text.toString());
    for (String kind : KINDS) {
      Object[][] lines = {
        {kind, o, script}, {kind, script, o}, {kind, o, "-T", script},
      };
      for (Object[] line : lines) {
        check(made(link(w, line)), kind);
      }
      Linked ld = w.ld("-m", target.emulation, "-z", "noexecstack", kind, o, script);
      assertEquals(0, ld.status(), ld::toString);
      check(ElfImage.read(ld.output()), "ld " + kind);
    }
  }

  private static void check(ElfImage x, String what) {
    long foo = value(x, "foo");
    for (int i = 0; i < VALUES.length; i += 2) {
      String[] sum = VALUES[i + 1].split(" \\+ ");
      long expected = 0;
      for (String s : sum) {
        expected += s.equals("foo") ? foo : Long.parseLong(s);
      }
      assertEquals(expected, value(x, "x" + i / 2), what + ": " + VALUES[i]);
    }
    assertEquals(value(x, "dat"), value(x, "own"), what);
    assertEquals(36, value(x, "old"), what);
    assertEquals(0x190, value(x, "acc"), what);
    assertEquals(0x1010, value(x, "dot"), what);
    assertFalse(x.hasSymbol("unused"), what);
    assertTrue(x.symbol("bar").shndx() != SHN_ABS, what);
  }

  /** What moves with the output lies in a section; the rest is absolute. */
  @ParameterizedTest
  @EnumSource
  void sections(Target target) {
    Workbench w = workbench(target);
    Path o = values(w);
    Path script =
        w.file(
            "sections.ld",
            "a = foo; b = ADDR(.text) + 1; HIDDEN(c = foo); d = dat2 - dat; e = 5; f = a - 1;"
                + " PROVIDE_HIDDEN(dat = 1); g = ABSOLUTE(foo);");
    for (String kind : KINDS) {
      ElfImage x = made(link(w, kind, o, script));
      for (String name : List.of("a", "b", "c", "f")) {
        assertEquals(".text", x.sections.get(x.symbol(name).shndx()).name(), kind + name);
      }
      assertEquals(STV_HIDDEN, x.symbol("c").visibility(), kind);
      assertEquals(0, x.symbol("dat").visibility(), kind);
      assertEquals(SHN_ABS, x.symbol("d").shndx(), kind);
      assertEquals(SHN_ABS, x.symbol("e").shndx(), kind);
      if (!kind.equals("-r")) {
        assertEquals(SHN_ABS, x.symbol("g").shndx(), kind);
      }
      if (kind.equals("-shared")) {
        assertTrue(x.symbols(".dynsym").stream().anyMatch(s -> s.name().equals("a")));
        assertFalse(x.symbols(".dynsym").stream().anyMatch(s -> s.name().equals("c")));
      }
    }
  }

  /** Programs see the values, whatever the code's model is. */
  @ParameterizedTest
  @EnumSource
  void programs(Target target) {
    Workbench w = workbench(target);
    Path script =
        w.file(
            "program.ld",
            """
            one = 1;
            PROVIDE(alias = function);
            PROVIDE_HIDDEN(inside = array + 4);
            ASSERT(one == 1, "no")
            """);
    String source =
        """
        extern char one[];
        extern int inside;
        int array[] = {3, 5, 7};
        int alias(void);
        int function(void) { return array[2]; }
        int main(void) { return alias() + inside + (one != (char *)1); }
        """;
    Path fixed = w.c("fixed", source, "-fno-pie");
    Path moving = w.c("moving", source.replace("(one != (char *)1)", "0"), "-fPIE");
    assertEquals(12, w.gcc("-no-pie", fixed, script).run().status());
    assertEquals(12, w.gcc("-static", "-no-pie", script, fixed).run().status());
    assertEquals(12, w.gcc("-pie", moving, "-Wl,-T," + script).run().status());
    assertEquals(12, w.gcc("-static-pie", moving, script).run().status());
  }

  /** PROVIDE gives way to objects and archives, and fetches nothing where nobody refers to it. */
  @ParameterizedTest
  @EnumSource
  void provided(Target target) {
    Workbench w = workbench(target);
    Path user =
        w.asm(
            "user",
            """
            .globl _start
            _start: call offered
            .weak weakly
            .long weakly
            .section .note.GNU-stack,"",@progbits
            """);
    Path code = code(w);
    Path lib = w.archive("libcode.a", code);
    Path script =
        w.file(
            "offers.ld",
            "PROVIDE(offered = mark); PROVIDE(weakly = 3); PROVIDE(nobody = unknown);");
    for (String kind : new String[] {"-no-pie", "-r"}) {
      ElfImage x = made(link(w, kind, "--gc-sections", "-e", "_start", script, user, lib));
      assertEquals(value(x, "mark"), value(x, "offered"), kind);
      assertEquals(3, value(x, "weakly"), kind);
      assertFalse(x.hasSymbol("nobody"), kind);
    }
    Path start = start(w);
    ElfImage x = made(link(w, script, start, lib));
    assertFalse(x.hasSymbol("mark"));
    Path over = w.file("over.ld", "_start = 0x77; mark = 5; x = mark;");
    x = made(link(w, over, start, lib));
    assertEquals(0x77, value(x, "_start"));
    assertEquals(0x77, x.entry);
    assertEquals(5, value(x, "x"));
    Path extracts = w.file("extracts.ld", "x = mark + 1; ASSERT(other != 0, \"other\")");
    x = made(link(w, "--gc-sections", extracts, start, lib));
    assertEquals(value(x, "other"), value(x, "x"));
  }

  /** Which assignment counts depends on its place, --defsym among them. */
  @ParameterizedTest
  @EnumSource
  void places(Target target) {
    Workbench w = workbench(target);
    Path start = start(w);
    Path one = w.file("one.ld", "x = 1;");
    Path two = w.file("two.ld", "y = x; x = 2;");
    assertEquals(1, value(made(link(w, start, "--defsym=x=3", one)), "x"));
    assertEquals(3, value(made(link(w, start, one, "--defsym=x=3")), "x"));
    assertEquals(1, value(made(link(w, start, two, "-T", one)), "x"));
    ElfImage x = made(link(w, start, one, two, "--defsym=z=y+x"));
    assertEquals(3, value(x, "z"));
    assertEquals(2, value(made(link(w, start, two)), "y"));
  }

  /** Messages name the file and the line, and -T where the script came by it. */
  @ParameterizedTest
  @EnumSource
  void errors(Target target) {
    Workbench w = workbench(target);
    Path o = values(w);
    String[] cases = {
      "\nASSERT(0, \"my message\")", "error.ld:2:1: my message",
      "\n\nx = none;", "error.ld:3:5: undefined symbol 'none' referenced in expression",
      "x = ADDR(.none);", "error.ld:1:5: undefined section '.none' referenced in expression",
      "x = 1 / (foo - foo);", "error.ld:1:5: division by zero",
      "x = y;\ny = x;", "error.ld:2:5: the symbol 'x' depends on itself",
      "x = .;", "error.ld:1:5: the location counter '.' has no value before",
      "x = 1\n", "error.ld:2:1: ';' expected after an assignment",
      "\nINCLUDE none.ld", "error.ld:2:1: cannot find none.ld",
      "VERSION { V { }; V { }; }", "error.ld:1: version 'V' is defined twice",
    };
    for (String kind : KINDS) {
      for (int i = 0; i < cases.length; i += 2) {
        Path script = w.file("error.ld", cases[i]);
        if (!kind.equals("-r") || !cases[i].startsWith("VERSION")) {
          link(w, kind, o, script).failed(cases[i + 1]);
        }
      }
    }
    Path startup = w.file("startup.ld", "\nSTARTUP(values.o)");
    link(w, o, startup).failed("startup.ld:2:1: STARTUP is not supported", "given as input");
    link(w, o, "-T", o).failed("values.o: -T: the file is no linker script");
    link(w, o, "-T", "none.ld").failed("cannot find none.ld");
  }

  /** However long a script is, it takes neither the stack nor time that grows with its square. */
  @ParameterizedTest
  @EnumSource
  void longScripts(Target target) {
    Workbench w = workbench(target);
    Path start = start(w);
    int n = 30_000;
    StringBuilder offers = new StringBuilder("x = a0;\n");
    StringBuilder later = new StringBuilder("x = a0;\n");
    StringBuilder sum = new StringBuilder("x = 0;\n");
    for (int i = 0; i < n; i++) {
      offers.append("PROVIDE(a" + i + " = a" + (i + 1) + ");\n");
      later.append("a" + i + " = a" + (i + 1) + ";\n");
      sum.append("x += 1; PROVIDE(y = 1);\n");
    }
    offers.append("a" + n + " = " + n + ";");
    later.append("a" + n + " = " + n + ";");
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () -> {
          for (StringBuilder text : List.of(offers, later, sum)) {
            Path script = w.file("long.ld", text.toString());
            assertEquals(n, value(made(link(w, start, script)), "x"));
          }
        });
  }

  /** INCLUDE and -T look into the library path where the name itself is none of a file. */
  @ParameterizedTest
  @EnumSource
  void searched(Target target) throws java.io.IOException {
    Workbench w = workbench(target);
    Path start = start(w);
    Path dir = java.nio.file.Files.createDirectory(w.dir.resolve("scripts"));
    w.file("scripts/inner.ld", "y = 2;\nENTRY(_start)");
    w.file("scripts/outer.ld", "INCLUDE inner.ld\nx = y + 1;");
    Path searching = w.file("searching.ld", "SEARCH_DIR(" + dir + ") INCLUDE outer.ld");
    assertEquals(3, value(made(link(w, start, "-L", dir, "-T", "outer.ld")), "x"));
    assertEquals(3, value(made(link(w, start, searching)), "x"));
    Path self = w.file("self.ld", "INCLUDE " + w.dir.resolve("self.ld"));
    link(w, start, self).failed("self.ld:1:1: INCLUDE is nested more than 10 deep");
  }

  /** VERSION says what a version script does. */
  @ParameterizedTest
  @EnumSource
  void versions(Target target) {
    Workbench w = workbench(target);
    Path code = code(w);
    Path version = w.file("v.map", "V0 { other; };");
    Path script = w.file("versions.ld", "VERSION { V1 { global: mark; local: *; } V0; }");
    Linked linked = link(w, "-shared", code, script, "--version-script=" + version).ok();
    String names = Proc.run(dir, List.of("nm", "-D", linked.output().toString())).ok().out();
    assertTrue(names.contains("mark@@V1") && names.contains("other@@V0"), names);
  }

  /** References between sections that the script keeps apart. */
  @ParameterizedTest
  @EnumSource
  void crossReferences(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.asm(
            "cross",
            """
            .globl _start
            _start: ret
            .data
            .long 0
            datum: .long _start
            .section .rodata,"a",@progbits
            .long datum, 7
            .section .note.GNU-stack,"",@progbits
            """);
    for (String kind : new String[] {"-no-pie", "-r"}) {
      Path apart = w.file("apart.ld", "NOCROSSREFS(.text .data)");
      link(w, kind, o, apart)
          .failed(
              "cross.o:(.data+0x4): prohibited cross reference from .data to '_start' in .text");
      Path to = w.file("to.ld", "NOCROSSREFS_TO(.data .rodata .text)");
      Linked failed = link(w, kind, o, "-T", to).failed("from .rodata to", "in .data");
      assertFalse(failed.err().contains("from .data"), failed::toString);
      Path fine = w.file("fine.ld", "NOCROSSREFS(.text .rodata) NOCROSSREFS_TO(.data .text)");
      made(link(w, kind, o, fine));
    }
  }
}
