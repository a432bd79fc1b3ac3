package io.jld.input;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import java.lang.foreign.MemorySegment;

/**
 * A symbol table in words of four bytes (gABI, "Symbol Table"). All passes read it, the first of
 * them before anything is compiled, when a {@link MemorySegment} is slow: it is copied as a whole.
 */
final class SymWords {
  static final SymWords NONE = new SymWords(new int[0], ElfClass.ELF64);

  private final int[] words;
  private final int stride;
  private final boolean is64;

  private SymWords(int[] words, ElfClass elf) {
    this.words = words;
    this.stride = elf.symSize / 4;
    this.is64 = elf.is64();
  }

  /**
   * The symbols of a table; of one that is too large for an array, as many as fit into it.
   *
   * @param at where the table begins in {@code data}
   * @param size of the table in bytes
   */
  static SymWords of(ElfClass elf, MemorySegment data, long at, long size) {
    int stride = elf.symSize / 4;
    int most = (Integer.MAX_VALUE - 8) / stride;
    int n = (int) Math.min(most, size / elf.symSize);
    int[] words = new int[n * stride];
    Bytes.copy(data, at, words, words.length);
    return new SymWords(words, elf);
  }

  int count() {
    return words.length / stride;
  }

  /** {@code st_name}. */
  long name(int sym) {
    return words[sym * stride] & 0xffffffffL;
  }

  /** The word with {@code st_info}, {@code st_other} and {@code st_shndx}. */
  private int last(int sym) {
    return words[sym * stride + (is64 ? 1 : 3)];
  }

  /** {@code st_info}. */
  int info(int sym) {
    return last(sym) & 0xff;
  }

  /** {@code st_other}. */
  int other(int sym) {
    return last(sym) >> 8 & 0xff;
  }

  /** {@code st_shndx}. */
  int shndx(int sym) {
    return last(sym) >>> 16;
  }

  /** {@code st_value}. */
  long value(int sym) {
    int at = sym * stride;
    return is64 ? wide(at + 2) : words[at + 1] & 0xffffffffL;
  }

  /** {@code st_size}. */
  long size(int sym) {
    int at = sym * stride;
    return is64 ? wide(at + 4) : words[at + 2] & 0xffffffffL;
  }

  private long wide(int at) {
    return (words[at] & 0xffffffffL) | (long) words[at + 1] << 32;
  }
}
