package io.jld.dynamic;

import io.jld.frame.EhFrame;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.symbol.SectionTable;
import io.jld.synth.Synthetics;

/**
 * Where the field of a dynamic relocation lies: in an input section, or in one of the linker's own.
 */
public final class DynamicSection {
  /** In place of a section's number: offsets are those in {@code .got}. */
  public static final int IN_GOT = -1;

  /** Offsets are those in {@code .got.plt}. */
  public static final int IN_GOT_PLT = -2;

  /** Offsets are those among the copies in {@code .bss}. */
  public static final int IN_COPY = -3;

  /** Offsets are those among the copies that become read only. */
  public static final int IN_COPY_RELRO = -4;

  /** Offsets are those in {@code .eh_frame} as it is written. */
  public static final int IN_EH_FRAME = -5;

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
      case IN_GOT -> made.got().addr() + offset;
      case IN_GOT_PLT -> made.gotPlt().addr() + offset;
      case IN_COPY -> made.copies().addr() + offset;
      case IN_COPY_RELRO -> made.readOnlyCopies().addr() + offset;
      case IN_EH_FRAME -> frames.addr() + offset;
      default -> inSection(section, offset);
    };
  }

  private long inSection(int section, long offset) {
    long at =
        ctxt.sections.has(section, SectionTable.REVERSED)
            ? ctxt.sections.size[section] - ctxt.elf.wordSize - offset
            : offset;
    return ctxt.sections.addr[section] + at;
  }
}
