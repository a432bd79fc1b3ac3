package io.jld.synth;

import io.jld.pass.Context;
import java.lang.foreign.MemorySegment;

/** GotPlt. */
public final class GotPlt extends Synthetic {
  public GotPlt() {
    super(".GotPlt", 1, 3, 8, 8);
  }

  public long tlsLdSlot() {
    return 0;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return false;
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {}
}
