package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Symbols whose values expressions give them, and what the expressions may refer to. */
class AssignedSymbolsTest {
  private static final int SHN_ABS = 0xfff1;
  private static final int STT_NOTYPE = 0;
  private static final int STT_OBJECT = 1;
  private static final int STT_TLS = 6;

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  /** An object is no program that could be run. */
  private static ElfImage image(Linked x) {
    assertEquals(0, x.status(), x::toString);
    return ElfImage.read(x.output());
  }

  /** Another name of a thread-local variable, or of what is behind it, is thread-local. */
  @ParameterizedTest
  @EnumSource
  void threadLocal(Target target) {
    Workbench w = workbench(target);
    Path variables =
        w.c("variables", "__thread int pad = 1, tv[2] = {42, 43}; __thread int zero;", "-fPIC");
    String main =
        """
        #include <stdio.h>
        extern __thread int same, next, none, tv[2], zero;
        int main(void) {
          same++;
          printf("%d %d %d %d", tv[0], next, &none == &zero, &next == &tv[1]);
        }
        """;
    Path pie = w.c("pie", main, "-fPIE");
    Path pic = w.c("pic", main, "-fPIC");
    Object[] names = {"-Wl,--defsym=same=tv,--defsym=next=same+4,--defsym=none=zero"};
    for (String kind : List.of("-no-pie", "-pie", "-static", "-static-pie")) {
      for (Path o : List.of(pie, pic)) {
        Linked x = w.gcc(kind, o, variables, names).ok();
        assertEquals("43 43 1 1", x.run().ok().out(), x::toString);
      }
    }
    Path script = w.file("names.ld", "same = tv; next = same + 4; none = zero; size = next - tv;");
    Linked lib = w.gcc("-shared", variables, script).ok();
    for (ElfImage e :
        List.of(lib.elf(), image(w.jld("-m", target.emulation, "-r", variables, script)))) {
      for (String[] pair : new String[][] {{"same", "tv"}, {"none", "zero"}}) {
        ElfImage.Symbol alias = e.symbol(pair[0]);
        ElfImage.Symbol of = e.symbol(pair[1]);
        assertEquals(STT_TLS, alias.type());
        assertEquals(of.value(), alias.value());
        assertEquals(of.shndx(), alias.shndx());
      }
      assertEquals(STT_TLS, e.symbol("next").type());
      assertEquals(e.symbol("tv").value() + 4, e.symbol("next").value());
      assertEquals(STT_NOTYPE, e.symbol("size").type());
      assertEquals(4, e.symbol("size").value());
    }
    Linked user = w.gcc("-pie", pic, lib.output(), "-Wl,-rpath," + dir).ok();
    assertFalse(user.elf().symbols(".dynsym").isEmpty());
    Path plain = w.c("plain", "extern int same; int main(void) { return same; }", "-fPIE");
    w.gcc(plain, variables, "-Wl,--defsym=same=tv")
        .failed("'same': thread-local definition by an assignment does not match other");
  }

  /** A common symbol is somewhere only where it has been given space. */
  @ParameterizedTest
  @EnumSource
  void commonSymbols(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("o", ".comm pad, 4, 4\n.comm c, 8, 8\n.globl _start\n_start: ret\n");
    for (String value : List.of("a=c", "a=c+4", "c=c+4")) {
      w.jld("-m", target.emulation, "-r", o, "--defsym=" + value)
          .failed("an expression refers to 'c', a common symbol", "give it one with -d");
    }
    ElfImage r = image(w.jld("-m", target.emulation, "-r", "-d", o, "--defsym=a=c"));
    assertEquals(r.symbol("c").value(), r.symbol("a").value());
    assertEquals(r.symbol("c").shndx(), r.symbol("a").shndx());
    assertEquals(STT_OBJECT, r.symbol("a").type());
    for (Object kind : new Object[] {List.of("-r", "-d"), List.of(), "-pie", "-shared"}) {
      ElfImage x = image(w.jld("-m", target.emulation, kind, o, "--defsym=c=c+4"));
      ElfImage.Section bss = x.section(".bss");
      ElfImage.Symbol c = x.symbol("c");
      assertTrue(bss.size() >= 12, "size " + bss.size());
      assertEquals(bss, x.sections.get(c.shndx()));
      assertEquals(4, c.value() % 8);
    }
    ElfImage number = w.jld("-m", target.emulation, o, "--defsym=c=4").ok().elf();
    assertEquals(4, number.symbol("c").value());
    assertEquals(4, number.section(".bss").size());
  }

  /** What is asserted has one message; in a relocatable output sections begin at 0. */
  @ParameterizedTest
  @EnumSource
  void assertions(Target target) {
    Workbench w = workbench(target);
    Path o = w.asm("o", ".globl _start, f\n_start: nop\nf: ret\n");
    for (Object kind : new Object[] {"-r", List.of()}) {
      Object[] args = {"-m", target.emulation, kind, o};
      Path sound =
          w.file("sound.ld", "ASSERT(f > 0, \"f\"); ASSERT(f - _start == 1, \"distance\");");
      image(w.jld(args, sound));
      Path wrong = w.file("wrong.ld", "ASSERT(f > 0x7fffffff, \"f is low\");");
      Linked x = w.jld(args, wrong).failed("wrong.ld:1:1: f is low");
      assertEquals(1, x.err().lines().filter(l -> l.contains("error: ")).count(), x::toString);
      Path missing = w.file("missing.ld", "ASSERT(nothing > 0, \"not said\");");
      x = w.jld(args, missing).failed("undefined symbol 'nothing' referenced in expression");
      assertEquals(1, x.err().lines().filter(l -> l.contains("error: ")).count(), x::toString);
    }
  }

  /**
   * Whether a value moves with the output is decided when relocations are looked at, long before it
   * has a section: both must say the same, or a pointer to it is wrong without a word.
   */
  @ParameterizedTest
  @EnumSource
  void whatMoves(Target target) {
    Workbench w = workbench(target);
    List<String> moving =
        List.of(
            ". + 4",
            "_start + 4",
            "_start & ~1",
            "ADDR(.text)",
            "ALIGN(8)",
            "ALIGN(_start, 8)",
            "NEXT(8)",
            "MAX(_start, 1)",
            "DEFINED(_start) ? _start : 6",
            "SEGMENT_START(\"text-segment\", 0) + SIZEOF_HEADERS",
            "ORIGIN(ram) + LENGTH(ram)");
    List<String> fixed =
        List.of(
            "7",
            "d - _start",
            "ABSOLUTE(_start)",
            "LOADADDR(.text)",
            "SIZEOF(.text)",
            "MAX(2, 1)",
            "SIZEOF_HEADERS",
            "CONSTANT(MAXPAGESIZE)",
            "DEFINED(_start) ? 5 : 6",
            "ABSOLUTE(SEGMENT_START(\"text-segment\", 0))",
            "LENGTH(ram)");
    List<String> values = Stream.concat(moving.stream(), fixed.stream()).toList();
    StringBuilder asm = new StringBuilder(".globl _start, d\n_start: nop; ret\n.data\nd: ");
    StringBuilder outside = new StringBuilder();
    StringBuilder inside = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      asm.append(target == Target.AMD64 ? ".quad " : ".long ").append("o%d, i%d\n".formatted(i, i));
      outside.append("o%d = %s;\n".formatted(i, values.get(i)));
      inside.append("i%d = %s;\n".formatted(i, values.get(i)));
    }
    Path o = w.asm("o", asm.toString());
    String script =
        """
        MEMORY { ram (rwxai) : ORIGIN = 0x1000, LENGTH = 1M }
        SECTIONS { .text : { *(.text*) } %s .data : { %s *(.data) } }
        """
            .formatted(outside, inside);
    Object[] line = {"-m", target.emulation, o, "-Bsymbolic", "-T", w.file("moves.ld", script)};
    for (String kind : List.of("-pie", "-shared")) {
      ElfImage e = image(w.jld(line, kind, "--no-dynamic-linker"));
      String rel = target == Target.AMD64 ? ".rela.dyn" : ".rel.dyn";
      List<Long> moved = e.relocs(rel).stream().map(ElfImage.Reloc::offset).toList();
      long at = e.symbol("d").value();
      for (int i = 0; i < values.size(); i++) {
        String what = kind + " " + values.get(i);
        assertEquals(i < moving.size(), moved.contains(at), what);
        at += target.wordSize;
        assertEquals(e.symbol("i" + i).shndx() != SHN_ABS, moved.contains(at), what + " in .data");
        at += target.wordSize;
      }
    }
  }
}
