package io.jld.synth;

import io.jld.pass.Context;
import java.lang.foreign.MemorySegment;

/** NoteProperty. */
public final class NoteProperty extends Synthetic {
  public NoteProperty() {
    super(".NoteProperty", 1, 2, 4, 0);
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
