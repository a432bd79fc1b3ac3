package io.jld.merge;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Which input section's pieces are in which pool, and where. Equal pieces are found in shards, to
 * which pieces are dealt by their hash; each shard fills a table of its own without locks, in the
 * order of the link. A pool's content is what shard 0 has of it, then shard 1, and so on: the same
 * for any number of threads.
 */
public final class MergePools {
  private static final long MAX_SIZE = 0xffffffffL;

  private List<MergePool> pools = List.of();

  /** Of the objects in the order of the link, and at the end the linker's own. */
  private MergePieces[] pieces = {};

  private int objects;
  private MergeShard[] shards = {};

  /** Where each shard's part of a pool begins: [pool * (shards + 1) + shard]. */
  private long[] base = {};

  /** By pool; null where tails are not merged. */
  private TailMerge[] tails = {};

  public static MergePools of(Context ctxt) {
    return ctxt.get(MergePools.class);
  }

  /** Whether any section of the object is merged. */
  public boolean hasPieces(LinkedObject object) {
    return pieces(object) != null;
  }

  /** The pool with the pieces of a section; null where the section is not merged. */
  public MergePool of(LinkedObject object, int section) {
    MergePieces p = pieces(object);
    int s = p == null ? -1 : p.slotOf(section);
    return s < 0 ? null : p.pool(s);
  }

  MergePieces pieces(LinkedObject object) {
    int o = object.order();
    return o < objects ? pieces[o] : null;
  }

  /** All pools, in the order in which the link first needs them. */
  public List<MergePool> pools() {
    return pools;
  }

  /**
   * Finds equal pieces and gives each its place in its pool.
   *
   * @param all the pools in their order
   * @param perObject each object's pieces in the order of the link; null where it has none
   * @param own the linker's own
   */
  public void merge(Context ctxt, List<MergePool> all, MergePieces[] perObject, MergePieces own) {
    pools = List.copyOf(all);
    objects = perObject.length;
    pieces = Arrays.copyOf(perObject, objects + 1);
    pieces[objects] = own;
    long count = 0;
    for (MergePieces p : pieces) {
      count += p == null ? 0 : p.count();
    }
    int bits = shardBits(count, pools.size());
    shards = new MergeShard[1 << bits];
    int[][] order = new int[pieces.length][];
    int[][] sections = new int[pieces.length][];
    int[][] starts = new int[pieces.length][];
    ctxt.tasks()
        .forRanges(
            pieces.length,
            8,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                if (pieces[o] != null) {
                  deal(o, bits, order, sections, starts);
                }
              }
            });
    ctxt.tasks()
        .forEach(
            shards.length,
            s -> {
              shards[s] = new MergeShard(pieces, pools.size());
              shards[s].fill(s, order, sections, starts);
            });
    layOut(ctxt);
    ctxt.tasks()
        .forRanges(
            pieces.length,
            8,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                if (pieces[o] != null) {
                  settle(pieces[o], bits);
                }
              }
            });
  }

  /** As many shards as are worth it: it follows from the input alone. */
  private static int shardBits(long pieces, long pools) {
    int bits = 0;
    while (bits < 6 && pieces >> bits > 4096 && pools << bits < pieces) {
      bits++;
    }
    return bits;
  }

  private static int shard(long hash, int bits) {
    return bits == 0 ? 0 : (int) (hash >>> (64 - bits));
  }

  /** Sorts an object's pieces, and their sections, by shard, keeping their order within each. */
  private void deal(int o, int bits, int[][] order, int[][] sections, int[][] starts) {
    MergePieces p = pieces[o];
    int[] start = new int[(1 << bits) + 1];
    int n = p.count();
    for (int i = 0; i < n; i++) {
      start[shard(p.hash[i], bits) + 1]++;
    }
    for (int s = 1; s < start.length; s++) {
      start[s] += start[s - 1];
    }
    int[] next = start.clone();
    int[] sorted = new int[n];
    int[] section = new int[n];
    for (int s = 0; s < p.sections(); s++) {
      for (int i = p.first(s), end = p.first(s + 1); i < end; i++) {
        int to = next[shard(p.hash[i], bits)]++;
        sorted[to] = i;
        section[to] = s;
      }
    }
    order[o] = sorted;
    sections[o] = section;
    starts[o] = start;
  }

  private void layOut(Context ctxt) {
    int n = shards.length;
    boolean mergeTails = ctxt.option(LinkOption.OPTIMIZE) >= 2;
    base = new long[pools.size() * (n + 1)];
    tails = new TailMerge[pools.size()];
    for (MergePool pool : pools) {
      long size;
      if (mergeTails && pool.isStrings()) {
        tails[pool.number()] = new TailMerge(ctxt, pool, shards);
        size = tails[pool.number()].size();
      } else {
        size = joinShards(pool);
      }
      if (size > MAX_SIZE) {
        throw new LinkException(
            DiagnosticCode.TOO_LARGE,
            Location.NONE,
            "merged section " + pool.section() + " is too large: " + size + " bytes");
      }
      pool.setSize(size);
    }
  }

  /** Puts the shards' parts of a pool one after the other; returns its size in bytes. */
  private long joinShards(MergePool pool) {
    int row = pool.number() * (shards.length + 1);
    long at = 0;
    for (int s = 0; s < shards.length; s++) {
      long bytes = shards[s].size(pool.number());
      if (bytes > 0) {
        at = (at + pool.align() - 1) & -pool.align();
      }
      base[row + s] = at;
      at += bytes;
    }
    base[row + shards.length] = at;
    return at;
  }

  /** Turns the numbers of the pieces in their shards into offsets in their pools. */
  private void settle(MergePieces p, int bits) {
    int row = shards.length + 1;
    for (int s = 0; s < p.sections(); s++) {
      int pool = p.pool(s).number();
      for (int i = p.first(s), end = p.first(s + 1); i < end; i++) {
        int shard = shard(p.hash[i], bits);
        p.place[i] = (int) (base[pool * row + shard] + shards[shard].offset(p.place[i]));
      }
    }
    p.hash = null;
  }

  /** Writes a pool: each shard's part, and the gap up to the next one. */
  void write(Context ctxt, MergePool pool, MemorySegment slice) {
    if (tails[pool.number()] != null) {
      tails[pool.number()].write(ctxt, slice);
      return;
    }
    int row = pool.number() * (shards.length + 1);
    ctxt.tasks()
        .forEach(
            shards.length,
            s -> {
              long from = base[row + s];
              long to = base[row + s + 1];
              shards[s].write(pool.number(), slice.asSlice(from, to - from));
            });
  }
}
