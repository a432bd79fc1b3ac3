package io.jld.dynamic;

import io.jld.frame.EhFrame;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.synth.Synthetics;

/**
 * Where the field of a dynamic relocation lies: in an input section, or in one of the linker's own.
 */
public final class DynamicSection {
  private final Context ctxt;
  private final Synthetics made;
  private final EhFrame frames;

  DynamicSection(Context ctxt) {
    this.ctxt = ctxt;
    this.made = Synthetics.of(ctxt);
    this.frames = EhFrame.of(ctxt);
  }

  /** The address of the field of relocation {@code i}. */
  long place(DynamicRelocs relocs, int i) {
    return place(relocs.section(i), relocs.offset(i));
  }

  /** The address of a field in a section, or in one of the linker's own. */
  long place(int section, long offset) {
    return switch (section) {
      case DynamicRelocs.IN_GOT -> made.got().addr() + offset;
      case DynamicRelocs.IN_GOT_PLT -> made.gotPlt().addr() + offset;
      case DynamicRelocs.IN_COPY_RELRO -> made.copies().get(0).addr() + offset;
      case DynamicRelocs.IN_COPY -> made.copies().get(1).addr() + offset;
      case DynamicRelocs.IN_COPY_LARGE -> made.copies().get(2).addr() + offset;
      case DynamicRelocs.IN_EH_FRAME -> frames.addr() + offset;
      default -> inSection(section, offset);
    };
  }

  /**
   * The addend of relocation {@code i}; the scan has found that of a section's symbol before
   * anything was taken out of the section.
   */
  long addend(DynamicRelocs relocs, int i) {
    int sym = relocs.symbol(i);
    return ctxt.sections().hasEdits()
            && sym != 0
            && ctxt.symbols().file(sym) instanceof LinkedObject o
        ? ctxt.sections().addend(o, ctxt.symbols().index(sym), relocs.addend(i))
        : relocs.addend(i);
  }

  private long inSection(int section, long offset) {
    long at =
        ctxt.sections().has(section, SectionTable.REVERSED)
            ? ctxt.sections().size[section] - ctxt.elf.wordSize - offset
            : offset;
    return ctxt.sections().addr[section] + ctxt.sections().map(section, at);
  }
}
