package io.jld.gdbindex;

import io.jld.asmb.Tasks;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;

/**
 * For each name the units that know it: the vectors of the constant pool. Those of many names are
 * equal, most of all of those that one unit alone knows; such names share one.
 */
final class CuVectors {
  private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

  /** Elements are sorted as numbers without a sign. */
  private static final int SIGN = 1 << 31;

  private final int[] words;
  private final int count;
  private final int[] offset;

  /**
   * @param numbers by object the number of each of its units
   * @return null where there are too many
   */
  static CuVectors make(Tasks tasks, NamePool pool, List<ObjectIndex> objects, int[][] numbers) {
    int[] end = new int[pool.count()];
    tasks.forRanges(
        objects.size(),
        8,
        (from, to) -> {
          for (int o = from; o < to; o++) {
            ObjectIndex x = objects.get(o);
            for (int i = 0; i < x.names(); i++) {
              int ignored = (int) INTS.getAndAdd(end, pool.place(x.name(i)), 1);
            }
          }
        });
    long sum = 0;
    for (int i = 0; i < end.length; i++) {
      int n = end[i];
      end[i] = (int) sum; // where it begins; it grows below
      sum += n;
      if (sum > Integer.MAX_VALUE - 16) {
        return null;
      }
    }
    int[] elements = new int[(int) sum];
    tasks.forRanges(
        objects.size(),
        8,
        (from, to) -> {
          for (int o = from; o < to; o++) {
            ObjectIndex x = objects.get(o);
            for (int i = 0; i < x.names(); i++) {
              int at = (int) INTS.getAndAdd(end, pool.place(x.name(i)), 1);
              int ref = x.reference(i);
              elements[at] = (numbers[o][ref >>> 8] << 8 | ref & 0xff) ^ SIGN;
            }
          }
        });
    int[] lengths = new int[end.length];
    tasks.forRanges(
        end.length,
        1 << 14,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            lengths[i] = sort(elements, i == 0 ? 0 : end[i - 1], end[i]);
          }
        });
    return new CuVectors(elements, end, lengths);
  }

  /** Sorts elements by unit and makes each what the index has; equal ones become one. */
  private static int sort(int[] elements, int from, int to) {
    Arrays.sort(elements, from, to);
    int n = from;
    for (int i = from; i < to; i++) {
      int e = elements[i];
      if (i == from || e != elements[i - 1]) {
        elements[n++] = e;
      }
    }
    for (int i = from; i < n; i++) {
      int e = elements[i] ^ SIGN;
      elements[i] = e >>> 8 | e << 24;
    }
    return n - from;
  }

  private CuVectors(int[] elements, int[] end, int[] lengths) {
    int[] all = new int[elements.length + lengths.length];
    int used = 0;
    offset = new int[lengths.length];
    int[] table = new int[Integer.highestOneBit(Math.max(1, lengths.length)) << 2];
    for (int i = 0; i < lengths.length; i++) {
      int from = i == 0 ? 0 : end[i - 1];
      int n = lengths[i];
      int hash = n;
      for (int k = from; k < from + n; k++) {
        hash = (hash ^ elements[k]) * 0x9e3779b1;
        hash ^= hash >>> 15;
      }
      int slot = hash & table.length - 1;
      while (table[slot] != 0 && !isAt(all, table[slot] - 1, elements, from, n)) {
        slot = slot + 1 & table.length - 1;
      }
      if (table[slot] == 0) {
        table[slot] = used + 1;
        all[used++] = n;
        System.arraycopy(elements, from, all, used, n);
        used += n;
      }
      offset[i] = table[slot] - 1;
    }
    words = all;
    count = used;
  }

  private static boolean isAt(int[] all, int at, int[] elements, int from, int n) {
    return all[at] == n && Arrays.equals(all, at + 1, at + 1 + n, elements, from, from + n);
  }

  /** The vectors: each its length and then its elements. */
  int[] words() {
    return words;
  }

  /** How many of them count. */
  int count() {
    return count;
  }

  /** Where a name's vector begins, in words. */
  int offset(int place) {
    return offset[place];
  }
}
