package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/** {@code .gnu.version}: for each dynamic symbol the number of its version. */
public final class VerSym extends Synthetic {
  private final Versions versions;

  public VerSym(Versions versions) {
    super(".gnu.version", SHT_GNU_VERSYM, SHF_ALLOC, 2, 2);
    this.versions = versions;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic() && versions.any();
  }

  @Override
  public long size() {
    return 2L * versions.count();
  }

  @Override
  public Synthetic link(Context ctxt) {
    return LoaderTables.of(ctxt).dynSym();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    for (int i = 0; i < versions.count(); i++) {
      ElfClass.put16(slice, 2L * i, versions.of(i));
    }
  }
}
