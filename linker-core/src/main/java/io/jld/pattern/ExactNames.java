package io.jld.pattern;

import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * A number for each of some names, looked up by a name's bytes where they lie: a link asks for each
 * of its symbols, and must not make a {@code String} of each. Immutable once it is made.
 */
final class ExactNames {
  static final int NONE = -1;

  private final byte[][] names;
  private final int[] values;
  private final int mask;

  ExactNames(Map<String, Integer> entries) {
    int size = Math.max(Integer.highestOneBit(entries.size()) * 4, 4);
    names = new byte[size][];
    values = new int[size];
    mask = size - 1;
    entries.forEach(
        (name, value) -> {
          byte[] bytes = NameBytes.bytes(name);
          int slot = slot(hash(MemorySegment.ofArray(bytes), 0, bytes.length));
          while (names[slot] != null) {
            slot = (slot + 1) & mask;
          }
          names[slot] = bytes;
          values[slot] = value;
        });
  }

  int get(MemorySegment bytes, long offset, int length) {
    int slot = slot(hash(bytes, offset, length));
    while (names[slot] != null) {
      if (equal(names[slot], bytes, offset, length)) {
        return values[slot];
      }
      slot = (slot + 1) & mask;
    }
    return NONE;
  }

  private int slot(int hash) {
    return (hash ^ hash >>> 15) & mask;
  }

  private static int hash(MemorySegment bytes, long offset, int length) {
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ bytes.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff) * 0x01000193;
    }
    return hash;
  }

  private static boolean equal(byte[] name, MemorySegment bytes, long offset, int length) {
    if (name.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (name[i] != bytes.get(ValueLayout.JAVA_BYTE, offset + i)) {
        return false;
      }
    }
    return true;
  }
}
