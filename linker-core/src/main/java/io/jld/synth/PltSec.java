package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.asmb.Slice;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * {@code .plt.sec}: what calls and function addresses refer to where a lazily bound entry is in two
 * parts (x86-64 psABI, "Program Loading and Dynamic Linking", the PLT for indirect branch
 * tracking). Its entries jump through the slots in {@code .got.plt}, in their order: those of
 * {@code .plt}, then those of IFUNCs.
 */
public final class PltSec extends Synthetic {
  private SlotTable slots;
  private ArchInfo.PltSizes sizes;

  public PltSec() {
    super(".plt.sec", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 16, 0);
  }

  /** Whether there is such a section; one for IFUNCs alone would only be another {@code .plt}. */
  static boolean isUsed(ArchInfo.PltSizes sizes, SlotTable slots) {
    return sizes.second() && slots.plts() > 0;
  }

  public void setSlots(Context ctxt, SlotTable table) {
    slots = table;
    sizes = ctxt.arch().pltSizes(ctxt);
  }

  boolean isUsed() {
    return isUsed(sizes, slots);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return isUsed();
  }

  @Override
  public long entsize() {
    return sizes.direct();
  }

  private int count() {
    return slots.plts() + slots.iplts();
  }

  @Override
  public long size() {
    return (long) count() * sizes.direct();
  }

  /** Address of the entry of lazily bound entry {@code index}. */
  public long entry(int index) {
    return addr() + (long) index * sizes.direct();
  }

  /** Address of IFUNC entry {@code index}. */
  public long directEntry(int index) {
    return entry(slots.plts() + index);
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    GotPlt got = Synthetics.of(ctxt).gotPlt();
    Slice plt = new Slice();
    plt.make(slice);
    for (int i = 0; i < count(); i++) {
      ctxt.arch().writePltDirect(ctxt, plt.from(entry(i) - addr()), entry(i), got.slot(i));
    }
    plt.close();
  }
}
