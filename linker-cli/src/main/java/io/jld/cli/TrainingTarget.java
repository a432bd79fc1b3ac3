package io.jld.cli;

import java.util.List;

/**
 * What the training objects of an architecture are made of. An instruction is written as what it
 * refers to and its bytes in hexadecimal; <code>{TYPE+ADDEND}</code> is a field of four bytes that
 * the relocation of this number fills, with <code>:SYMBOL</code> after it if it refers to something
 * else than the rest. Instructions with {@code !} in front are not position independent and not
 * linked into shared libraries.
 *
 * @param name as {@code --arch} has it
 * @param emulation as {@code -m} has it
 * @param machine {@code e_machine}
 * @param word number of the relocation S + A of a word
 * @param narrow number of the relocation S + A of four bytes
 * @param pcRelative number of the relocation S + A - P of four bytes
 * @param code the instructions
 */
record TrainingTarget(
    String name,
    String emulation,
    boolean is64,
    int machine,
    int word,
    int narrow,
    int pcRelative,
    List<String> code) {

  /** psABI amd64, 4.4 (relocation types) and 4.4.2 (thread-local storage); GOTPCRELX is relaxed. */
  static final TrainingTarget AMD64 =
      new TrainingTarget(
          "amd64",
          "elf_x86_64",
          true,
          62,
          1,
          10,
          2,
          List.of(
              "function e8 {4-4}", // call f@PLT
              "function e8 {4-4}",
              "string 48 8d 3d {2-4}", // lea .LC0(%rip), %rdi
              "function e8 {4-4}",
              "string 48 8d 35 {2-4}",
              "data 48 8b 05 {42-4}", // mov x@GOTPCREL(%rip), %rax
              "function ff 15 {41-4}", // call *f@GOTPCREL(%rip)
              "data 48 8b 1d {9-4}",
              "function e8 {4-4}",
              "!data 8b 05 {2-4}", // mov x(%rip), %eax
              "!function e8 {2-4}",
              "!function 48 c7 c0 {11+0}", // mov $f, %rax
              "!string bf {10+0}", // mov $.LC0, %edi
              "!tls 64 8b 04 25 {23+0}", // mov %fs:t@tpoff, %eax
              "tls 48 8b 05 {22-4}", // mov t@gottpoff(%rip), %rax
              "tls 66 48 8d 3d {19-4} 66 66 48 e8 {4-4:__tls_get_addr}", // lea t@tlsgd(%rip), %rdi;
              // call
              "data 48 8d 05 {42-4}")); // lea, as it stands

  /**
   * psABI i386, 4.2; thread-local storage as in "ELF Handling For Thread-Local Storage", 4.1 and
   * 4.4.
   */
  static final TrainingTarget X86 =
      new TrainingTarget(
          "x86",
          "elf_i386",
          false,
          3,
          1,
          1,
          2,
          List.of(
              "got 81 c3 {10+2}", // add $_GLOBAL_OFFSET_TABLE_, %ebx
              "function e8 {4-4}", // call f@PLT
              "function e8 {4-4}",
              "string 8d 83 {9+0}", // lea .LC0@GOTOFF(%ebx), %eax
              "function e8 {4-4}",
              "data 8b 83 {43+0}", // mov x@GOT(%ebx), %eax
              "data 8b 83 {43+0}",
              "function ff 93 {43+0}", // call *f@GOT(%ebx)
              "!data a1 {1+0}", // mov x, %eax
              "!function e8 {2-4}",
              "!string 68 {1+0}", // push $.LC0
              "!tls 65 a1 {17+0}", // mov %gs:t@ntpoff, %eax
              "tls 8b 83 {16+0}", // mov t@gotntpoff(%ebx), %eax
              "tls 8d 04 1d {18+0} e8 {4-4:___tls_get_addr}")); // lea t@tlsgd(,%ebx,1), %eax; call

  static final List<TrainingTarget> ALL = List.of(AMD64, X86);

  int wordSize() {
    return is64 ? 8 : 4;
  }
}
