package io.jld.gdbindex;

import io.jld.asmb.Tasks;
import java.util.Arrays;

/**
 * The names of all objects, each once. They are dealt to shards by their hash, so that objects can
 * bring theirs at the same time; a name's number there depends on who comes first, and so, when all
 * are there, they are put in the order of their hashes.
 */
final class NamePool {
  private static final int SHARD_BITS = 8;
  private static final int SHARDS = 1 << SHARD_BITS;

  private final Shard[] shards = new Shard[SHARDS];

  /** Where each shard's names begin in the order. */
  private final int[] first = new int[SHARDS + 1];

  NamePool() {
    for (int i = 0; i < SHARDS; i++) {
      shards[i] = new Shard();
    }
  }

  /** A part of the names. */
  private static final class Shard {
    int count;
    long[] hash = new long[64];
    int[] offset = new int[64];
    int[] length = new int[64];
    byte[] text = new byte[1 << 12];
    int used;

    /** Numbers plus 1 by hash; a power of two, at least twice as many as names. */
    int[] table = new int[128];

    /** By number the place in the order, and the other way round. */
    int[] place;

    int[] sorted;

    int add(byte[] from, int at, int n, long h) {
      if (count == hash.length) {
        hash = Arrays.copyOf(hash, 2 * count);
        offset = Arrays.copyOf(offset, 2 * count);
        length = Arrays.copyOf(length, 2 * count);
        rehash();
      }
      int mask = table.length - 1;
      int slot = (int) h & mask;
      while (table[slot] != 0) {
        int i = table[slot] - 1;
        if (hash[i] == h
            && length[i] == n
            && Arrays.equals(text, offset[i], offset[i] + n, from, at, at + n)) {
          return i;
        }
        slot = slot + 1 & mask;
      }
      table[slot] = count + 1;
      return append(from, at, n, h);
    }

    private int append(byte[] from, int at, int n, long h) {
      if (n > text.length - used) {
        text = Arrays.copyOf(text, Math.max(used + n, (int) Math.min(2L * used, 1 << 30)));
      }
      hash[count] = h;
      offset[count] = used;
      length[count] = n;
      System.arraycopy(from, at, text, used, n);
      used += n;
      return count++;
    }

    private void rehash() {
      int[] before = table;
      table = new int[2 * before.length];
      int mask = table.length - 1;
      for (int entry : before) {
        if (entry != 0) {
          int slot = (int) hash[entry - 1] & mask;
          while (table[slot] != 0) {
            slot = slot + 1 & mask;
          }
          table[slot] = entry;
        }
      }
    }

    /** Sorts by hash, and by text where two are equal. */
    void sort() {
      Integer[] order = new Integer[count];
      Arrays.setAll(order, i -> i);
      Arrays.sort(
          order,
          (a, b) ->
              hash[a] != hash[b]
                  ? Long.compare(hash[a], hash[b])
                  : Arrays.compare(
                      text,
                      offset[a],
                      offset[a] + length[a],
                      text,
                      offset[b],
                      offset[b] + length[b]));
      sorted = new int[count];
      place = new int[count];
      for (int i = 0; i < count; i++) {
        sorted[i] = order[i];
        place[order[i]] = i;
      }
      table = null;
    }
  }

  /**
   * Takes an object's names. May be called by several threads at once.
   *
   * @return for each its number, which {@link #place} knows
   */
  int[] add(NameBatch batch) {
    int n = batch.count();
    long[] hashes = new long[n];
    int[] begin = new int[SHARDS + 1];
    for (int i = 0; i < n; i++) {
      hashes[i] = batch.hash(i);
      begin[shard(hashes[i]) + 1]++;
    }
    for (int s = 0; s < SHARDS; s++) {
      begin[s + 1] += begin[s];
    }
    int[] dealt = new int[n];
    int[] at = begin.clone();
    for (int i = 0; i < n; i++) {
      dealt[at[shard(hashes[i])]++] = i;
    }
    int[] numbers = new int[n];
    for (int s = 0; s < SHARDS; s++) {
      if (begin[s] < begin[s + 1]) {
        Shard shard = shards[s];
        synchronized (shard) {
          for (int k = begin[s]; k < begin[s + 1]; k++) {
            int i = dealt[k];
            int id = shard.add(batch.text(), batch.offset(i), batch.length(i), hashes[i]);
            numbers[i] = id << SHARD_BITS | s;
          }
        }
      }
    }
    return numbers;
  }

  private static int shard(long hash) {
    return (int) (hash >>> 64 - SHARD_BITS);
  }

  /** Puts all names in order; none is added any more. */
  void sort(Tasks tasks) {
    tasks.forEach(SHARDS, i -> shards[i].sort());
    for (int i = 0; i < SHARDS; i++) {
      first[i + 1] = first[i] + shards[i].count;
    }
  }

  /** How many names there are. */
  int count() {
    return first[SHARDS];
  }

  /** The place in the order of the name with a number. */
  int place(int number) {
    int s = number & SHARDS - 1;
    return first[s] + shards[s].place[number >>> SHARD_BITS];
  }

  private int shardOf(int place) {
    int s = Arrays.binarySearch(first, place);
    if (s < 0) {
      return -s - 2;
    }
    while (first[s + 1] == place) { // some are empty
      s++;
    }
    return s;
  }

  /** Tells of the names from one place to another. */
  void forEach(int from, int to, Visitor visitor) {
    int s = from < to ? shardOf(from) : 0;
    for (int p = from; p < to; p++) {
      while (first[s + 1] == p) {
        s++;
      }
      Shard shard = shards[s];
      int i = shard.sorted[p - first[s]];
      visitor.accept(p, shard.text, shard.offset[i], shard.length[i]);
    }
  }

  /** Is told of a name. */
  @FunctionalInterface
  interface Visitor {
    void accept(int place, byte[] text, int offset, int length);
  }
}
