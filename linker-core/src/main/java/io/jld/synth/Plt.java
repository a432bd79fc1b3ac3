package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.asmb.Slice;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * {@code .plt}: the header and the lazily bound entries, if there are any; then entries that jump
 * through a slot which an {@code IRELATIVE} relocation fills before the program starts, unless
 * {@link PltSec} has them.
 */
public final class Plt extends Synthetic {
  private SlotTable slots;
  private ArchInfo.PltSizes sizes;

  public Plt() {
    super(".plt", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 16, 0);
  }

  public void setSlots(Context ctxt, SlotTable table) {
    slots = table;
    sizes = ctxt.arch().pltSizes(ctxt);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return slots.plts() + directs() > 0;
  }

  /** {@code sh_entsize} is set only where all entries have the same size. */
  @Override
  public long entsize() {
    return directs() == 0 && sizes.header() % sizes.entry() == 0 ? sizes.entry() : 0;
  }

  /** Bytes of the header and the lazily bound entries. */
  public long lazySize() {
    return slots.plts() == 0 ? 0 : sizes.header() + (long) slots.plts() * sizes.entry();
  }

  /** How many of the IFUNCs' entries are here. */
  private int directs() {
    return PltSec.isUsed(sizes, slots) ? 0 : slots.iplts();
  }

  @Override
  public long size() {
    return lazySize() + (long) directs() * sizes.direct();
  }

  /** Address of lazily bound entry {@code index}. */
  public long entry(int index) {
    return addr() + sizes.header() + (long) index * sizes.entry();
  }

  /** Address of IFUNC entry {@code index}. */
  public long directEntry(int index) {
    return addr() + lazySize() + (long) index * sizes.direct();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    GotPlt got = Synthetics.of(ctxt).gotPlt();
    Slice plt = new Slice();
    plt.make(slice);
    if (slots.plts() > 0) {
      ctxt.arch().writePltHeader(ctxt, plt, addr());
    }
    for (int i = 0; i < slots.plts(); i++) {
      ctxt.arch().writePltEntry(ctxt, plt.from(entry(i) - addr()), entry(i), got.slot(i), i);
    }
    for (int i = 0; i < directs(); i++) {
      long at = directEntry(i);
      ctxt.arch().writePltDirect(ctxt, plt.from(at - addr()), at, got.directSlot(i));
    }
    plt.close();
  }
}
