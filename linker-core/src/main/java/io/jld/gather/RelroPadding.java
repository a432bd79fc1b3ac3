package io.jld.gather;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.segment.ProgramHeaders;
import java.lang.foreign.MemorySegment;

/**
 * The rest of the last page of what becomes read-only ({@code PT_GNU_RELRO}): loaders protect whole
 * pages and leave out a last one that is not. It belongs to a section so that {@code strip} and
 * {@code objcopy}, which make the segments anew from the sections in them, leave the page whole.
 */
final class RelroPadding extends Synthetic {
  /** The section that it is in, where a plan has it between {@code RELRO_BEGIN} and the end. */
  static final String SECTION = ".bss.rel.ro";

  private final Context ctxt;

  RelroPadding(Context ctxt) {
    super(SECTION, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 1, 0);
    this.ctxt = ctxt;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  /** Up to the end of the page, or to a section that options put there. */
  @Override
  public long size() {
    long from = addr();
    long end = ElfClass.align(from, ProgramHeaders.commonPageSize(ctxt));
    for (long asked : ctxt.option(LinkOption.SECTION_START).values()) {
      end = asked >= from && asked < end ? asked : end;
    }
    return end - from;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    Bytes.zero(slice, 0, slice.byteSize());
  }
}
