package tern.code;

import java.util.HexFormat;
import tern.elf.ObjectFile;
import tern.elf.Section;
import tern.elf.Symbol;

/**
 * The first instructions of a program, which no language of functions can say. When the kernel has
 * started it, the stack pointer leads to the number of arguments and their addresses (psABI amd64,
 * 3.4.1; psABI i386, 2.3.1): a word and an array, which is just how ours look in memory.
 */
public final class Startup {
  private static final int R_PC32 = 2; // R_X86_64_PC32 and R_386_PC32
  private static final int R_PLT32 = 4; // R_X86_64_PLT32 and R_386_PLT32
  private static final int R_386_32 = 1;

  private final boolean is64;
  private final ObjectFile object;
  private final Section text;

  private Startup(Target target) {
    is64 = target == Target.AMD64;
    object = new ObjectFile(is64, "start");
    text = object.section(".text", Section.PROGBITS, Section.ALLOC | Section.EXEC, 16);
    object.section(".note.GNU-stack", Section.PROGBITS, 0, 1);
  }

  /**
   * For a program alone: {@code _start}, and the two that {@code kernel.tern} calls the kernel by.
   */
  public static byte[] kernel(Target target) {
    Startup s = new Startup(target);
    int start = s.text.size();
    if (s.is64) {
      s.code("31ed"); // xor %ebp, %ebp: the outermost frame
      s.code("8b3c24"); // mov (%rsp), %edi
      s.code("488d742408"); // lea 8(%rsp), %rsi
      s.call("main");
      s.code("89c7"); // mov %eax, %edi
    } else {
      s.code("31ed"); // xor %ebp, %ebp
      s.code("8b0424"); // mov (%esp), %eax
      s.code("8d4c2404"); // lea 4(%esp), %ecx
      s.code("83e4f0 83ec08 51 50"); // and $-16, %esp; sub $8, %esp; push %ecx; push %eax
      s.call("main");
      s.code("83ec0c 50"); // sub $12, %esp; push %eax
    }
    s.call("exit");
    s.code("0f0b"); // ud2
    s.end("_start", start);
    s.systemCall();
    s.addressCall();
    return s.object.bytes();
  }

  /**
   * For a program with the C library, whose {@code __libc_start_main} calls main and exit. It is
   * what crt1.o has, which belongs to the development files that a machine may lack.
   */
  public static byte[] libc(Target target) {
    Startup s = new Startup(target);
    if (s.is64) {
      s.code("31ed"); // xor %ebp, %ebp
      s.code("4989d1"); // mov %rdx, %r9: what the dynamic linker wants called at exit
      s.code("5e 4889e2"); // pop %rsi; mov %rsp, %rdx: argc, argv
      s.code("4883e4f0 50 54"); // and $-16, %rsp; push %rax; push %rsp: the stack's end
      s.code("4531c0 31c9"); // xor %r8d, %r8d; xor %ecx, %ecx: no fini, no init
      s.code("488d3d"); // lea main(%rip), %rdi
      s.field(R_PC32, "main", -4);
    } else {
      s.code("31ed"); // xor %ebp, %ebp
      s.code("5e 89e1"); // pop %esi; mov %esp, %ecx: argc, argv
      s.code("83e4f0 50 54 52"); // and $-16, %esp; push %eax; push %esp; push %edx
      s.code("6a00 6a00 51 56"); // push $0; push $0; push %ecx; push %esi
      s.code("68"); // push $main
      s.field(R_386_32, "main", 0);
    }
    s.call("__libc_start_main");
    s.code("f4"); // hlt
    s.end("_start", 0);
    return s.object.bytes();
  }

  /**
   * {@code syscall(number, ...)}, with up to six arguments (psABI amd64, A.2.1; Linux, int 0x80 for
   * i386: eax, ebx, ecx, edx, esi, edi, ebp).
   */
  private void systemCall() {
    int start = text.size();
    if (is64) {
      code("89f8"); // mov %edi, %eax
      code("4889f7 4889d6 4889ca"); // mov %rsi, %rdi; mov %rdx, %rsi; mov %rcx, %rdx
      code("4d89c2 4d89c8"); // mov %r8, %r10; mov %r9, %r8
      code("4c8b4c2408"); // mov 8(%rsp), %r9
      code("0f05 c3"); // syscall; ret
    } else {
      code("55 57 56 53"); // push %ebp; push %edi; push %esi; push %ebx
      code("8b442414 8b5c2418 8b4c241c"); // mov 20(%esp), %eax; 24, %ebx; 28, %ecx
      code("8b542420 8b742424 8b7c2428"); // mov 32(%esp), %edx; 36, %esi; 40, %edi
      code("8b6c242c"); // mov 44(%esp), %ebp
      code("cd80"); // int $0x80
      code("5b 5e 5f 5d c3"); // pop %ebx; pop %esi; pop %edi; pop %ebp; ret
    }
    end("syscall", start);
  }

  /** The same for calls that return an address: null where there is an error, -4095 to -1. */
  private void addressCall() {
    int start = text.size();
    if (is64) {
      code("ff742408"); // push 8(%rsp): the seventh argument, for syscall
      call("syscall");
      code("59"); // pop %rcx
      code("483d01f0ffff"); // cmp $-4095, %rax
    } else {
      for (int i = 0; i < 7; i++) {
        code("ff74241c"); // push 28(%esp): the last argument, then the one before
      }
      call("syscall");
      code("83c41c"); // add $28, %esp
      code("3d01f0ffff"); // cmp $-4095, %eax
    }
    code("7202 31c0 c3"); // jb over; xor %eax, %eax; over: ret
    end("address_call", start);
  }

  private void code(String hex) {
    text.bytes.bytes(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private void call(String function) {
    code("e8");
    field(R_PLT32, function, -4);
  }

  private void field(int type, String symbol, int addend) {
    text.relocate(type, object.symbol(symbol), addend);
    text.bytes.u32(0);
  }

  private void end(String function, int start) {
    Symbol s = object.symbol(function).function(text, start);
    s.size(text.size() - start);
  }
}
