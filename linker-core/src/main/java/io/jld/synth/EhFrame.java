package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.pass.Context;
import java.lang.foreign.MemorySegment;

/** {@code .eh_frame}. */
public final class EhFrame extends Synthetic {
  public EhFrame() {
    super(".eh_frame", SHT_PROGBITS, SHF_ALLOC, 8, 0);
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

  public void forEachReference(Context ctxt, int sectionId, java.util.function.IntConsumer symbolIds) {}

  public void scan(Context ctxt) {}
}
