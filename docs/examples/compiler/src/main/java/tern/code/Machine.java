package tern.code;

import tern.elf.Bytes;
import tern.elf.Section;
import tern.elf.Symbol;
import tern.lang.Tree.Operation;
import tern.lang.Tree.Relation;
import tern.lang.Tree.Slot;

/**
 * A processor as the generator sees it: a stack and two registers, A (eax, rax) and C (ecx, rcx).
 * Here is what amd64 and i386 encode alike (Intel SDM, vol. 2): instructions of 32 bits, pushes and
 * jumps. Where a whole word is meant, amd64 puts the prefix REX.W before it ({@link #wide}).
 *
 * <p>The frame is addressed by rbp. What is pushed below it is counted, since the stack has to be
 * aligned to 16 bytes at each call (psABI amd64, 3.2.2; psABI i386, 2.2.2).
 */
public abstract class Machine {
  static final int STACK_ALIGN = 16;

  final Section text;
  final Bytes out;

  /** Bytes on the stack below the frame. */
  int depth;

  Machine(Section text) {
    this.text = text;
    out = text.bytes;
  }

  // What differs.

  /** 8 or 4. */
  abstract int wordSize();

  /** The next instruction works on a whole word. */
  abstract Machine wide();

  /**
   * Begins a function and puts its parameters where {@link #displacement} says.
   *
   * @param parameters their number
   * @param locals their number
   */
  abstract void enter(int parameters, int locals);

  /** Where a variable is, counted from rbp. */
  abstract int displacement(Slot slot, int parameters);

  /** Where an argument is put, counted from the stack pointer, when there are so many of them. */
  abstract int argument(int index, int count);

  /** A holds an int that C may take for a wider one (size_t): 32 bits become a word. */
  abstract void widen();

  /** The same for C. */
  abstract void widenC();

  /** Loads the registers that have arguments, calls, and leaves the result in A. */
  abstract void call(Symbol function, int arguments, boolean variadic);

  /** A = the symbol's address. */
  abstract void address(Symbol symbol);

  /** The last word of an instruction: a displacement that leads to the symbol's content. */
  abstract void content(int register, Symbol symbol);

  /**
   * Calls a function that does not return, with up to three arguments: the text's address, then C
   * and the length of the array in A, or nothing.
   */
  abstract void fail(Symbol function, Symbol place, boolean withIndex);

  /** A word of data that is the symbol's address, at the end of this section. */
  abstract void pointer(Section data, Symbol symbol);

  // What is the same.

  /** push %rax. */
  void push() {
    out.u8(0x50);
    depth += wordSize();
  }

  /** The value pushed last goes to A, and what was there to C. */
  void popLeft() {
    copyToC();
    popA();
  }

  /** C = A. */
  void copyToC() {
    wide().op(0x89, 0xc1); // mov %rax, %rcx
  }

  void popA() {
    out.u8(0x58);
    depth -= wordSize();
  }

  void popC() {
    out.u8(0x59);
    depth -= wordSize();
  }

  /** mov $value, %eax; on amd64 the upper half becomes 0. */
  void constant(int value) {
    if (value == 0) {
      op(0x31, 0xc0); // xor %eax, %eax
    } else {
      out.u8(0xb8).u32(value);
    }
  }

  void constantToC(int value) {
    out.u8(0xb9).u32(value);
  }

  /** A = the variable. */
  void load(int displacement) {
    wide().frame(0x8b, 0, displacement);
  }

  /** C = the variable. */
  void loadC(int displacement) {
    wide().frame(0x8b, 1, displacement);
  }

  /** The variable = A. */
  void store(int displacement) {
    wide().frame(0x89, 0, displacement);
  }

  /** A = what the address in A leads to, a byte without a sign, an int or a word. */
  void loadAt(int size) {
    switch (size) {
      case 1 -> out.u8(0x0f, 0xb6, 0x00); // movzbl (%rax), %eax
      case 4 -> op(0x8b, 0x00); // mov (%rax), %eax
      default -> wide().op(0x8b, 0x00);
    }
  }

  /** What C leads to, so many bytes behind it, = A. */
  void storeAtC(int size, int displacement) {
    if (size == 8) {
      wide();
    }
    out.u8(size == 1 ? 0x88 : 0x89, 0x81).u32(displacement); // mov %eax, d(%rcx)
  }

  /** A = the variable outside of functions. */
  void load(int size, Symbol global) {
    if (size == 1) {
      out.u8(0x0f, 0xb6);
    } else {
      (size == 8 ? wide() : this).out.u8(0x8b);
    }
    content(0, global);
  }

  void store(int size, Symbol global) {
    (size == 8 ? wide() : this).out.u8(size == 1 ? 0x88 : 0x89);
    content(0, global);
  }

  /** A = A op C, ints. */
  void arithmetic(Operation operation) {
    switch (operation) {
      case ADD -> op(0x01, 0xc8); // add %ecx, %eax
      case SUBTRACT -> op(0x29, 0xc8); // sub %ecx, %eax
      case AND -> op(0x21, 0xc8);
      case OR -> op(0x09, 0xc8);
      case XOR -> op(0x31, 0xc8);
      case MULTIPLY -> out.u8(0x0f, 0xaf, 0xc1); // imul %ecx, %eax
      case SHIFT_LEFT -> op(0xd3, 0xe0); // shl %cl, %eax
      case SHIFT_RIGHT -> op(0xd3, 0xf8); // sar %cl, %eax
      case DIVIDE -> divide(false);
      case REMAINDER -> divide(true);
    }
  }

  /**
   * idiv traps where the quotient does not fit: that of -2147483648 and -1. So -1 is done apart.
   */
  private void divide(boolean remainder) {
    Label minusOne = new Label();
    Label done = new Label();
    out.u8(0x83, 0xf9, 0xff); // cmp $-1, %ecx
    jump(Relation.EQUAL, minusOne);
    out.u8(0x99, 0xf7, 0xf9); // cltd; idiv %ecx
    if (remainder) {
      op(0x89, 0xd0); // mov %edx, %eax
    }
    jump(done);
    bind(minusOne);
    if (remainder) {
      constant(0);
    } else {
      op(0xf7, 0xd8); // neg %eax
    }
    bind(done);
  }

  /** Sets the flags by C, so that EQUAL is: it is 0. */
  void testC() {
    op(0x85, 0xc9); // test %ecx, %ecx
  }

  /** Sets the flags by A, so that EQUAL is: it is 0. */
  void testA() {
    op(0x85, 0xc0); // test %eax, %eax
  }

  /** The same for a word. */
  void testAddress() {
    wide().testA();
  }

  /** Sets the flags by A and C. */
  void compare(boolean words) {
    (words ? wide() : this).op(0x39, 0xc8); // cmp %ecx, %eax
  }

  /** A = 1 where the flags say so, else 0. */
  void flag(Relation relation) {
    out.u8(0x0f, 0x90 | condition(relation), 0xc0); // setcc %al
    truth();
  }

  /** A truth value that C returns is in the lowest byte (psABI amd64, 3.1.2; psABI i386, 2.1.1). */
  void truth() {
    out.u8(0x0f, 0xb6, 0xc0); // movzbl %al, %eax
  }

  /** A = 1 - A. */
  void not() {
    out.u8(0x83, 0xf0, 0x01); // xor $1, %eax
  }

  /** The condition code of a signed comparison (Intel SDM, vol. 1, appendix B). */
  private static int condition(Relation relation) {
    return switch (relation) {
      case EQUAL -> 0x4;
      case NOT_EQUAL -> 0x5;
      case LESS -> 0xc;
      case GREATER_OR_EQUAL -> 0xd;
      case LESS_OR_EQUAL -> 0xe;
      case GREATER -> 0xf;
    };
  }

  /** A = A + C * size: the address of an element. */
  void element(int size) {
    int scale = Integer.numberOfTrailingZeros(size);
    wide().out.u8(0x8d, 0x04, scale << 6 | 0x08); // lea (%rax,%rcx,size), %rax
  }

  /** A = the length of the array in A, which is the word before it. */
  void length() {
    out.u8(0x8b, 0x40, -wordSize()); // mov -8(%rax), %eax
  }

  /**
   * Jumps where the index in C is not below the length of the array in A; a negative one is not.
   */
  void checkIndex(Label outside) {
    out.u8(0x3b, 0x48, -wordSize()); // cmp -8(%rax), %ecx
    jump(0x3, outside); // jae
  }

  void jump(Relation relation, Label to) {
    jump(condition(relation), to);
  }

  private void jump(int condition, Label to) {
    out.u8(0x0f, 0x80 | condition);
    field(to);
  }

  void jump(Label to) {
    out.u8(0xe9);
    field(to);
  }

  /** The four bytes of a jump's distance, from their end. */
  private void field(Label to) {
    if (to.at < 0) {
      to.fields.add(out.size());
    }
    out.u32(to.at - out.size() - 4);
  }

  /** Jumps to the label lead here. */
  void bind(Label label) {
    label.at = out.size();
    label.fields.forEach(f -> out.patch32(f, label.at - f - 4));
  }

  /** Makes room for a call's arguments, and for what the alignment lacks. */
  int reserve(int arguments) {
    int size = arguments * wordSize();
    size += -(depth + size) & STACK_ALIGN - 1;
    moveStack(-size);
    return size;
  }

  void release(int size) {
    moveStack(size);
  }

  private void moveStack(int by) {
    if (by != 0) {
      wide();
      if (isByte(by)) {
        out.u8(0x83, 0xc4, by); // add $by, %rsp
      } else {
        out.u8(0x81, 0xc4).u32(by);
      }
      depth -= by;
    }
  }

  /** An argument = A. */
  void storeArgument(int index, int count) {
    wide().stack(0x89, 0, argument(index, count)); // mov %rax, d(%rsp)
  }

  /** The length of {@link #leave} without its last byte, ret. */
  static final int LEAVE_SIZE = 1;

  void leave() {
    out.u8(0xc9, 0xc3); // leave; ret
  }

  /** push %rbp; mov %rsp, %rbp; sub $size, %rsp. */
  void frame(int size) {
    out.u8(0x55);
    wide().op(0x89, 0xe5);
    wide().out.u8(0x81, 0xec).u32(size);
    depth = 0;
  }

  /** An opcode and a byte that says its registers. */
  Machine op(int opcode, int modRm) {
    out.u8(opcode, modRm);
    return this;
  }

  /** An instruction with a register and d(%rbp). */
  void frame(int opcode, int register, int displacement) {
    if (isByte(displacement)) {
      out.u8(opcode, 0x45 | register << 3, displacement);
    } else {
      out.u8(opcode, 0x85 | register << 3).u32(displacement);
    }
  }

  /** An instruction with a register and d(%rsp). */
  void stack(int opcode, int register, int displacement) {
    if (isByte(displacement)) {
      out.u8(opcode, 0x44 | register << 3, 0x24, displacement);
    } else {
      out.u8(opcode, 0x84 | register << 3, 0x24).u32(displacement);
    }
  }

  private static boolean isByte(int v) {
    return v == (byte) v;
  }
}
