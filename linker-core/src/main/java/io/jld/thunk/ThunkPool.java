package io.jld.thunk;

import static io.jld.elf.Elf.*;

import io.jld.arch.Thunks;
import io.jld.asmb.Slice;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Thunks that stand together, between two input sections of code or behind the last one. */
final class ThunkPool extends Synthetic {
  private final List<Thunk> thunks = new ArrayList<>();
  private final TargetAddresses targets;
  private long size;

  ThunkPool(Thunks kind, TargetAddresses targets) {
    super(".thunks", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, kind.align(), 0);
    this.targets = targets;
  }

  List<Thunk> thunks() {
    return thunks;
  }

  /** Adds one at the end, as large as it has to be there. */
  Thunk add(Context ctxt, Thunks kind, Thunk.Target target) {
    Thunk thunk = new Thunk(target, this);
    thunk.offset = size;
    thunk.size = kind.size(ctxt, thunk.addr(), targets.of(target));
    size += thunk.size;
    thunks.add(thunk);
    return thunk;
  }

  /** Lets thunks grow that have to, and says whether one has. */
  boolean grow(Context ctxt, Thunks kind) {
    long before = size;
    size = 0;
    for (Thunk t : thunks) {
      t.size = Math.max(t.size, kind.size(ctxt, t.addr(), targets.of(t.target)));
      t.offset = size;
      size += t.size;
    }
    return size != before;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return size > 0;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment bytes) {
    Thunks kind = ctxt.arch().thunks();
    Slice slice = new Slice();
    slice.make(bytes);
    for (Thunk t : thunks) {
      long target = ctxt.symbols().callTarget(t.target.symbol()) + t.target.addend();
      kind.write(ctxt, slice.from(t.offset), t.size, t.addr(), target);
    }
    slice.close();
  }
}
