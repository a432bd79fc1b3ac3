package io.jld.differential;

import java.nio.file.Path;
import java.util.List;

/** Segments and what marks them: -z options about the layout, CET, the stack. */
final class LayoutCases {
  private LayoutCases() {}

  static List<Case> all() {
    return List.of(
        new Case("code", LayoutCases::code),
        new Case("relro", LayoutCases::relro),
        new Case("stack", LayoutCases::stack),
        new Case("cet", LayoutCases::cet),
        new Case("sections", LayoutCases::sections));
  }

  private static void code(Bench b) {
    Path fixed = b.c("fixed", ProgramCases.HELLO, "-fno-pie");
    Path pie = b.c("pie", ProgramCases.HELLO, "-fpie");
    b.program("separate", "-pie", pie, "-Wl,-z,separate-code");
    b.program("together", "-pie", pie, "-Wl,-z,noseparate-code");
    b.program("together-no-pie", "-no-pie", fixed, "-Wl,-z,noseparate-code");
    b.library("together", b.c("lib", LibraryCases.CALLS, "-fPIC"), "-Wl,-z,noseparate-code");
    b.program("big-pages", "-pie", pie, "-Wl,-z,max-page-size=0x200000");
    b.program("no-eh-frame-hdr", "-pie", pie, "-Wl,--no-eh-frame-hdr");
  }

  private static final String CONSTANTS =
      """
      #include <stdio.h>
      static int data = 2;
      int *const constant = &data;
      const char *const names[] = {"a", "b"};
      static __thread int thread_data = 3;
      static __thread int thread_zero;
      int zero[1000];
      int main(void) { printf("%d %s %d %d\\n", *constant, names[1], thread_data + thread_zero, zero[9]); }
      """;

  private static void relro(Bench b) {
    Path o = b.c("main", CONSTANTS, "-fpie");
    b.program("relro", "-pie", o, "-Wl,-z,relro");
    b.program("relro-now", "-pie", o, "-Wl,-z,relro,-z,now");
    b.program("norelro", "-pie", o, "-Wl,-z,norelro");
    b.program("static", "-static", b.c("fixed", CONSTANTS, "-fno-pie"), "-Wl,-z,relro");
  }

  private static void stack(Bench b) {
    Path o = b.c("main", ProgramCases.HELLO, "-fpie");
    b.program("execstack", "-pie", o, "-Wl,-z,execstack");
    b.program("noexecstack", "-pie", o, "-Wl,-z,noexecstack");
    Path nested = b.asm("asks", ".section .note.GNU-stack,\"x\",@progbits\n");
    b.program("asked", "-pie", o, nested);
    b.program("unmarked", "-pie", o, b.asm("unmarked", ".text\nnop\n"));
  }

  private static void cet(Bench b) {
    Path lib = b.c("lib", LibraryCases.CALLS, "-fPIC", "-fcf-protection");
    Path plain = b.c("plain", "int plain(void) { return 1; }", "-fPIC", "-fcf-protection=none");
    b.library("marked", "-nostdlib", lib);
    b.library("ibt", "-nostdlib", lib, "-Wl,-z,ibt");
    b.library("shstk", "-nostdlib", lib, "-Wl,-z,shstk");
    b.library("forced", "-nostdlib", lib, plain, "-Wl,-z,ibt,-z,shstk");
    b.library("mixed", "-nostdlib", lib, plain);
    Path main = b.c("main", ProgramCases.HELLO, "-fpie", "-fcf-protection");
    b.program("program", "-pie", main);
    b.program("program-ibt", "-pie", main, "-Wl,-z,ibt,-z,shstk");
  }

  /** Names that sections end up with, and their flags. */
  private static void sections(Bench b) {
    Path o =
        b.asm(
            "sections",
            """
            .section .text.hot.f,"ax",@progbits
            .byte 1
            .section .text.unlikely.f,"ax",@progbits
            .byte 1
            .section .rodata.str1.1,"aMS",@progbits,1
            .string "a string"
            .section .rodata.cst8,"aM",@progbits,8
            .quad 8
            .section .data.rel.ro.local,"aw",@progbits
            .quad 0
            .section .data.rel.local,"aw",@progbits
            .quad 0
            .section .bss.x,"aw",@nobits
            .zero 8
            .section .tdata.x,"awT",@progbits
            .quad 1
            .section .tbss.x,"awT",@nobits
            .zero 8
            .section own_code,"ax",@progbits
            .byte 1
            .section own_data,"aw",@progbits
            .quad 1
            .section own_rodata,"a",@progbits
            .quad 1
            .section own_zero,"aw",@nobits
            .zero 8
            .section .note.own,"a",@note
            .long 4, 0, 1
            .string "own"
            .section .comment_own,"",@progbits
            .quad 1
            .section .gone,"e",@progbits
            .quad 1
            .section .gcc_except_table.f,"a",@progbits
            .quad 1
            .section .note.GNU-stack,"",@progbits
            """);
    Path main = b.c("main", ProgramCases.HELLO, "-fpie");
    b.program("program", "-pie", main, o);
    b.library("sections", o);
    b.plain("r", "-r", o, main);
  }
}
