package tern.code;

import tern.elf.Section;
import tern.elf.Symbol;
import tern.lang.Tree.Slot;

/**
 * i386 (psABI i386, 2.2): all arguments are on the stack, and programs have a fixed address, so
 * that code names addresses as they are. Where a shared library has what is named, the linker makes
 * a procedure linkage table's entry of it, or a copy in the program.
 */
final class X86 extends Machine {
  private static final int R_386_32 = 1;
  private static final int R_386_PC32 = 2;
  private static final int R_386_PLT32 = 4;

  X86(Section text) {
    super(text);
  }

  @Override
  int wordSize() {
    return 4;
  }

  @Override
  Machine wide() {
    return this;
  }

  /** ebp is 8 bytes below what is aligned: the address of return and the caller's ebp. */
  @Override
  void enter(int parameters, int locals) {
    frame((4 * locals + STACK_ALIGN - 1 & -STACK_ALIGN) + 8);
  }

  @Override
  int displacement(Slot slot, int parameters) {
    return slot.isParameter() ? 8 + 4 * slot.index() : -4 * (slot.index() + 1);
  }

  @Override
  int argument(int index, int count) {
    return 4 * index;
  }

  @Override
  void widen() {
    // an int is a word
  }

  @Override
  void widenC() {
    // an int is a word
  }

  @Override
  void call(Symbol function, int arguments, boolean variadic) {
    out.u8(0xe8);
    text.relocate(R_386_PLT32, function, -4); // counts from the field's end
    out.u32(0);
  }

  @Override
  void address(Symbol symbol) {
    out.u8(0xb8); // mov $symbol, %eax
    text.relocate(R_386_32, symbol, 0);
    out.u32(0);
  }

  @Override
  void content(int register, Symbol symbol) {
    out.u8(0x05 | register << 3); // symbol
    text.relocate(R_386_32, symbol, 0);
    out.u32(0);
  }

  @Override
  void fail(Symbol function, Symbol place, boolean withIndex) {
    out.u8(0x83, 0xe4, 0xf0); // and $-16, %esp
    out.u8(0x83, 0xec, withIndex ? 4 : 12); // sub $4, %esp: 16 with the three arguments
    if (withIndex) {
      out.u8(0xff, 0x70, 0xfc); // push -4(%eax)
      out.u8(0x51); // push %ecx
    }
    out.u8(0x68); // push $place
    text.relocate(R_386_32, place, 0);
    out.u32(0);
    out.u8(0xe8);
    text.relocate(R_386_PC32, function, -4);
    out.u32(0);
  }

  @Override
  void pointer(Section data, Symbol symbol) {
    data.relocate(R_386_32, symbol, 0);
    data.bytes.u32(0);
  }
}
