package io.jld.input;

import io.jld.elf.Bytes;
import java.lang.foreign.MemorySegment;

/**
 * Words of four bytes of a file, read through a window: some kilobytes, copied as a whole, since
 * small tables stand one after the other. It serves one task.
 */
final class WordWindow {
  private static final int SIZE = 1 << 10;

  private int[] words = {};
  private MemorySegment file = MemorySegment.NULL;

  /** What the window shows: {@link #loaded} words of the file from {@link #from} on, in bytes. */
  private long from;

  private int loaded;

  void open(MemorySegment data) {
    file = data;
    loaded = 0;
  }

  /** The word at {@code at}, which lies in the file. */
  int word(long at) {
    long in = at - from;
    if (in < 0 || (in & 3) != 0 || in >> 2 >= loaded) {
      load(at);
      in = 0;
    }
    return words[(int) (in >> 2)];
  }

  private void load(long at) {
    if (words.length == 0) {
      words = new int[SIZE];
    }
    loaded = (int) Math.min(SIZE, (file.byteSize() - at) >> 2);
    Bytes.copy(file, at, words, loaded);
    from = at;
  }
}
