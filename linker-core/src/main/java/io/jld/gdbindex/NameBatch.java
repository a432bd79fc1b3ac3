package io.jld.gdbindex;

import io.jld.input.Names;
import java.util.Arrays;

/**
 * The names of one object on their way to the {@link NamePool}, with the units that know them. One
 * serves many objects, one after the other.
 */
final class NameBatch {
  private byte[] text = new byte[1 << 16];
  private int used;

  private int count;
  private int[] offset = new int[1 << 10];
  private int[] length = new int[1 << 10];
  private int[] reference = new int[1 << 10];

  void clear() {
    used = 0;
    count = 0;
  }

  /** Forgets the names, and not the text. */
  void dropNames() {
    count = 0;
  }

  /** Begins a text; returns where. */
  int begin() {
    return used;
  }

  /** Appends to the text that was begun last. */
  void append(byte[] from, int at, int n) {
    room(n);
    System.arraycopy(from, at, text, used, n);
    used += n;
  }

  /** Appends a part of this very text. */
  void repeat(int at, int n) {
    room(n);
    System.arraycopy(text, at, text, used, n);
    used += n;
  }

  private void room(int n) {
    if (n > text.length - used) {
      text = Arrays.copyOf(text, Math.max(used + n, (int) Math.min(2L * used, 1 << 30)));
    }
  }

  /** How long the text is that began at {@code from}. */
  int lengthSince(int from) {
    return used - from;
  }

  /**
   * Adds a name.
   *
   * @param at where its text begins
   * @param n bytes of it
   * @param ref the unit's number in the object, shifted left by 8, and its {@link Kind}
   */
  void add(int at, int n, int ref) {
    if (count == offset.length) {
      offset = Arrays.copyOf(offset, 2 * count);
      length = Arrays.copyOf(length, 2 * count);
      reference = Arrays.copyOf(reference, 2 * count);
    }
    offset[count] = at;
    length[count] = n;
    reference[count++] = ref;
  }

  int count() {
    return count;
  }

  /** What was added with each name. */
  int[] references() {
    return Arrays.copyOf(reference, count);
  }

  byte[] text() {
    return text;
  }

  int offset(int i) {
    return offset[i];
  }

  int length(int i) {
    return length[i];
  }

  long hash(int i) {
    return Names.hash(text, offset[i], length[i]);
  }
}
