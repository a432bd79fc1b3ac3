package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedLibrary;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/** {@code .gnu.version_r}: the versions that this output needs of its libraries. */
public final class VerNeed extends Synthetic {
  private static final int ENTRY = 16;

  private final Versions versions;

  public VerNeed(Versions versions) {
    super(".gnu.version_r", SHT_GNU_VERNEED, SHF_ALLOC, 8, 0);
    this.versions = versions;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic() && !versions.needs().isEmpty();
  }

  @Override
  public long size() {
    long n = versions.needs().size();
    for (Map<String, Versions.Need> m : versions.needs().values()) {
      n += m.size();
    }
    return n * ENTRY;
  }

  @Override
  public Synthetic link(Context ctxt) {
    return LoaderTables.of(ctxt).dynStr();
  }

  /** How many libraries there are. */
  @Override
  public int info(Context ctxt) {
    return versions.needs().size();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    DynStr strings = LoaderTables.of(ctxt).dynStr();
    long at = 0;
    int left = versions.needs().size();
    for (Map.Entry<LinkedLibrary, Map<String, Versions.Need>> e : versions.needs().entrySet()) {
      int n = e.getValue().size();
      long size = (long) (n + 1) * ENTRY;
      ElfClass.put16(slice, at, 1);
      ElfClass.put16(slice, at + 2, n);
      ElfClass.put32(slice, at + 4, strings.add(e.getKey().soname()));
      ElfClass.put32(slice, at + 8, ENTRY);
      ElfClass.put32(slice, at + 12, --left == 0 ? 0 : size);
      long aux = at + ENTRY;
      for (Versions.Need v : e.getValue().values()) {
        ElfClass.put32(slice, aux, Versions.hash(v.name()));
        ElfClass.put16(slice, aux + 4, 0);
        ElfClass.put16(slice, aux + 6, v.index());
        ElfClass.put32(slice, aux + 8, v.nameOffset());
        ElfClass.put32(slice, aux + 12, --n == 0 ? 0 : ENTRY);
        aux += ENTRY;
      }
      at += size;
    }
  }
}
