package io.jld.thunk;

import io.jld.arch.Thunks;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.place.PlanItem;
import io.jld.place.PlanItems;
import io.jld.place.PlanSection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where pools stand: behind the contents of each section of code, and before that between input
 * sections wherever there are as many bytes behind the last pool as branches reach, less some room
 * for the pools' own growth. None is in a section that is run through ({@code .init}).
 */
final class PoolPlaces {
  /** The part of the branches' reach that is kept for the pools. */
  private static final int ROOM = 64;

  private final Context ctxt;
  private final Thunks kind;
  private final TargetAddresses targets;
  private final long apart;
  private final List<ThunkPool> pools = new ArrayList<>();

  /** Bytes since the last pool. */
  private long since;

  PoolPlaces(Context ctxt, Thunks kind, TargetAddresses targets) {
    this.ctxt = ctxt;
    this.kind = kind;
    this.targets = targets;
    this.apart = kind.reach() - kind.reach() / ROOM;
  }

  /** Makes them, all still empty, in the order of the plan. */
  List<ThunkPool> make() {
    for (PlanItem item : PlanItems.of(ctxt).list()) {
      if (item instanceof PlanSection p && hasPools(p.out)) {
        since = 0;
        PlanSection.Contents last = null;
        for (PlanSection.Part part : p.parts) {
          last = part instanceof PlanSection.Contents c ? c : last;
        }
        for (PlanSection.Part part : p.parts) {
          if (part instanceof PlanSection.Contents c) {
            c.setItems(with(p.out, c.items(), c == last));
          }
        }
        p.giveOrder();
      }
    }
    return pools;
  }

  private static boolean hasPools(OutputSection s) {
    return s.isAlloc() && s.isCode() && !s.isNobits() && !s.isRunThrough() && s.size > 0;
  }

  private int[] with(OutputSection out, int[] items, boolean last) {
    int[] all = new int[2 * items.length + 1];
    int n = 0;
    for (int item : items) {
      long size = item < 0 ? out.synthetic(item).size() : ctxt.sections().size[item];
      if (since > 0 && since + size > apart) {
        all[n++] = pool(out);
      }
      all[n++] = item;
      since += size;
    }
    if (last) {
      all[n++] = pool(out);
    }
    return Arrays.copyOf(all, n);
  }

  private int pool(OutputSection out) {
    ThunkPool pool = new ThunkPool(kind, targets);
    pools.add(pool);
    since = 0;
    return out.addPart(pool);
  }
}
