package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.asmb.Slice;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * {@code .plt.got}: entries for functions that are called through the PLT and have a slot in {@code
 * .got} anyway: they jump through that one, which the loader fills at once, and need no second
 * slot. Not for an entry that is the function's address: the loader puts that address into the slot
 * in {@code .got}, and the function itself only into a {@code JUMP_SLOT} (psABI, "Function
 * Addresses").
 */
public final class PltGot extends Synthetic {
  private SlotTable slots;
  private int entry;

  public PltGot() {
    super(".plt.got", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 8, 0);
  }

  public void setSlots(Context ctxt, SlotTable table) {
    slots = table;
    entry = ctxt.arch().pltSizes(ctxt).direct();
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return slots.pltGots() > 0;
  }

  @Override
  public long entsize() {
    return entry;
  }

  @Override
  public long size() {
    return (long) slots.pltGots() * entry;
  }

  @Override
  public long align() {
    return Math.max(super.align(), Long.lowestOneBit(entry));
  }

  /** Address of entry {@code index}. */
  public long entry(int index) {
    return addr() + (long) index * entry;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    Slice plt = new Slice();
    plt.make(slice);
    for (int r = 1; r < slots.rows(); r++) {
      int i = slots.pltGotIndex(r);
      if (i >= 0) {
        ctxt.arch().writePltDirect(ctxt, plt.from((long) i * entry), entry(i), slots.got(r));
      }
    }
    plt.close();
  }
}
