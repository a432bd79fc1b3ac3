package io.jld.merge;

import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.util.BitSet;

/**
 * How much of the merged content is there because of which input section. Bytes that several
 * sections have count for the first of them in the order of the link, also where a string is the
 * end of another one.
 */
public final class PoolShares {
  private final long[] bytes;

  /** Of a link whose pieces have their places. */
  public PoolShares(Context ctxt) {
    MergePools pools = MergePools.of(ctxt);
    bytes = new long[ctxt.sections().count()];
    BitSet[] taken = new BitSet[pools.pools().size()];
    for (LinkedObject o : ctxt.objects()) {
      MergePieces p = pools.pieces(o);
      for (int s = 0; p != null && s < p.sections(); s++) {
        MergePool pool = p.pool(s);
        if (pool.size() <= Integer.MAX_VALUE) { // of a larger one nothing is said
          if (taken[pool.number()] == null) {
            taken[pool.number()] = new BitSet((int) pool.size());
          }
          bytes[o.sectionId(p.sectionIndex(s))] = take(p, s, taken[pool.number()]);
        }
      }
    }
  }

  private static long take(MergePieces p, int s, BitSet taken) {
    long more = 0;
    for (int i = p.first(s), last = p.first(s + 1); i < last; i++) {
      int from = p.place[i];
      int end = from + p.length(s, i);
      for (int free = taken.nextClearBit(from); free < end; ) {
        int used = taken.nextSetBit(free);
        int to = used < 0 ? end : Math.min(used, end);
        more += to - free;
        taken.set(free, to);
        free = taken.nextClearBit(to);
      }
    }
    return more;
  }

  /** Bytes of the output that an input section has added to its pool. */
  public long of(int section) {
    return bytes[section];
  }
}
