package io.jld.merge;

import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.model.Context;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Merges the tails of a pool's strings ({@code -O2}): "bar" is the end of "foobar" and needs no
 * bytes of its own. Strings are sorted by their characters from the last to the first, longer ones
 * before their tails; then a string that is a tail of any other is one of the string before it. All
 * strings are different, so that there is only one order, whatever the number of threads.
 */
public final class TailMerge {
  private static final int SMALL = 8;

  private final MergeShard[] shards;
  private final long align;

  /** The strings that have bytes of their own, in order: shard in the upper half, number in it. */
  private long[] hosts;

  private int hostCount;
  private long size;

  /** Lays out a pool; sets the offsets of its pieces in the shards. */
  TailMerge(Context ctxt, MergePool pool, MergeShard[] shards) {
    this.shards = shards;
    this.align = pool.align();
    int width = (int) pool.entsize();
    long[] all = collect(pool);
    int[] start = new int[258];
    long[] strings = deal(all, width, start);
    ctxt.tasks().forEach(257, b -> sort(strings, start[b], start[b + 1], width + 1));
    hosts = all;
    place(strings);
    hosts = Arrays.copyOf(hosts, hostCount);
  }

  private long[] collect(MergePool pool) {
    int n = 0;
    for (MergeShard s : shards) {
      n += s.count(pool.number());
    }
    long[] all = new long[n];
    n = 0;
    for (int s = 0; s < shards.length; s++) {
      for (int e = shards[s].head(pool.number()); e != 0; e = shards[s].next(e - 1)) {
        all[n++] = (long) s << 32 | (e - 1);
      }
    }
    return all;
  }

  private MergeShard shard(long string) {
    return shards[(int) (string >>> 32)];
  }

  private int length(long string) {
    return shard(string).length((int) string);
  }

  /** Byte {@code pos} counted from the end; -1 in front of the first one. */
  private int at(long string, int pos) {
    MergeShard s = shard(string);
    int e = (int) string;
    int length = s.length(e);
    return pos < length ? ElfClass.u8(s.bytes(e), s.start(e) + (long) length - 1 - pos) : -1;
  }

  /**
   * Deals the strings to buckets by the byte in front of the NUL, for only strings of one bucket
   * have tails in common. The empty string comes last: it is a tail of every other.
   */
  private long[] deal(long[] all, int width, int[] start) {
    for (long s : all) {
      start[bucket(s, width) + 1]++;
    }
    for (int b = 1; b < start.length; b++) {
      start[b] += start[b - 1];
    }
    int[] next = start.clone();
    long[] dealt = new long[all.length];
    for (long s : all) {
      dealt[next[bucket(s, width)]++] = s;
    }
    return dealt;
  }

  private int bucket(long string, int width) {
    return 255 - at(string, width);
  }

  /** Multikey quicksort, descending; strings agree in the last {@code from} bytes. */
  private void sort(long[] a, int first, int limit, int from) {
    int lo = first;
    int hi = limit;
    int pos = from;
    while (hi - lo > SMALL) {
      int pivot = median(at(a[lo], pos), at(a[(lo + hi) >>> 1], pos), at(a[hi - 1], pos));
      int greater = lo;
      int less = hi;
      for (int i = lo; i < less; ) {
        int c = at(a[i], pos);
        if (c > pivot) {
          swap(a, greater++, i++);
        } else if (c < pivot) {
          swap(a, i, --less);
        } else {
          i++;
        }
      }
      int above = greater - lo;
      int same = pivot < 0 ? 0 : less - greater;
      int below = hi - less;
      // The largest part is the next round, so that the others' depth is a logarithm of their
      // number.
      if (above >= same && above >= below) {
        sort(a, greater, greater + same, pos + 1);
        sort(a, less, hi, pos);
        hi = greater;
      } else if (same >= below) {
        sort(a, lo, greater, pos);
        sort(a, less, hi, pos);
        lo = greater;
        hi = less;
        pos++;
      } else {
        sort(a, lo, greater, pos);
        sort(a, greater, greater + same, pos + 1);
        lo = less;
      }
    }
    insert(a, lo, hi, pos);
  }

  private void insert(long[] a, int lo, int hi, int pos) {
    for (int i = lo + 1; i < hi; i++) {
      long s = a[i];
      int k = i;
      while (k > lo && isBefore(s, a[k - 1], pos)) {
        a[k] = a[k - 1];
        k--;
      }
      a[k] = s;
    }
  }

  private boolean isBefore(long s, long t, int from) {
    for (int pos = from; ; pos++) {
      int c = at(s, pos);
      int d = at(t, pos);
      if (c != d) {
        return c > d;
      }
      if (c < 0) {
        return false;
      }
    }
  }

  private static int median(int a, int b, int c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private static void swap(long[] a, int i, int k) {
    long t = a[i];
    a[i] = a[k];
    a[k] = t;
  }

  /** Gives each string its offset, sorted as they are; {@link #hosts} is overwritten. */
  private void place(long[] sorted) {
    long host = -1;
    for (long s : sorted) {
      int length = length(s);
      if (host >= 0 && (length(host) - length) % align == 0 && isTail(s, host)) {
        shard(s).setOffset((int) s, size - length);
      } else {
        long at = ElfClass.align(size, align);
        shard(s).setOffset((int) s, at);
        size = at + length;
        host = s;
        hosts[hostCount++] = s;
      }
    }
  }

  private boolean isTail(long s, long host) {
    MergeShard a = shard(s);
    MergeShard b = shard(host);
    int length = length(s);
    int skip = length(host) - length;
    return skip >= 0
        && Names.equal(
            a.bytes((int) s),
            a.start((int) s),
            b.bytes((int) host),
            b.start((int) host) + (long) skip,
            length);
  }

  /** Bytes of the pool. */
  long size() {
    return size;
  }

  void write(Context ctxt, MemorySegment slice) {
    ctxt.tasks()
        .forRanges(
            hosts.length,
            1 << 14,
            (from, to) -> {
              long end = to < hosts.length ? shard(hosts[to]).offset((int) hosts[to]) : size;
              for (int i = to - 1; i >= from; i--) {
                MergeShard s = shard(hosts[i]);
                int e = (int) hosts[i];
                long at = s.offset(e);
                MemorySegment.copy(s.bytes(e), s.start(e), slice, at, s.length(e));
                long gap = at + s.length(e);
                slice.asSlice(gap, end - gap).fill((byte) 0);
                end = at;
              }
            });
  }
}
