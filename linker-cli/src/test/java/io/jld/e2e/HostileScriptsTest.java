package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Linker scripts that ask for what can't be: each gets an answer soon, an output or an error, and
 * nothing grows without bound. Time limits are generous; what they are about takes hours where it
 * is wrong.
 */
class HostileScriptsTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int MANY = 20_000;

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  private static Path object(Workbench w) {
    return w.asm("a", ".globl _start\n_start: nop\n.data\n.long 1\n.bss\n.skip 8\n");
  }

  private static Linked link(Workbench w, String script, Object... inputs) {
    Path file = w.file("hostile.ld", script);
    return assertTimeout(
        SOON, () -> w.jld("-m", w.target.emulation, "-L", w.dir, "-T", file, inputs));
  }

  private static String many(IntFunction<String> text) {
    return IntStream.range(0, MANY).mapToObj(text).collect(Collectors.joining());
  }

  @ParameterizedTest
  @EnumSource
  void errors(Target target) {
    Workbench w = workbench(target);
    Path o = object(w);
    w.file("itself.ld", "INCLUDE itself.ld");
    String sections = "SECTIONS { .text : { *(.text) %s } .data : { *(.data) } }";
    String[] cases = {
      "SECTIONS { . = " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + "; }",
      "expression is nested too deep",
      "x = " + "-".repeat(100_000) + "1;",
      "expression is nested too deep",
      "x = " + "1?".repeat(100_000) + "1" + ":1".repeat(100_000) + ";",
      "expression is nested too deep",
      "INCLUDE hostile.ld",
      "INCLUDE is nested more than 10 deep",
      "SECTIONS { INCLUDE itself.ld }",
      "INCLUDE is nested more than 10 deep",
      "SECTIONS { .text : { *(.text) . = x - ADDR(.text) + 1; } x = .; }",
      "does not settle",
      "SECTIONS { .text : { *(.text) . = SIZEOF(.text) + 1; } }",
      "does not settle",
      sections.formatted(". += 0x4000000000000000;"),
      target == Target.X86 ? "does not fit into the address space" : "too large",
      "MEMORY { r : ORIGIN = 0, LENGTH = 4 } " + sections.formatted("") + " INSERT AFTER .none;",
      "there is no such output section",
    };
    for (int i = 0; i < cases.length; i += 2) {
      Linked linked = link(w, cases[i], o);
      assertEquals(1, linked.status(), linked.err());
      assertTrue(linked.err().contains(cases[i + 1]), linked.err());
    }
  }

  /** Numbers at the end of what there is are no reason to fall over. */
  @ParameterizedTest
  @EnumSource
  void extremes(Target target) {
    Workbench w = workbench(target);
    Path o = object(w);
    String body = ".text : { *(.text) } .data : { *(.data) } .bss : { *(.bss) }";
    String[] scripts = {
      "MEMORY { r : ORIGIN = 0, LENGTH = 0xffffffffffffffff } SECTIONS { .text : { *(.text) } >r }",
      "MEMORY { r : ORIGIN = 0xfffffffffffff000, LENGTH = 0x2000 }"
          + " SECTIONS { .text : { *(.text) } >r .data : { *(.data) . += 0x1000; } >r }",
      "SECTIONS { . = 0xffffffffffffffff; " + body + " }",
      "SECTIONS { . = 0x7fffffffffffffff; " + body + " }",
      "SECTIONS { .text : { *(.text) } . = ALIGN(0x8000000000000000); .data : { *(.data) } }",
      "SECTIONS { .text : { *(.text) } .data : ALIGN(0x8000000000000000) { *(.data) } }",
      "SECTIONS { .text : { *(.text) } .data : SUBALIGN(0x8000000000000000) { *(.data) } }",
      "SECTIONS { .text : { *(.text) } .bss : { *(.bss) . += 0x4000000000000000; } }",
      "SECTIONS { .text : { *(.text) } . += 0x4000000000000000; .data : { *(.data) } }",
      "SECTIONS { .text 0x1000 : { *(.text) } .data 0x10000000000 : { *(.data) } }",
      "SECTIONS { . = -1 / 0; " + body + " }",
      "SECTIONS { . = 0x8000000000000000 / -1; " + body + " }",
    };
    for (String script : scripts) {
      Linked linked = link(w, script, o);
      assertTrue(linked.status() == 0 || linked.err().contains("error: "), linked::toString);
      assertTrue(!linked.err().contains("internal error"), linked::toString);
    }
  }

  /** Many of everything: no step looks at all of them for each of them. */
  @ParameterizedTest
  @EnumSource
  void many(Target target) {
    Workbench w = workbench(target);
    Path o = object(w);
    Path sections = w.asm("many", many(i -> ".section .t" + i + ",\"ax\"\n.byte 1\n"));
    String text = "SECTIONS { .text : { *(.text) }";
    Object[][] cases = {
      {text + many(i -> ".s" + i + " : { BYTE(1) }\n") + "}", o},
      {text + many(i -> ".s" + i + " : { *(.t" + i + ") }\n") + "}", o, sections},
      {"SECTIONS { .text : {" + many(i -> "*(.t" + i + "*)\n") + "} }", o, sections},
      {"SECTIONS { .text : {" + many(i -> "*f" + i + ".o(.text)\n") + "} }", o, sections},
      {text + many(i -> ".s" + i + " : ONLY_IF_RO { *(.t" + i + ") }\n") + "}", o, sections},
      {text + many(i -> "s" + i + " = .;\n") + "}", o},
      {many(i -> "s" + (i + 1) + " = s" + i + " + 1;\n") + "s0 = 1;", o},
      {
        text
            + many(i -> ".s" + i + " : { BYTE(SIZEOF(.s" + i * 7 % MANY + ")) }\n")
            + many(i -> "e" + i + " = ADDR(.s" + i + ");\n")
            + "}",
        o
      },
      {
        "MEMORY {"
            + many(i -> "r" + i + " : ORIGIN = " + i * 4096L + ", LENGTH = 4096\n")
            + "}"
            + many(i -> "REGION_ALIAS(a" + i + ", r" + i + ")\n")
            + "SECTIONS { .text : { *(.text .data .bss) } >a0 "
            + many(i -> ".s" + i + " : { BYTE(1) } >a" + i + "\n")
            + "}",
        o
      },
      {
        "PHDRS {"
            + many(i -> "p" + i + " PT_LOAD;\n")
            + "} SECTIONS { . = 0x1000000; .text : { *(.text) } :p0 "
            + many(i -> ".s" + i + " : { BYTE(1) } :p" + i + "\n")
            + "}",
        o
      },
      {many(i -> "SECTIONS { .s" + i + " : { BYTE(1) } } INSERT AFTER .text;\n"), o},
    };
    for (Object[] c : cases) {
      Linked linked =
          link(w, (String) c[0], (Object[]) java.util.Arrays.copyOfRange(c, 1, c.length));
      assertEquals(0, linked.status(), () -> ((String) c[0]).substring(0, 60) + linked.err());
    }
  }
}
