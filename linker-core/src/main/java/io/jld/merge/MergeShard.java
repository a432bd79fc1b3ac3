package io.jld.merge;

import io.jld.elf.Bytes;
import io.jld.input.Names;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The different pieces of one shard: open addressing over columns. Those of one pool are chained in
 * the order in which they were found, and laid out in that order.
 */
public final class MergeShard {
  private final MergePieces[] pieces;

  /**
   * For each pool: the last piece of its chain plus 1, the first plus 1, and where its part ends.
   */
  private final int[] tail;

  private final int[] head;
  private final long[] end;

  private int count;
  private int[] slots = new int[128];
  private long[] hash = new long[64];
  private int[] object = new int[64];
  private int[] section = new int[64];
  private int[] start = new int[64];
  private int[] length = new int[64];
  private int[] next = new int[64];
  private long[] offset = new long[64];

  MergeShard(MergePieces[] pieces, int pools) {
    this.pieces = pieces;
    tail = new int[pools];
    head = new int[pools];
    end = new long[pools];
  }

  /**
   * Takes the pieces of all objects that were dealt to this shard.
   *
   * @param order each object's pieces by shard
   * @param sections which of the object's merged sections each of these is in
   * @param starts where each shard's begin in them
   */
  void fill(int shard, int[][] order, int[][] sections, int[][] starts) {
    for (int o = 0; o < pieces.length; o++) {
      MergePieces p = pieces[o];
      if (p == null) {
        continue;
      }
      int end = starts[o][shard + 1];
      for (int k = starts[o][shard]; k < end; k++) {
        int i = order[o][k];
        p.place[i] = intern(o, sections[o][k], i);
      }
    }
  }

  private int intern(int o, int s, int i) {
    MergePieces p = pieces[o];
    MergePool pool = p.pool(s);
    MemorySegment bytes = p.content(s);
    long h = p.hash[i];
    int from = p.start(i);
    int size = p.length(s, i);
    int mask = slots.length - 1;
    int at = (int) h & mask;
    while (slots[at] != 0) {
      int e = slots[at] - 1;
      if (hash[e] == h && length[e] == size) {
        MergePieces other = pieces[object[e]];
        if (other.pool(section[e]) == pool
            && Names.equal(other.content(section[e]), start[e], bytes, from, size)) {
          return e;
        }
      }
      at = (at + 1) & mask;
    }
    slots[at] = count + 1;
    return add(pool, h, o, s, from, size);
  }

  private int add(MergePool pool, long h, int o, int s, int from, int size) {
    int e = count++;
    hash[e] = h;
    object[e] = o;
    section[e] = s;
    start[e] = from;
    length[e] = size;
    int n = pool.number();
    offset[e] = (end[n] + pool.align() - 1) & -pool.align();
    end[n] = offset[e] + size;
    if (tail[n] == 0) {
      head[n] = e + 1;
    } else {
      next[tail[n] - 1] = e + 1;
    }
    tail[n] = e + 1;
    if (count == hash.length) {
      grow();
    }
    return e;
  }

  private void grow() {
    int n = count * 2;
    hash = Arrays.copyOf(hash, n);
    object = Arrays.copyOf(object, n);
    section = Arrays.copyOf(section, n);
    start = Arrays.copyOf(start, n);
    length = Arrays.copyOf(length, n);
    next = Arrays.copyOf(next, n);
    offset = Arrays.copyOf(offset, n);
    slots = new int[n * 2];
    int mask = slots.length - 1;
    for (int e = 0; e < count; e++) {
      int at = (int) hash[e] & mask;
      while (slots[at] != 0) {
        at = (at + 1) & mask;
      }
      slots[at] = e + 1;
    }
  }

  /** How many pieces of a pool there are. */
  int count(int pool) {
    int n = 0;
    for (int e = head[pool]; e != 0; e = next[e - 1]) {
      n++;
    }
    return n;
  }

  /** The first piece of a pool plus 1; 0 for none. */
  int head(int pool) {
    return head[pool];
  }

  /** The piece after {@code e} in its pool plus 1; 0 for none. */
  int next(int e) {
    return next[e];
  }

  /** What the piece is part of. */
  MemorySegment bytes(int e) {
    return pieces[object[e]].content(section[e]);
  }

  int start(int e) {
    return start[e];
  }

  int length(int e) {
    return length[e];
  }

  void setOffset(int e, long inPool) {
    offset[e] = inPool;
  }

  /** Bytes of this shard's part of a pool. */
  long size(int pool) {
    return end[pool];
  }

  /** Offset of a piece in this shard's part of its pool. */
  long offset(int e) {
    return offset[e];
  }

  /** Writes this shard's part of a pool; gaps and what {@code slice} has after it become 0. */
  void write(int pool, MemorySegment slice) {
    long at = 0;
    for (int e = head[pool]; e != 0; e = next[e - 1]) {
      int i = e - 1;
      if (offset[i] > at) {
        Bytes.zero(slice, at, offset[i] - at);
      }
      Bytes.move(pieces[object[i]].content(section[i]), start[i], slice, offset[i], length[i]);
      at = offset[i] + length[i];
    }
    Bytes.zero(slice, at, slice.byteSize() - at);
  }
}
