package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code OVERLAY}, and other sections of a script that share addresses. */
class OverlayTest {
  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    Tools.need("ld");
    return new Workbench(dir, target);
  }

  private static Path object(Workbench w) {
    return w.asm(
        "a",
        """
        .globl _start
        _start: nop
        .section .one,"aw"
        .globl one
        one: .long 1, 2, one
        .section .two,"aw"
        .globl two
        two: .long 3
        .section .three,"ax"
        .globl three
        three: .long two
        .data
        .balign 16
        .long 5
        """);
  }

  private static ElfImage image(Linked linked) {
    assertEquals(0, linked.status(), linked::toString);
    return ElfImage.read(linked.output());
  }

  /** Addresses, load addresses, symbols, contents and fills are those of GNU ld. */
  @ParameterizedTest
  @EnumSource
  void likeGnuLd(Target target) {
    Workbench w = workbench(target);
    Path o = object(w);
    String[] scripts = {
      """
      SECTIONS {
        .text 0x10000 : { *(.text) }
        OVERLAY 0x20000 : AT(0x8000) {
          .one { *(.one) }
          .two.x { *(.two) . = . + 8; LONG(7) } =0x11223344
          .three { *(.three) . = ALIGN(64); }
        } =0x5a
        after = .;
        .data : { *(.data) }
        s1 = __load_start_one; s2 = __load_stop_one; s3 = __load_start_twox; s4 = __load_stop_three;
      }
      """,
      """
      MEMORY { ram : ORIGIN = 0x10000, LENGTH = 1M rom : ORIGIN = 0x800000, LENGTH = 1M }
      SECTIONS {
        .text : { *(.text) } >ram AT>rom
        OVERLAY : { .one { *(.one) } .two { *(.two) } .three { *(.three) } } >ram AT>rom
        after = .;
        .data : { *(.data) } >ram AT>rom
        s1 = LOADADDR(.one); s2 = LOADADDR(.two); s3 = LOADADDR(.three); s4 = LOADADDR(.data);
      }
      """,
      """
      SECTIONS {
        .text 0x10000 : { *(.text) }
        .one 0x20000 : AT(0x8000) { *(.one) }
        .two 0x20000 : AT(0x9000) { *(.two) }
        .three 0x20000 : AT(0xa000) { *(.three) }
        after = .;
        .data 0x20100 : AT(0xb000) { *(.data) }
        s1 = 0; s2 = 0; s3 = 0; s4 = 0;
      }
      """,
    };
    for (String text : scripts) {
      Path script = w.file("overlay.ld", text);
      Object[] args = {"-m", w.target.emulation, "-T", script, o};
      ElfImage expected = image(w.ld(args));
      ElfImage actual = image(w.jld(args));
      for (ElfImage.Section s : expected.sections) {
        if ((s.flags() & 2) != 0 && !s.name().startsWith(".note") && s.type() == 1) {
          assertEquals(s.addr(), actual.section(s.name()).addr(), s.name());
          assertArrayEquals(expected.content(s.name()), actual.content(s.name()), s.name());
        }
      }
      for (String symbol : new String[] {"after", "s1", "s2", "s3", "s4", "one", "two", "three"}) {
        assertEquals(expected.symbol(symbol).value(), actual.symbol(symbol).value(), symbol);
      }
    }
  }

  /** {@code NOCROSSREFS}: code of one overlay may not refer to another. */
  @ParameterizedTest
  @EnumSource
  void crossReferences(Target target) {
    Workbench w = workbench(target);
    String script =
        "SECTIONS { .text 0x10000 : { *(.text) } .data 0x40000 : { *(.data .bss) }"
            + " OVERLAY 0x20000 : %s { .one { *(.one) } .two { *(.two) } .three { *(.three) } } }";
    Object[] args = {"-m", w.target.emulation, object(w)};
    image(w.jld(args, "-T", w.file("plain.ld", script.formatted(""))));
    w.jld(args, "-T", w.file("none.ld", script.formatted("NOCROSSREFS")))
        .failed("prohibited cross reference from .three to 'two' in .two");
  }

  /** Sections that overlap by mistake are an error, unless {@code --no-check-sections}. */
  @ParameterizedTest
  @EnumSource
  void overlaps(Target target) {
    Workbench w = workbench(target);
    Path script =
        w.file(
            "meets.ld",
            "SECTIONS { .text 0x10000 : { *(.text) } .one 0x20000 : { *(.one) }"
                + " .two 0x20004 : { *(.two) } .three 0x30000 : { *(.three) } }");
    Object[] args = {"-m", w.target.emulation, "-T", script, object(w)};
    w.jld(args).failed("meets.ld:1:68: section .two LMA [0x20004, 0x20007] overlaps section .one");
    assertEquals(1, w.ld(args).status());
    ElfImage actual = image(w.jld("--no-check-sections", args));
    ElfImage expected = image(w.ld("--no-check-sections", args));
    for (String name : new String[] {".one", ".two", ".three"}) {
      assertEquals(expected.section(name).addr(), actual.section(name).addr(), name);
      assertArrayEquals(expected.content(name), actual.content(name), name);
    }
  }
}
