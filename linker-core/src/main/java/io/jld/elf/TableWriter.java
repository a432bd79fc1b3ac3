package io.jld.elf;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Rows of one of the output's tables, on their way to it. All fields of ELF's tables stand at
 * multiples of four bytes or can be joined to words that do, so rows are made in an array of words
 * and copied to the output in one go. Tables have millions of fields, and one that is written to a
 * {@link MemorySegment} costs ten times what one in an array does in code of the JVM's first
 * compiler, which is all that a cold link has.
 */
public final class TableWriter {
  /** Words of the largest row: {@code Elf64_Sym}, {@code Elf64_Rela}. */
  private static final int ROW = 6;

  private final boolean is64;
  private int[] words;
  private int count;

  /**
   * @param bytes how much will be written at once, roughly
   */
  public TableWriter(ElfClass elf, long bytes) {
    is64 = elf.is64();
    words = new int[(int) Math.min(1 << 20, bytes / 4) + ROW];
  }

  /** Appends four bytes. */
  public void word(int w) {
    room();
    words[count++] = w;
  }

  /** Appends an address, offset or size: four bytes, or eight. */
  public void address(long a) {
    room();
    put(a);
  }

  /** Appends a symbol (gABI, figure 4-15). */
  public void symbol(int name, int info, int other, int shndx, long value, long size) {
    room();
    int last = (info & 0xff) | (other & 0xff) << 8 | shndx << 16;
    words[count++] = name;
    if (is64) {
      words[count++] = last;
    }
    put(value);
    put(size);
    if (!is64) {
      words[count++] = last;
    }
  }

  /** Appends a relocation (gABI, figure 4-21); the addend only where {@code rela}. */
  public void relocation(boolean rela, long offset, int sym, int type, long addend) {
    room();
    put(offset);
    if (is64) {
      words[count++] = type;
      words[count++] = sym;
    } else {
      words[count++] = (sym << 8) | (type & 0xff);
    }
    if (rela) {
      put(addend);
    }
  }

  private void put(long a) {
    words[count++] = (int) a;
    if (is64) {
      words[count++] = (int) (a >>> 32);
    }
  }

  private void room() {
    if (count > words.length - ROW) {
      words = Arrays.copyOf(words, words.length * 2);
    }
  }

  /** How many bytes are here that are not in the output yet. */
  public long size() {
    return 4L * count;
  }

  /** Moves the rows to the output; the next ones may go somewhere else. */
  public void flush(MemorySegment out, long at) {
    Bytes.copy(words, count, out, at);
    count = 0;
  }
}
