package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * The rest of the last page of what becomes read-only ({@code PT_GNU_RELRO}): loaders protect whole
 * pages and leave out a last one that is not. It belongs to a section so that {@code strip} and
 * {@code objcopy}, which make the segments anew from the sections in them, leave the page whole.
 */
public final class RelroPadding extends Synthetic {
  private long size;

  /** Makes it, and hands it on. */
  static RelroPadding make(Context ctxt) {
    RelroPadding padding = new RelroPadding();
    ctxt.handOn(padding);
    return padding;
  }

  static RelroPadding of(Context ctxt) {
    return ctxt.get(RelroPadding.class);
  }

  private RelroPadding() {
    super(".bss.rel.ro", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 1, 0);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    if (ctxt.hasRelro()) {
      for (OutputSection s : ctxt.outputSections) {
        if (SortSections.isInRelro(ctxt, s)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Takes so many bytes; called while addresses are given, when this one is an offset. */
  public void fill(long bytes) {
    size = bytes;
    out().size = addr() + bytes;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    Bytes.zero(slice, 0, slice.byteSize());
  }
}
