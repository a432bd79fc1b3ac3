package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.arch.Need;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.model.Synthetic;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;

/**
 * {@code .got}: what the psABI has at its start; addresses and TLS offsets that code loads. What is
 * known now is written; what only the loader knows gets a dynamic relocation, whose addend stands
 * here too for an architecture with {@code SHT_REL}.
 */
public final class Got extends Synthetic {
  private final int wordSize;
  private int header;
  private SlotTable slots;
  private DynamicRelocs relocs = new DynamicRelocs();

  public Got(int wordSize) {
    super(".got", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, wordSize, wordSize);
    this.wordSize = wordSize;
  }

  /** Takes the slots, and finds out which of them the loader has to fill. */
  public void setSlots(Context ctxt, SlotTable table) {
    slots = table;
    header = ctxt.arch().gotLayout().header();
    SymbolTable symbols = ctxt.symbols();
    ArchInfo.DynamicTypes types = ctxt.arch().info().relocations();
    for (int r = 1; r < table.rows(); r++) {
      int id = table.symbol(r);
      boolean preemptible = symbols.isPreemptible(id);
      if (table.gotIndex(r) >= 0) {
        addAddress(ctxt, table.gotIndex(r), id, types);
      }
      if (table.tpOffIndex(r) >= 0 && (preemptible || ctxt.isShared())) {
        add(ctxt, table.tpOffIndex(r), types.tpOff(), id, preemptible);
      }
      if (table.tlsGdIndex(r) >= 0 && (preemptible || ctxt.isShared())) {
        add(ctxt, table.tlsGdIndex(r), types.dtpMod(), preemptible ? id : 0, preemptible);
        if (preemptible) {
          add(ctxt, table.tlsGdIndex(r) + 1, types.dtpOff(), id, true);
        }
      }
      if (table.tlsDescIndex(r) >= 0) {
        add(ctxt, table.tlsDescIndex(r), types.tlsDesc(), id, preemptible);
      }
    }
    if (table.tlsLdIndex() >= 0 && ctxt.isShared()) {
      add(ctxt, table.tlsLdIndex(), types.dtpMod(), 0, false);
    }
  }

  private void addAddress(Context ctxt, int index, int id, ArchInfo.DynamicTypes types) {
    SymbolTable symbols = ctxt.symbols();
    if (symbols.isPreemptible(id)) {
      add(ctxt, index, types.globDat(), id, true);
    } else if (symbols.isIfunc(id) && !symbols.has(id, Need.CANONICAL_PLT)) {
      add(ctxt, index, types.irelative(), id, false);
    } else if (ctxt.isPic() && !symbols.isAbsolute(id)) {
      add(ctxt, index, types.relative(), id, false);
    }
  }

  private void add(Context ctxt, int index, int type, int id, boolean named) {
    if (named) {
      ctxt.symbols().need(id, Need.DYNSYM);
    }
    relocs.add(DynamicRelocs.IN_GOT, (long) index * wordSize, type, id, 0);
  }

  /** The dynamic relocations of the slots. */
  public DynamicRelocs relocs() {
    return relocs;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return slots.gotSlots() > header
        || (header > 0 && (ctxt.gotBaseNeeded.get() || ctxt.isDynamic()));
  }

  @Override
  public long size() {
    return (long) slots.gotSlots() * wordSize;
  }

  /** Address of the two slots of the local dynamic model. */
  public long tlsLdSlot() {
    return addr() + (long) slots.tlsLdIndex() * wordSize;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0);
    if (header > 0) {
      put(ctxt, slice, 0, ctxt.dynamicAddr());
    }
    SymbolTable symbols = ctxt.symbols();
    for (int r = 1; r < slots.rows(); r++) {
      int id = slots.symbol(r);
      boolean preemptible = symbols.isPreemptible(id);
      if (slots.gotIndex(r) >= 0 && !preemptible) {
        put(ctxt, slice, slots.gotIndex(r), symbols.value(id));
      }
      if (slots.tpOffIndex(r) >= 0 && !preemptible) {
        put(
            ctxt,
            slice,
            slots.tpOffIndex(r),
            symbols.value(id) - (ctxt.isShared() ? ctxt.tlsBegin() : ctxt.threadPointer()));
      }
      if (slots.tlsGdIndex(r) >= 0 && !preemptible) {
        put(ctxt, slice, slots.tlsGdIndex(r), ctxt.isShared() ? 0 : 1);
        put(ctxt, slice, slots.tlsGdIndex(r) + 1, symbols.value(id) - ctxt.tlsBase());
      }
      if (slots.tlsDescIndex(r) >= 0 && !preemptible) {
        put(ctxt, slice, slots.tlsDescIndex(r) + 1, symbols.value(id) - ctxt.tlsBegin());
      }
    }
    if (slots.tlsLdIndex() >= 0 && !ctxt.isShared()) {
      put(ctxt, slice, slots.tlsLdIndex(), 1); // the executable is module 1 (psABI, TLS)
    }
  }

  private static void put(Context ctxt, MemorySegment slice, int index, long value) {
    ctxt.elf.putWord(slice, (long) index * ctxt.elf.wordSize, value);
  }
}
