package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/** {@code .note.GNU-stack}, where a script says its place: it is empty, and its flags say all. */
final class StackNote extends Synthetic {
  StackNote(Context ctxt) {
    super(
        ".note.GNU-stack", SHT_PROGBITS, (ctxt.stackFlags() & PF_X) != 0 ? SHF_EXECINSTR : 0, 1, 0);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.stackFlags() != 0;
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {}
}
