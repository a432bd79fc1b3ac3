package io.jld.thunk;

import io.jld.arch.Thunks;
import io.jld.model.BranchTargets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The thunks by what they lead to. Many threads may look while none adds. */
final class ThunkTable implements BranchTargets {
  private final Thunks kind;
  private final Map<Thunk.Target, List<Thunk>> all = new HashMap<>();

  ThunkTable(Thunks kind) {
    this.kind = kind;
  }

  void add(Thunk thunk) {
    all.computeIfAbsent(thunk.target, t -> new ArrayList<>(1)).add(thunk);
  }

  /** The first thunk for a target within reach of a branch; null where there is none. */
  Thunk near(int type, long place, Thunk.Target target) {
    for (Thunk t : all.getOrDefault(target, List.of())) {
      if (kind.reaches(type, place, t.addr())) {
        return t;
      }
    }
    return null;
  }

  @Override
  public long of(int type, long place, int symbol, long addend, long target) {
    if (kind.reaches(type, place, target)) {
      return target;
    }
    Thunk near = near(type, place, new Thunk.Target(symbol, addend));
    return near == null ? target : near.addr();
  }
}
