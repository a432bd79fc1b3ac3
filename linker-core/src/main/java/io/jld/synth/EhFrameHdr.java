package io.jld.synth;

import io.jld.pass.Context;
import java.lang.foreign.MemorySegment;

/** EhFrameHdr. */
public final class EhFrameHdr extends Synthetic {
  public EhFrameHdr() {
    super(".EhFrameHdr", 1, 2, 4, 0);
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
