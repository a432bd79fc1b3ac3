package io.jld.synth;

import io.jld.input.ObjectFile;
import io.jld.pass.Context;
import java.lang.foreign.MemorySegment;

/** The merged pieces of sections with {@code SHF_MERGE} of one kind. */
public final class MergePool extends Synthetic {
  public MergePool(String section, int type, long flags, long align, long entsize) {
    super(section, type, flags, align, entsize);
  }

  /** Offset in the pool of what stood at {@code offset} in an input section; -1 where that lies outside of the section. */
  public long map(ObjectFile file, int section, long offset) {
    return -1;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {}
}
