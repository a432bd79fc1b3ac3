package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.model.Synthetic;
import io.jld.synth.GotPlt;
import io.jld.synth.SlotTable;
import io.jld.synth.Synthetics;
import java.lang.foreign.MemorySegment;

/**
 * {@code .rel(a).plt}: a {@code JUMP_SLOT} for each lazily bound PLT entry, in their order, then an
 * {@code IRELATIVE} for each IFUNC's. In an output without a loader the C library's start-up code
 * applies the latter, from {@code __rel(a)_iplt_start} to {@code __rel(a)_iplt_end}; there those of
 * {@code .got} stand with them.
 */
public final class RelPlt extends Synthetic {
  private final ArchInfo info;
  private SlotTable slots;
  private int inGot;

  public RelPlt(ArchInfo info) {
    super(
        info.relPrefix() + ".plt",
        info.rela() ? SHT_RELA : SHT_REL,
        SHF_ALLOC | SHF_INFO_LINK,
        info.wordSize(),
        info.relSize());
    this.info = info;
  }

  public void setSlots(Context ctxt, SlotTable table) {
    slots = table;
    inGot = ctxt.isDynamic() ? 0 : Synthetics.of(ctxt).got().relocs().count();
  }

  private int count() {
    return slots.plts() + slots.iplts() + inGot;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return count() > 0;
  }

  @Override
  public long size() {
    return (long) count() * info.relSize();
  }

  @Override
  public Synthetic link(Context ctxt) {
    return ctxt.isDynamic() ? LoaderTables.of(ctxt).dynSym() : null;
  }

  @Override
  public int info(Context ctxt) {
    return Synthetics.of(ctxt).gotPlt().out() == null
        ? 0
        : Synthetics.of(ctxt).gotPlt().out().index;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    DynSym dynSym = LoaderTables.of(ctxt).dynSym();
    GotPlt got = Synthetics.of(ctxt).gotPlt();
    for (int r = 1; r < slots.rows(); r++) {
      int id = slots.symbol(r);
      if (slots.pltIndex(r) >= 0) {
        int i = slots.pltIndex(r);
        put(ctxt, slice, i, got.slot(i), dynSym.index(id), info.relocations().jumpSlot(), 0);
      } else if (slots.ipltIndex(r) >= 0) {
        int i = slots.ipltIndex(r);
        put(
            ctxt,
            slice,
            slots.plts() + i,
            got.directSlot(i),
            0,
            info.relocations().irelative(),
            ctxt.values().defined(id));
      }
    }
    DynamicSection places = new DynamicSection(ctxt);
    DynamicRelocs relocs = Synthetics.of(ctxt).got().relocs();
    for (int i = 0; i < inGot; i++) {
      long resolver = ctxt.values().defined(relocs.symbol(i));
      long place = places.place(relocs, i);
      put(ctxt, slice, slots.plts() + slots.iplts() + i, place, 0, relocs.type(i), resolver);
    }
  }

  private void put(
      Context ctxt, MemorySegment slice, int i, long place, int sym, int type, long addend) {
    ctxt.elf.putRel(slice, (long) i * info.relSize(), info.rela(), place, sym, type, addend);
  }
}
