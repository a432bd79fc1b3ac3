package tern.code;

import tern.elf.Section;
import tern.elf.Symbol;
import tern.lang.Tree.Slot;

/**
 * amd64 (psABI amd64, 3.2): the first six arguments are in registers, further ones on the stack.
 * Code is position-independent: addresses are counted from the instruction that needs them, and
 * those of other objects' symbols come from the global offset table, which the linker makes.
 */
final class Amd64 extends Machine {
  private static final int R_X86_64_64 = 1;
  private static final int R_X86_64_PC32 = 2;
  private static final int R_X86_64_PLT32 = 4;
  private static final int R_X86_64_REX_GOTPCRELX = 42;

  /** The prefix and the number of rdi, rsi, rdx, rcx, r8, r9: REX.W, and REX.R from r8 on. */
  private static final int[][] ARGUMENTS = {
    {0x48, 7}, {0x48, 6}, {0x48, 2}, {0x48, 1}, {0x4c, 0}, {0x4c, 1}
  };

  private static final int REGISTERS = ARGUMENTS.length;

  Amd64(Section text) {
    super(text);
  }

  @Override
  int wordSize() {
    return 8;
  }

  @Override
  Machine wide() {
    out.u8(0x48); // REX.W
    return this;
  }

  @Override
  void enter(int parameters, int locals) {
    int inFrame = Math.min(parameters, REGISTERS) + locals;
    frame(8 * inFrame + STACK_ALIGN - 1 & -STACK_ALIGN);
    for (int i = 0; i < Math.min(parameters, REGISTERS); i++) {
      out.u8(ARGUMENTS[i][0]);
      frame(0x89, ARGUMENTS[i][1], -8 * (i + 1)); // mov %rdi, -8(%rbp)
    }
  }

  @Override
  int displacement(Slot slot, int parameters) {
    if (!slot.isParameter()) {
      return -8 * (Math.min(parameters, REGISTERS) + slot.index() + 1);
    }
    // Above the frame are its rbp and the address of return, then the arguments.
    return slot.index() < REGISTERS ? -8 * (slot.index() + 1) : 16 + 8 * (slot.index() - REGISTERS);
  }

  /** Those of registers wait above the others, which have to be on top when the call is made. */
  @Override
  int argument(int index, int count) {
    int onStack = Math.max(0, count - REGISTERS);
    return 8 * (index < REGISTERS ? onStack + index : index - REGISTERS);
  }

  @Override
  void widen() {
    out.u8(0x48, 0x98); // cltq: %eax to %rax
  }

  @Override
  void widenC() {
    out.u8(0x48, 0x63, 0xc9); // movslq %ecx, %rcx
  }

  @Override
  void call(Symbol function, int arguments, boolean variadic) {
    for (int i = 0; i < Math.min(arguments, REGISTERS); i++) {
      out.u8(ARGUMENTS[i][0]);
      stack(0x8b, ARGUMENTS[i][1], argument(i, arguments)); // mov (%rsp), %rdi
    }
    if (variadic) {
      constant(0); // 3.5.7: al says how many vector registers have arguments
    }
    branch(0xe8, function);
  }

  private void branch(int opcode, Symbol to) {
    out.u8(opcode);
    text.relocate(R_X86_64_PLT32, to, -4); // counts from the field's end
    out.u32(0);
  }

  @Override
  void address(Symbol symbol) {
    if (symbol.isDefined()) {
      out.u8(0x48, 0x8d, 0x05); // lea symbol(%rip), %rax
      text.relocate(R_X86_64_PC32, symbol, -4);
    } else {
      out.u8(0x48, 0x8b, 0x05); // mov symbol@GOTPCREL(%rip), %rax
      text.relocate(R_X86_64_REX_GOTPCRELX, symbol, -4);
    }
    out.u32(0);
  }

  @Override
  void content(int register, Symbol symbol) {
    out.u8(0x05 | register << 3); // symbol(%rip)
    text.relocate(R_X86_64_PC32, symbol, -4);
    out.u32(0);
  }

  @Override
  void fail(Symbol function, Symbol place, boolean withIndex) {
    if (withIndex) {
      out.u8(0x89, 0xce); // mov %ecx, %esi
      out.u8(0x8b, 0x50, 0xf8); // mov -8(%rax), %edx
    }
    out.u8(0x48, 0x8d, 0x3d); // lea place(%rip), %rdi
    text.relocate(R_X86_64_PC32, place, -4);
    out.u32(0);
    out.u8(0x48, 0x83, 0xe4, 0xf0); // and $-16, %rsp
    branch(0xe8, function);
  }

  @Override
  void pointer(Section data, Symbol symbol) {
    data.relocate(R_X86_64_64, symbol, 0);
    data.bytes.u64(0);
  }
}
