package io.jld.plugin;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The arguments of the callback {@code message(int level, const char *format, ...)}. There is no
 * variadic upcall in {@code java.lang.foreign}; but a variadic function gets its arguments as any
 * other does (psABI amd64, 3.2.3 and 3.5.7), so that one which takes as many as there are
 * registers, and some from the stack, finds all of them where they are: words in RDX, RCX, R8 and
 * R9, then on the stack, floating-point ones in XMM0 to XMM7. Of these a {@code va_list} is made as
 * a variadic function's prologue would, for {@code vsnprintf}.
 *
 * <p>What the caller has not passed is garbage that the format does not ask for: the words above
 * its frame, which are there. A format that asks for more than {@link #STACK} words from the stack
 * would run out of the copy, and gets zeros.
 */
final class Message {
  /** Words in general registers after level and format. */
  private static final int WORDS = 4;

  private static final int VECTORS = 8;

  /** Words taken from the stack. */
  private static final int STACK = 12;

  /** What follows these on the stack of the copy: zeros. */
  private static final int MORE = 256;

  /** The callback's type: level, format, words, floating-point numbers, words on the stack. */
  static final FunctionDescriptor TYPE = type();

  private Message() {}

  private static FunctionDescriptor type() {
    MemoryLayout[] all = new MemoryLayout[2 + WORDS + VECTORS + STACK];
    Arrays.fill(all, ValueLayout.JAVA_LONG);
    all[0] = ValueLayout.JAVA_INT;
    Arrays.fill(all, 2 + WORDS, 2 + WORDS + VECTORS, ValueLayout.JAVA_DOUBLE);
    return FunctionDescriptor.of(ValueLayout.JAVA_INT, all);
  }

  /**
   * The text of a message.
   *
   * @param format its address
   */
  static String text(long format, long[] words, double[] vectors, long[] stack) {
    try (Arena arena = Arena.ofConfined()) {
      // psABI amd64, figures 3.33 and 3.34: registers as they would be saved, then the va_list
      MemorySegment saved = arena.allocate(8 * 6 + 16 * VECTORS, 16);
      MemorySegment.copy(words, 0, saved, ValueLayout.JAVA_LONG, 8 * 2, WORDS);
      for (int i = 0; i < VECTORS; i++) {
        saved.set(ValueLayout.JAVA_DOUBLE, 8 * 6 + 16L * i, vectors[i]);
      }
      MemorySegment above = arena.allocate(8L * (STACK + MORE), 16);
      MemorySegment.copy(stack, 0, above, ValueLayout.JAVA_LONG, 0, STACK);
      MemorySegment list = arena.allocate(24, 8);
      list.set(ValueLayout.JAVA_INT, 0, 8 * 2); // gp_offset: level and format are taken
      list.set(ValueLayout.JAVA_INT, 4, 8 * 6); // fp_offset
      list.set(ValueLayout.ADDRESS, 8, above); // overflow_arg_area
      list.set(ValueLayout.ADDRESS, 16, saved); // reg_save_area
      return Native.format(format, list, arena);
    }
  }
}
