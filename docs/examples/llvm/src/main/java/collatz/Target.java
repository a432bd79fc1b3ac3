package collatz;

import java.util.List;

/**
 * What a program is made for: what LLVM calls it, what jld does, and where its C library may be.
 */
enum Target {
  AMD64(
      "x86_64-unknown-linux-gnu",
      "x86-64",
      62, // EM_X86_64
      List.of("/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib"),
      // psABI amd64, 3.4.1: the stack has argc and argv; rdx is to be called at exit.
      """
      .globl _start
      _start:
        xor %ebp, %ebp
        mov %rdx, %r9
        pop %rsi
        mov %rsp, %rdx
        and $-16, %rsp
        push %rax
        push %rsp
        xor %r8d, %r8d
        xor %ecx, %ecx
        lea main(%rip), %rdi
        call __libc_start_main@PLT
        hlt
      """),
  X86(
      "i386-unknown-linux-gnu",
      "i686",
      3, // EM_386
      List.of("/lib/i386-linux-gnu", "/lib32", "/usr/lib32", "/lib"),
      // psABI i386, 2.3.1.
      """
      .globl _start
      _start:
        xor %ebp, %ebp
        pop %esi
        mov %esp, %ecx
        and $-16, %esp
        push %eax
        push %esp
        push %edx
        push $0
        push $0
        push %ecx
        push %esi
        push $main
        call __libc_start_main@PLT
        hlt
      """);

  final String triple;
  final String cpu;
  final int machine;
  final List<String> libraries;

  /** What crt1.o does, for LLVM's assembler: calls the C library, which calls main. */
  final String start;

  Target(String triple, String cpu, int machine, List<String> libraries, String start) {
    this.triple = triple;
    this.cpu = cpu;
    this.machine = machine;
    this.libraries = libraries;
    this.start = start;
  }

  /** The name that the linker knows the architecture by. */
  String arch() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
