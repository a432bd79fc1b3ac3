package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * {@code .gnu.version_d}: the versions that this output defines, the first of which is its own
 * name.
 */
public final class VerDef extends Synthetic {
  private static final int ENTRY = 20;
  private static final int AUX = 8;
  private static final int FLAG_BASE = 1;

  private final Versions versions;

  public VerDef(Versions versions) {
    super(".gnu.version_d", SHT_GNU_VERDEF, SHF_ALLOC, 8, 0);
    this.versions = versions;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic() && !versions.definitions().isEmpty();
  }

  @Override
  public long size() {
    long n = 0;
    for (Versions.Definition d : versions.definitions()) {
      n += ENTRY + (1L + d.parents().size()) * AUX;
    }
    return n;
  }

  @Override
  public Synthetic link(Context ctxt) {
    return LoaderTables.of(ctxt).dynStr();
  }

  /** How many versions there are. */
  @Override
  public int info(Context ctxt) {
    return versions.definitions().size();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    long at = 0;
    int left = versions.definitions().size();
    for (Versions.Definition d : versions.definitions()) {
      int n = 1 + d.parents().size();
      long size = ENTRY + (long) n * AUX;
      ElfClass.put16(slice, at, 1);
      ElfClass.put16(slice, at + 2, d.index() == 1 ? FLAG_BASE : 0);
      ElfClass.put16(slice, at + 4, d.index());
      ElfClass.put16(slice, at + 6, n);
      ElfClass.put32(slice, at + 8, Versions.hash(d.name()));
      ElfClass.put32(slice, at + 12, ENTRY);
      ElfClass.put32(slice, at + 16, --left == 0 ? 0 : size);
      long aux = at + ENTRY;
      putAux(slice, aux, d.nameOffset(), n > 1);
      for (int i = 0; i < d.parents().size(); i++) {
        aux += AUX;
        putAux(slice, aux, d.parents().get(i), i + 1 < d.parents().size());
      }
      at += size;
    }
  }

  private static void putAux(MemorySegment slice, long at, int name, boolean more) {
    ElfClass.put32(slice, at, name);
    ElfClass.put32(slice, at + 4, more ? AUX : 0);
  }
}
