package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sections with {@code SHF_LINK_ORDER}, which have the order of those that they are linked to. */
class LinkOrderTest {
  private static final int WRITE = 1;
  private static final int ALLOC = 2;
  private static final int LINK_ORDER = 0x80;

  @TempDir Path dir;

  private Workbench workbench(Target target) {
    Tools.needC(target);
    return new Workbench(dir, target);
  }

  /** A section of code, and a record that is ordered by it. */
  private static String record(String section, int number) {
    return """
    .section SECTION,"ax",@progbits
    .byte N
    .section order,"ao",@progbits,SECTION
    .byte N
    """
        .replace("SECTION", section)
        .replace("N", String.valueOf(number));
  }

  private static Path object(Workbench w, String section, int number) {
    return w.asm("record" + number, record(section, number));
  }

  /** Objects in an order in which their code is not. */
  private static Path[] heats(Workbench w) {
    return new Path[] {
      object(w, ".text", 4),
      object(w, ".text.unlikely", 1),
      object(w, ".text.startup", 2),
      object(w, ".text.hot", 3)
    };
  }

  private static void assertLinked(ElfImage x, String to, String section) {
    assertEquals(ALLOC | LINK_ORDER, x.section(section).flags(), section);
    assertEquals(to, x.sections.get(x.section(section).link()).name(), section);
  }

  /** Records follow the code, in each kind of output, as with GNU ld. */
  @ParameterizedTest
  @EnumSource
  void followTheCode(Target target) {
    Workbench w = workbench(target);
    Path[] o = heats(w);
    String[][] kinds = {{"-static"}, {"-pie"}, {"-shared"}, {"-z", "separate-code"}, {"-N"}};
    for (String[] kind : kinds) {
      List<Object> args = new ArrayList<>(List.of((Object[]) kind));
      args.addAll(List.of("-m", target.emulation, "-e", "0"));
      args.addAll(List.of((Object[]) o));
      ElfImage x = w.jld(args.toArray()).elf();
      assertArrayEquals(new byte[] {1, 2, 3, 4}, x.content("order"), kind[0]);
      assertLinked(x, ".text", "order");
      assertArrayEquals(x.content("order"), w.ld(args.toArray()).elf().content("order"));
    }
  }

  /** {@code -r} keeps each record with its code; the final link puts them into order. */
  @ParameterizedTest
  @EnumSource
  void relocatable(Target target) {
    Workbench w = workbench(target);
    Path two =
        w.asm(
            "two",
            """
            .section .text.f,"ax",@progbits,unique,1
            five: .byte 5
            .section .text.f,"ax",@progbits,unique,2
            six: .byte 6
            .section order,"ao",@progbits,six,unique,2
            .byte 6
            .section order,"ao",@progbits,five,unique,1
            .byte 5
            """);
    Path[] o = heats(w);
    Path joined = w.jld("-r", o[0], o[1], o[2], o[3], two).output();
    ElfImage r = ElfImage.read(joined);
    int records = 0;
    for (ElfImage.Section s : r.sections) {
      if (s.name().equals("order")) {
        assertEquals(ALLOC | LINK_ORDER, s.flags());
        assertTrue(r.sections.get(s.link()).name().startsWith(".text"));
        records++;
      }
    }
    assertEquals(5, records);
    ElfImage x = w.jld("-e", "0", joined).elf();
    byte[] code = x.content(".text");
    assertArrayEquals(code, x.content("order"));
    assertEquals(6, code.length);
  }

  /** What is linked to nothing stands before the others; the first part decides for all. */
  @ParameterizedTest
  @EnumSource
  void mixed(Target target) {
    Workbench w = workbench(target);
    Path[] o = heats(w);
    Path plain = w.asm("plain", ".section order,\"a\",@progbits\n.byte 9\n");
    Path none = w.asm("none", ".section order,\"ao\",@progbits,0\n.byte 8\n");
    Object[][] inputs = {
      {o[0], plain, o[1], none}, {plain, o[0], none, o[1]}, {none, o[0], plain, o[1]}
    };
    String[] flags = {"AL .text", "A", "AL"};
    for (int i = 0; i < inputs.length; i++) {
      List<Object> args = new ArrayList<>(List.of("-m", target.emulation, "-e", "0"));
      args.addAll(List.of(inputs[i]));
      ElfImage x = w.jld(args.toArray()).elf();
      ElfImage theirs = w.ld(args.toArray()).elf();
      assertArrayEquals(theirs.content("order"), x.content("order"), "inputs " + i);
      assertEquals(flags[i], shown(x), "inputs " + i);
      assertEquals(flags[i], shown(theirs), "inputs " + i);
    }
    assertArrayEquals(
        new byte[] {9, 8, 1, 4}, w.jld("-e", "0", o[0], plain, o[1], none).elf().content("order"));
  }

  private static String shown(ElfImage x) {
    ElfImage.Section s = x.section("order");
    return (s.flags() == (ALLOC | LINK_ORDER) ? "AL " : "A ")
        .concat(x.sections.get(s.link()).name())
        .trim();
  }

  /** Code in several sections, and data; their addresses decide, which options may say. */
  @ParameterizedTest
  @EnumSource
  void severalSections(Target target) {
    Workbench w = workbench(target);
    Path data =
        w.asm(
            "data",
            """
            .data
            .byte 1
            .section order,"ao",@progbits,.data
            .byte 7
            .bss
            .zero 1
            .section order,"ao",@progbits,.bss
            .byte 8
            .section .rodata,"a",@progbits
            .byte 1
            .section order,"ao",@progbits,.rodata
            .byte 3
            .section unloaded,"",@progbits
            .byte 1
            .section order,"ao",@progbits,unloaded
            .byte 9
            """);
    Path own = object(w, "own", 6);
    Path text = object(w, ".text", 5);
    Path hot = object(w, ".text.hot", 4);
    ElfImage x = w.jld("-e", "0", own, data, text, hot).elf();
    assertArrayEquals(new byte[] {3, 4, 5, 6, 7, 8, 9}, x.content("order"));
    assertLinked(x, "own", "order");
    x =
        w.jld(
                "-e",
                "0",
                "--section-start=own=0x9000000",
                "--section-start=.text=0xa000000",
                own,
                data,
                text,
                hot)
            .elf();
    assertTrue(x.section("own").addr() < x.section(".data").addr());
    assertTrue(x.section(".data").addr() < x.section(".text").addr());
    assertArrayEquals(new byte[] {3, 6, 7, 8, 4, 5, 9}, x.content("order"));
    x = w.jld("-e", "0", "-Tdata=0x8000", own, data, text, hot).elf();
    assertArrayEquals(new byte[] {7, 8, 3, 4, 5, 6, 9}, x.content("order"));
  }

  /** What is not loaded, constructors, and what is ordered by the ordered. */
  @ParameterizedTest
  @EnumSource
  void otherSections(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.asm(
            "others",
            """
            .text
            .byte 1
            .section .text.hot,"ax",@progbits
            .byte 1
            .section of_order,"ao",@progbits,two
            .byte 2
            .section of_order,"ao",@progbits,one
            .byte 1
            .section order,"ao",@progbits,.text
            two: .byte 2
            .section order,"ao",@progbits,.text.hot
            one: .byte 1
            .section unloaded,"o",@progbits,.text
            .byte 2
            .section unloaded,"o",@progbits,.text.hot
            .byte 1
            .section strings,"aMSo",@progbits,1,.text
            .string "a"
            .section strings,"aMSo",@progbits,1,.text.hot
            .string "b"
            .section .init_array.5,"awo",@init_array,.text
            .long 3, 3
            .section .init_array.6,"awo",@init_array,.text.hot
            .long 2, 2
            .section .init_array,"aw",@init_array
            .long 1, 1
            """);
    ElfImage x = w.jld("-e", "0", o).elf();
    assertArrayEquals(new byte[] {1, 2}, x.content("order"));
    assertArrayEquals(new byte[] {1, 2}, x.content("of_order"));
    assertLinked(x, "order", "of_order");
    assertArrayEquals(new byte[] {1, 2}, x.content("unloaded"));
    assertEquals(LINK_ORDER, x.section("unloaded").flags());
    assertArrayEquals(new byte[] {'b', 0, 'a', 0}, x.content("strings"));
    byte[] entries = x.content(".init_array");
    assertArrayEquals(new byte[] {1, 2, 3}, new byte[] {entries[0], entries[8], entries[16]});
    assertEquals(WRITE | ALLOC | LINK_ORDER, x.section(".init_array").flags());
  }

  /**
   * Ordered by what becomes a part of something else: merged strings, and unwind records, and by
   * what is not loaded.
   */
  @ParameterizedTest
  @EnumSource
  void orderedByPieces(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.asm(
            "pieces",
            """
            .section .eh_frame,"a",@progbits
            .long 0
            .section order,"ao",@progbits,.eh_frame
            .byte 2
            .section .rodata.str1.1,"aMS",@progbits,1
            .string "text"
            .section order,"ao",@progbits,.rodata.str1.1
            .byte 1
            .section unloaded,"",@progbits
            .byte 0
            .section order,"ao",@progbits,unloaded
            .byte 4
            """);
    ElfImage x = w.jld("-e", "0", object(w, ".text", 3), o).elf();
    assertArrayEquals(new byte[] {1, 2, 3, 4}, x.content("order"));
    x = w.jld("-e", "0", o).elf();
    assertLinked(x, ".eh_frame", "order");
    x = w.jld("--gc-sections", "-e", "0", o).elf();
    assertArrayEquals(new byte[] {2, 4}, x.content("order"), "these are not collected");
  }

  /** A record goes with its code; referred to by itself, it keeps its code. */
  @ParameterizedTest
  @EnumSource
  void collected(Target target) {
    Workbench w = workbench(target);
    String code =
        record(".text.a", 1)
            + record(".text.b", 2)
            + ".section order,\"aoR\",@progbits,.text.b,unique,7\n.byte 3\nown: .byte 4\n"
            + ".section .note.b,\"ao\",@note,.text.b\n.long 4, 0, 1, 0, .text.b\n"
            + ".section .text.a\n.globl _start\n_start: lea ADDRESS, DEST\n";
    code = code.replace("DEST", target == Target.AMD64 ? "%rax" : "%eax");
    String suffix = target == Target.AMD64 ? "(%rip)" : "";
    Path set = w.asm("set", code.replace("ADDRESS", "__start_order" + suffix));
    Path direct = w.asm("direct", code.replace("ADDRESS", "own" + suffix));
    for (String z : new String[] {"nostart-stop-gc", "start-stop-gc"}) {
      ElfImage x = w.jld("--gc-sections", "-z", z, set).elf();
      assertArrayEquals(new byte[] {1}, x.content("order"), z);
      assertFalse(x.hasSection(".note.b"));
      assertEquals(x.section("order").addr(), x.symbol("__start_order").value());
    }
    assertArrayEquals(new byte[] {1, 2, 3, 4}, w.jld(set).elf().content("order"));
    ElfImage x = w.jld("--gc-sections", direct).elf();
    assertArrayEquals(new byte[] {1, 2, 3, 4}, x.content("order"));
    assertTrue(x.hasSection(".note.b"));
  }

  /** Ordered by what is never in the output: not linked either, but part of an object. */
  @ParameterizedTest
  @EnumSource
  void orderedByExcluded(Target target) {
    Workbench w = workbench(target);
    Path o =
        w.asm(
            "excluded",
            """
            .section other,"e",@progbits
            .byte 1
            .section of_order,"ao",@progbits,order
            .byte 4
            .section order,"ao",@progbits,other
            .byte 5
            """);
    ElfImage x = w.jld("-e", "0", o, object(w, ".text", 1)).elf();
    assertArrayEquals(new byte[] {1}, x.content("order"));
    assertFalse(x.hasSection("of_order"));
    ElfImage r = ElfImage.read(w.jld("-r", o).output());
    assertLinked(r, "other", "order");
    assertLinked(r, "order", "of_order");
  }
}
