package io.jld.differential;

import io.jld.e2e.Target;
import io.jld.e2e.Workbench;
import java.nio.file.Path;

/** The objects that the scripts of {@link ScriptTableTest} place. */
final class ScriptFiles {
  /**
   * Before each source. Pieces of code are filled to a size that leaves no gaps: what a linker
   * fills those with is its own.
   */
  private static final String HEAD =
      """
      #ifdef __x86_64__
      #define WORD .quad
      #else
      #define WORD .long
      #endif
      .section .note.GNU-stack,"",@progbits
      .macro filled
      .fill 32 - (. - 1b), 1, 0x90
      .endm
      """;

  private final Workbench bench;
  private final Target target;

  private ScriptFiles(Path dir, Target target) {
    bench = new Workbench(dir, target);
    this.target = target;
  }

  static void make(Path dir, Target target) {
    ScriptFiles f = new ScriptFiles(dir, target);
    f.usual();
    f.special();
    f.threadLocal();
    f.sorted();
    f.orphans();
    f.collected();
    f.referring();
    f.archive();
    f.empties();
    f.independent();
  }

  private Path asm(String name, String source) {
    return bench.asm(name, HEAD + source);
  }

  /** Two files with the sections of most programs. */
  private void usual() {
    asm(
        "a",
        """
        .text
        .globl _start, fa, da, ba, ra
        .type fa, @function
        .type da, @object
        1:
        _start: call fb
        fa: nop
          nop
          ret
        .size fa, . - fa
        filled
        .section .text.hot, "ax"
        .balign 32
        1:
        hot_a: ret
        filled
        .section .text.unlikely, "ax"
        1:
        unlikely_a: nop
          ret
        filled
        .data
        .balign 8
        da: WORD fa, db
        .size da, . - da
        .section .data.one, "aw"
        one_a: .byte 0x1a
        .bss
        .balign 16
        ba: .skip 24
        .section .rodata, "a"
        ra: .ascii "read only a"
        .balign 4
        .long 0xa1a1a1a1
        .comm common_a, 40, 16
        """);
    asm(
        "b",
        """
        .text
        .balign 16
        .globl fb, db, bb
        .type fb, @function
        1:
        fb: nop
          ret
        .size fb, . - fb
        filled
        .section .text.b, "ax"
        1:
        second_b: nop
          nop
          ret
        filled
        .data
        .balign 4
        db: .long 0xb1b2b3b4
        .section .data.one, "aw"
        one_b: .byte 0x1b
        .section .data.two, "aw"
        .balign 16
        two_b: WORD da, rb
        .bss
        .balign 4
        bb: .skip 12
        .section .rodata.b, "a"
        .balign 8
        rb: .quad 0xbbbbbbbbbbbbbbbb
        .comm common_b, 100, 32
        """);
  }

  private void special() {
    asm(
        "merge1",
        """
        .section .rodata.str1.1, "aMS", @progbits, 1
        string_a: .asciz "common tail"
        .asciz "of a"
        .section .rodata.cst8, "aM", @progbits, 8
        .quad 1, 3
        """);
    asm(
        "merge2",
        """
        .section .rodata.str1.1, "aMS", @progbits, 1
        string_b: .asciz "tail"
        .asciz "of b"
        .section .rodata.cst8, "aM", @progbits, 8
        .quad 1, 2, 1
        .data
        WORD string_b
        """);
    asm(
        "common",
        ".comm common_small, 1, 1\n"
            + ".comm common_c, 24, 8\n"
            + ".comm common_d, 4, 4\n"
            + ".text\n"
            + ".globl other\n"
            + "other: ret\n");
    asm("gaps", ".section .gaps, \"ax\"\nret\n.section .gaps2, \"ax\"\n.balign 64\nret\n");
    asm("empty", ".section .empty_input, \"a\"\n");
  }

  private void threadLocal() {
    asm(
        "tls",
        """
        .section .tdata, "awT"
        .balign 4
        tb: .long 0x7b7b7b7b
        .section .tbss, "awT", @nobits
        .balign 8
        .globl zb
        .type zb, @object
        zb: .skip 8
        """);
  }

  private void sorted() {
    asm(
        "sort",
        """
        .section .sort.c, "a"
        .ascii "c1"
        .section .sort.a, "a"
        .balign 8
        .ascii "a1"
        .section .sort.b, "a"
        .balign 4
        .ascii "b1"
        .section .sort.d, "a"
        .balign 16
        .ascii "d1"
        .section .sort.10, "a"
        .ascii "10"
        .section .sort.9, "a"
        .balign 4
        .ascii "09"
        .section .init_array.00200, "aw", @init_array
        WORD 0x200
        .section .init_array.00100, "aw", @init_array
        WORD 0x100
        .section .init_array, "aw", @init_array
        WORD 0x1
        .section .ctors.65435, "aw"
        WORD 0xc100
        .section .ctors.65335, "aw"
        WORD 0xc200
        .section .ctors, "aw"
        WORD 0xc001
        .section .fini_array, "aw", @fini_array
        WORD 0xf1
        """);
    asm(
        "sort2",
        """
        .section .sort.b, "a"
        .balign 8
        .ascii "b2"
        .section .sort.a, "a"
        .ascii "a2"
        .section .sort.e, "a"
        .balign 2
        .ascii "e2"
        .section .sort.c, "a"
        .balign 16
        .ascii "c2"
        .section .init_array.00150, "aw", @init_array
        WORD 0x2150
        .section .init_array.100, "aw", @init_array
        WORD 0x2100
        .section .init_array, "aw", @init_array
        WORD 0x2001
        .section .ctors.65385, "aw"
        WORD 0x2c150
        .section .ctors, "aw"
        WORD 0x2c001
        """);
  }

  /** Sections that most scripts do not name. */
  private void orphans() {
    String source =
        """
        .section .orphan_text, "ax"
        ret
        .section .orphan_ro, "a"
        .long 0x01010101
        .section .orphan_data, "aw"
        .long 0x02020202
        .section .orphan_bss, "aw", @nobits
        .skip 20
        .section .orphan_debug, "", @progbits
        .long 0x03030303
        .section .debug_fake, "", @progbits
        .ascii "debug"
        .section .note.x, "a", @note
        .long 4, 4, 1
        .asciz "xxx"
        .long 0x04040404
        .section .note.y, "", @note
        .long 4, 0, 2
        .asciz "yyy"
        .section .text.comdat, "axG", @progbits, key, comdat
        .weak in_comdat
        1:
        in_comdat: nop
        ret
        filled
        .section .orphan_wx, "awx"
        .long 0x05050505
        """;
    asm("orphan", source);
    asm("orphan2", source + ".section .orphan_data2, \"aw\"\n.byte 6\n");
    asm(
        "cname",
        """
        .section my_table, "a"
        .long 1, 2
        .section my_words, "aw"
        WORD __start_my_table, __stop_my_table, __start_my_words
        """);
  }

  private void collected() {
    asm(
        "gc",
        """
        .text
        .globl _start, unused_function
        1:
        _start: call used_function
          call fb
          ret
        filled
        .section .text.used, "ax"
        1:
        used_function: nop
          ret
        filled
        .section .text.unused, "ax"
        1:
        unused_function: nop
          nop
          ret
        filled
        .section .keep_me, "a"
        WORD kept_target
        .section .keep_also.1, "a"
        .long 1
        .section .keep_also.2, "aw"
        .long 2
        .section .text.kept, "ax"
        1:
        kept_target: nop
          nop
          nop
          ret
        filled
        .section .table.2, "a"
        .long 0x22
        .section .table.1, "a"
        .long 0x11
        .section .data.unused, "aw"
        WORD only_of_collected
        .data
        .globl da
        da: .long 0x6c
        """);
  }

  private void referring() {
    asm(
        "want",
        """
        .section .rodata.want, "a"
        .balign 8
        WORD provided, provided_text, wanted_late
        .hidden hidden_provided
        WORD hidden_provided
        """);
    asm("wantm", ".section .rodata.want, \"a\"\n.balign 8\nWORD m1\n");
    asm(
        "edges",
        """
        .section .rodata.edges, "a"
        .balign 8
        .irp name, __executable_start, etext, _etext, __etext, edata, _edata, end, _end
        .weak \\name
        WORD \\name
        .endr
        .weak __bss_start, __ehdr_start
        WORD __bss_start, __ehdr_start
        """);
    asm(
        "frames",
        """
        .section .text.frames, "ax"
        1:
        .cfi_startproc
        frame1: push %eax_or_rax
        .cfi_adjust_cfa_offset 8
        pop %eax_or_rax
        .cfi_adjust_cfa_offset -8
        ret
        .cfi_endproc
        .cfi_startproc
        frame2: ret
        .cfi_endproc
        filled
        """
            .replace("%eax_or_rax", target == Target.AMD64 ? "%rax" : "%eax"));
  }

  /** Symbols in sections without content. */
  private void empties() {
    asm(
        "empties",
        """
        .section e_data, "aw"
        .globl in_data
        local_in_data:
        in_data:
        .section e_rodata, "a"
        .globl in_rodata
        local_in_rodata:
        in_rodata:
        .section e_text, "ax"
        .globl in_text
        in_text:
        .section e_note, ""
        .globl in_note
        local_in_note:
        in_note:
        """);
  }

  private void archive() {
    Path m1 =
        asm(
            "m1",
            """
            .text
            .globl m1
            1:
            m1: nop
              ret
            filled
            .data
            .long 0x6d310000
            """);
    Path m2 =
        asm(
            "m2",
            """
            .text
            .globl m2
            1:
            m2: nop
              nop
              ret
            filled
            .data
            .long 0x6d320000
            """);
    bench.archive("lib.a", m1, m2);
  }

  private void independent() {
    asm("start", ".text\n.globl _start\n_start: nop\n  ret\n");
    asm(
        "pic",
        """
        .text
        .globl exported, exported_data
        .type exported, @function
        .type exported_data, @object
        exported: nop
          ret
        .size exported, . - exported
        .data
        .balign 8
        exported_data: WORD exported, local_data
        .size exported_data, . - exported_data
        local_data: .long 0x11223344
        .section .rodata, "a"
        .ascii "constant"
        .bss
        .skip 32
        """);
  }
}
