package io.jld.reloc;

import io.jld.model.Context;

/** Relocations that belong to no input section which is linked as a whole. */
public interface OtherRelocations {
  /** Scans them, as {@link ScanRelocations} does those of sections. */
  void scan(Context ctxt);
}
