package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.link.LinkOption;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/** {@code .interp}: the path of the loader (gABI, "Program Interpreter"). */
public final class Interp extends Synthetic {
  private final byte[] path;

  public Interp(Context ctxt) {
    super(".interp", SHT_PROGBITS, SHF_ALLOC, 1, 0);
    String asked = ctxt.option(LinkOption.DYNAMIC_LINKER);
    String name = asked.isEmpty() ? ctxt.arch().info().interpreter() : asked;
    path = NameBytes.bytes(name + '\0');
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.hasLoader() && !ctxt.isShared();
  }

  @Override
  public long size() {
    return path.length;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.copyFrom(MemorySegment.ofArray(path));
  }
}
