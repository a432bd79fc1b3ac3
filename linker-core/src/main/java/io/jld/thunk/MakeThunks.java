package io.jld.thunk;

import io.jld.arch.Thunks;
import io.jld.model.BranchTargets;
import io.jld.model.Context;
import io.jld.model.MadeSymbols;
import io.jld.model.OutputSection;
import io.jld.place.Placer;
import io.jld.symbol.SymbolTable;
import java.util.List;

/**
 * Makes thunks until all branches reach, one round after each that has given addresses.
 *
 * <p>A branch goes by the thunk that is there for its target, if it reaches it. If there is none,
 * one is made in the first pool behind the branch, or in the last one before it where that is
 * farther than it reaches. What reaches no pool, because an input section is larger than its
 * branches reach, is left as it is, and is an error where it is applied.
 */
public final class MakeThunks {
  private final Context ctxt;
  private final Thunks kind;
  private final TargetAddresses targets;
  private final ThunkTable table;

  /** By address; null as long as none was needed. */
  private List<ThunkPool> pools;

  public MakeThunks(Context ctxt, Placer placer) {
    this.ctxt = ctxt;
    this.kind = ctxt.arch().thunks();
    this.targets = new TargetAddresses(ctxt, placer);
    this.table = new ThunkTable(kind);
  }

  /** Whether all branches reach; thunks have been made or have grown where they did not. */
  public boolean fit() {
    if (pools == null && !isWide()) {
      return true;
    }
    if (pools == null) {
      pools = new PoolPlaces(ctxt, kind, targets).make();
      return false; // they have no places yet
    }
    pools.sort((a, b) -> Long.compareUnsigned(a.addr(), b.addr()));
    boolean grown = false;
    for (ThunkPool pool : pools) {
      grown |= pool.grow(ctxt, kind);
    }
    for (FarBranches.Branch b : new FarBranches(ctxt, kind, targets, table).find()) {
      grown |= table.near(b.type(), b.place(), b.target()) == null && make(b);
    }
    return !grown;
  }

  /** Whether some branch could be too far from its target. */
  private boolean isWide() {
    long from = Long.MAX_VALUE;
    long to = 0;
    for (OutputSection s : ctxt.outputSections()) {
      if (s.isAlloc() && s.isCode()) {
        from = Math.min(from, s.addr);
        to = Math.max(to, s.addr + s.size);
      }
    }
    return to - from > kind.reach() || hasAbsolutes();
  }

  /** An absolute address may be anywhere. */
  private boolean hasAbsolutes() {
    SymbolTable symbols = ctxt.symbols();
    int end = symbols.globals();
    int id = symbols.next(1, end, SymbolTable.ABSOLUTE);
    while (id < end && symbols.isUndefinedWeak(id)) {
      id = symbols.next(id + 1, end, SymbolTable.ABSOLUTE);
    }
    return id < end;
  }

  private boolean make(FarBranches.Branch b) {
    int behind = firstBehind(b.place());
    for (int i = behind; i >= 0 && i >= behind - 1; i--) {
      if (i < pools.size()) {
        ThunkPool pool = pools.get(i);
        if (kind.reaches(b.type(), b.place(), pool.addr() + pool.size())) {
          table.add(pool.add(ctxt, kind, b.target()));
          return true;
        }
      }
    }
    return false;
  }

  /** The number of the first pool behind an address; how many there are where none is. */
  private int firstBehind(long place) {
    int lo = 0;
    int hi = pools.size();
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      if (Long.compareUnsigned(pools.get(mid).addr(), place) > 0) {
        hi = mid;
      } else {
        lo = mid + 1;
      }
    }
    return lo;
  }

  /** Hands on what has been made; sizes are final. */
  public void finish() {
    if (pools == null) {
      return;
    }
    ctxt.handOn(BranchTargets.class, table);
    ctxt.handOn(MadeSymbols.class, new ThunkSymbols(ctxt, pools));
  }
}
