package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.arch.GotLayout;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * {@code .got.plt}: words for the loader (amd64's psABI: the address of {@code .dynamic}, its own
 * two; {@link GotLayout}), then a slot for each PLT entry: those that are bound lazily, then those
 * of IFUNCs. {@code _GLOBAL_OFFSET_TABLE_} is its start on most architectures.
 *
 * <p>Where everything is bound before the program starts ({@code -z now}) and what only the loader
 * writes becomes read only ({@code -z relro}), these words are nothing special any more: they stand
 * in {@code .got}, before its other slots, as with GNU ld.
 */
public final class GotPlt extends Synthetic {
  private final GotLayout layout;
  private final int wordSize;
  private SlotTable slots;

  public GotPlt(Context ctxt, int wordSize) {
    super(
        isReadOnly(ctxt) ? ".got" : ".got.plt",
        SHT_PROGBITS,
        SHF_ALLOC | SHF_WRITE,
        wordSize,
        wordSize);
    this.wordSize = wordSize;
    this.layout = ctxt.arch().gotLayout();
  }

  private static boolean isReadOnly(Context ctxt) {
    return ctxt.option(LinkOption.BIND_NOW) && ctxt.hasRelro();
  }

  public void setSlots(SlotTable table) {
    slots = table;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return slots.plts() + slots.iplts() > 0
        || (layout.baseInPlt() && (ctxt.gotBaseNeeded.get() || ctxt.isDynamic()));
  }

  @Override
  public long size() {
    return (long) (layout.pltHeader() + slots.plts() + slots.iplts()) * wordSize;
  }

  /** Address of the slot of lazily bound entry {@code index}. */
  public long slot(int index) {
    return addr() + (long) (layout.pltHeader() + index) * wordSize;
  }

  /** Address of the slot of IFUNC entry {@code index}. */
  public long directSlot(int index) {
    return slot(slots.plts() + index);
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    Plt plt = Synthetics.of(ctxt).plt();
    slice.fill((byte) 0);
    if (layout.baseInPlt()) {
      ctxt.elf.putWord(slice, 0, ctxt.dynamicAddr());
    }
    for (int r = 1; r < slots.rows(); r++) {
      if (slots.pltIndex(r) >= 0) {
        long entry = plt.entry(slots.pltIndex(r));
        ctxt.elf.putWord(
            slice,
            slot(slots.pltIndex(r)) - addr(),
            ctxt.arch().lazySlotValue(ctxt, plt.addr(), entry));
      } else if (slots.ipltIndex(r) >= 0) {
        long resolver = ctxt.values().defined(slots.symbol(r));
        ctxt.elf.putWord(slice, directSlot(slots.ipltIndex(r)) - addr(), resolver);
      }
    }
  }
}
