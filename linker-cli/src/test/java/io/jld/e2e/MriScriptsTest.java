package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code -c}: scripts in the language of the MRI linker. */
class MriScriptsTest {
  private static final int STT_FILE = 4;

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
        .globl _start, other
        _start: nop
        other: nop
        .data
        .globl data
        data: .long 1
        .section .one,"aw"
        .globl one
        one: .long 2
        .balign 8
        .section .two,"aw"
        .globl two
        two: .long 3
        """);
  }

  /** Addresses of sections and symbols are those of GNU ld. */
  @ParameterizedTest
  @EnumSource
  void likeGnuLd(Target target) {
    Workbench w = workbench(target);
    Path o = object(w);
    String[] scripts = {
      "* a comment\nSECT .text,$10000\nSECT .one = 0x20000 ; another\nORDER .one,.text,.two\n",
      "ORDER .text .two .one\n"
          + "ALIGN .one=64\n"
          + "ALIGNMOD .two,16\n"
          + "PUBLIC a=$1234\n"
          + "PUBLIC b,10\n"
          + "PUBLIC c 011\n",
      "BASE $40000\nORDER .text,.data\nSECT .one 50000h\nALIAS .data,.two\nSTART other\n",
      "ABSOLUTE .one\nORDER .text,.one,.two,.data\nSECT .text=$8000\nCHIP 68000,10\nCASE\nEND\n",
      "absolute .one, .two\n"
          + "extern nothing_special\n"
          + "public nothing_special = 5\n"
          + "SECT .text,10\n"
          + "SECT .data,100\n"
          + "ORDER .text .data .one .two\n",
      "CHIP 68000\n",
    };
    for (String text : scripts) {
      Path script = w.file("mri.ld", text);
      Object[] args = {"-m", w.target.emulation, "-c", script, o};
      Linked expected = w.ld(args);
      assertEquals(0, expected.status(), expected::toString);
      Linked linked = w.jld(args);
      assertEquals(0, linked.silent().status(), linked::toString);
      ElfImage e = ElfImage.read(expected.output());
      ElfImage a = ElfImage.read(linked.output());
      for (ElfImage.Section s : e.sections) {
        if ((s.flags() & 2) != 0) {
          assertEquals(s.addr(), a.section(s.name()).addr(), () -> s.name() + "\n" + text);
          assertEquals(s.type(), a.section(s.name()).type(), () -> s.name() + "\n" + text);
        }
      }
      for (ElfImage.Symbol s : e.symbols()) {
        if (!s.name().isEmpty() && s.type() != STT_FILE) {
          assertEquals(s.value(), a.symbol(s.name()).value(), () -> s.name() + "\n" + text);
        }
      }
    }
  }

  /** {@code LOAD}, {@code NAME}, {@code INCLUDE}, {@code LIST}. */
  @ParameterizedTest
  @EnumSource
  void files(Target target) {
    Workbench w = workbench(target);
    Path o = object(w);
    Path inner = w.file("inner.ld", "LOAD " + o + "\nSECT .text=$10000\n");
    Path script = w.file("mri.ld", "NAME not_this\nINCLUDE " + inner + "\nLIST\n");
    Linked linked = w.jld("-m", w.target.emulation, "-c", script);
    assertEquals(0, linked.status(), linked::toString);
    assertEquals(0x10000, ElfImage.read(linked.output()).symbol("_start").value());
    assertTrue(linked.out().contains("\nLOAD " + o + "\n"), linked::toString);
  }

  @ParameterizedTest
  @EnumSource
  void errors(Target target) {
    Workbench w = workbench(target);
    Path o = object(w);
    String[] cases = {
      "\nORDR .text", "bad.ld:2:1: unknown MRI command 'ORDR'; did you mean ORDER?",
      "FORMAT S", "bad.ld:1:1: output format 'S' is not supported: objcopy -O srec makes",
      "FORMAT IEEE", "bad.ld:1:1: unknown output format 'IEEE': without FORMAT it is ELF",
      "TRUNCATE", "bad.ld:1:9: a number expected after TRUNCATE",
      "TRUNCATE x", "bad.ld:1:10: a number expected after TRUNCATE",
      "TRUNCATE 4+1", "bad.ld:1:11: the end of the line expected",
      "TRUNCATE 0x", "bad.ld:1:10: '0x' is not a number",
      "ALIAS .text .data", "bad.ld:1:13: ',' and another section's name expected in ALIAS",
      "SECT .text=", "bad.ld:1:12: ",
      "* x\nSECT .text=1 2", "bad.ld:2:14: the end of the line expected",
      "INCLUDE none", "bad.ld:1:1: cannot find none",
      "INCLUDE bad.ld", "INCLUDE is nested more than 10 deep",
      "LOAD none.o", "bad.ld:1: cannot find none.o",
    };
    for (int i = 0; i < cases.length; i += 2) {
      Path script = w.file("bad.ld", cases[i]);
      w.jld("-m", w.target.emulation, "-L", dir, "-c", script, o).failed(cases[i + 1]);
    }
  }
}
