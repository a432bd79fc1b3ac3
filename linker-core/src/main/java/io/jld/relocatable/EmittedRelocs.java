package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.frame.EhFrame;
import io.jld.frame.EhRecords;
import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import io.jld.write.SymTab;
import io.jld.write.SymbolWriter;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code .rela.X} beside X ({@code --emit-relocs}): the relocations that the linker has applied,
 * for tools that change the output afterwards. An offset is an address, as in all linked files; a
 * symbol is one of {@code .symtab}, or a section's where the symbol itself has not been kept. Types
 * are those of the inputs. One that is of no use here, because it refers to what is not part of the
 * output, becomes R_*_NONE.
 */
public final class EmittedRelocs extends Synthetic {
  private final OutputSection of;
  private int[] items = new int[8];

  /** Index of each item's first relocation. */
  private int[] starts = new int[8];

  /** What the relocations refer to; set when they are written. */
  private SymTab symTab;

  private SymbolWriter symbolWriter;

  private int itemCount;
  private int count;

  /** Where the relocations of each object's frames begin; null where there are none. */
  private int[] frameStarts;

  public EmittedRelocs(OutputSection of, ArchInfo info) {
    super(
        (info.rela() ? ".rela" : ".rel") + of.name(),
        info.rela() ? SHT_RELA : SHT_REL,
        SHF_INFO_LINK,
        info.wordSize(),
        (info.rela() ? 3L : 2L) * info.wordSize());
    this.of = of;
  }

  /** Adds the relocations of an input section. */
  public void add(Context ctxt, int section) {
    ObjectFile f = ctxt.sections().object(section).file();
    int rel = f.relocSection(ctxt.sections().index(section));
    if (rel == 0) {
      return;
    }
    if (itemCount == items.length) {
      items = Arrays.copyOf(items, itemCount * 2);
      starts = Arrays.copyOf(starts, itemCount * 2);
    }
    items[itemCount] = section;
    starts[itemCount++] = count;
    count = Math.toIntExact(count + f.rawSize(rel) / f.entsize(rel));
  }

  /** Adds the relocations of the records that {@code .eh_frame} is made of. */
  public void addFrames(Context ctxt) {
    EhFrame frames = EhFrame.of(ctxt);
    frameStarts = new int[frames.records().length];
    for (int o = 0; o < frameStarts.length; o++) {
      frameStarts[o] = count;
      count = Math.addExact(count, frames.relocCount(o));
    }
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return count > 0;
  }

  @Override
  public long size() {
    return count * entsize();
  }

  @Override
  public int info(Context ctxt) {
    return of.index;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0);
    symTab = SymTab.of(ctxt);
    symbolWriter = new SymbolWriter(ctxt);
    ctxt.tasks()
        .forRanges(
            itemCount,
            64,
            (from, to) -> {
              RelocReader reader = new RelocReader(ctxt);
              for (int i = from; i < to; i++) {
                write(ctxt, slice, reader, items[i], starts[i] * entsize());
              }
            });
    if (frameStarts != null) {
      ctxt.tasks()
          .forRanges(
              frameStarts.length,
              64,
              (from, to) -> {
                RelocReader reader = new RelocReader(ctxt);
                for (int o = from; o < to; o++) {
                  writeFrames(ctxt, slice, reader, o);
                }
              });
    }
  }

  private void writeFrames(Context ctxt, MemorySegment slice, RelocReader reader, int object) {
    EhFrame frames = EhFrame.of(ctxt);
    EhRecords r = frames.records()[object];
    long at = frameStarts[object] * entsize();
    for (int s = 0; r != null && s < r.sections(); s++) {
      if (!reader.open(r.object(), r.sectionIndex(s), r.content(s), 0, null)) {
        continue;
      }
      for (int i = r.sectionStart(s); i < r.sectionStart(s + 1); i++) {
        if (r.out[i] >= 0
            && EhFrame.narrow(reader, r, s, i, i + 1, frames.addr() + frames.offset(object, i))) {
          for (; reader.next(); at += entsize()) {
            put(ctxt, slice, at, r.object(), reader, reader.place());
          }
        }
      }
    }
  }

  private void write(
      Context ctxt, MemorySegment slice, RelocReader reader, int section, long start) {
    LinkedObject object = ctxt.sections().object(section);
    int index = ctxt.sections().index(section);
    long addr = of.seen(ctxt.sections().addr[section]);
    boolean reversed = ctxt.sections().has(section, SectionTable.REVERSED);
    long last = ctxt.sections().size[section] - ctxt.elf.wordSize;
    if (!reader.open(object, index, ctxt.content(object.file(), index), addr, null)) {
      return;
    }
    for (long at = start; reader.next(); at += entsize()) {
      long offset = addr + (reversed ? last - reader.offset() : reader.offset());
      put(ctxt, slice, at, object, reader, offset);
    }
  }

  /** Writes the reader's relocation as one of the output. */
  private void put(
      Context ctxt,
      MemorySegment slice,
      long at,
      LinkedObject object,
      RelocReader reader,
      long offset) {
    int id = reader.symbol();
    int sym = symTab.index(id);
    long addend = reader.addend();
    if (sym == 0 && id != 0) {
      OutputSection target = target(ctxt, object, reader.elfSymbol(), id);
      if (target == null) {
        return;
      }
      sym = target.index;
      addend += ctxt.symbols().value(id) - target.headerAddr();
    }
    ctxt.elf.putRel(slice, at, ctxt.arch().info().rela(), offset, sym, reader.type(), addend);
  }

  /**
   * The section that a symbol which is not in {@code .symtab} is in; null where that is none of the
   * output's.
   */
  private OutputSection target(Context ctxt, LinkedObject object, int sym, int id) {
    SymbolTable symbols = ctxt.symbols();
    if (id < symbols.globals() || symbols.isDiscarded(id) || object.file().shndx(sym) <= 0) {
      return null;
    }
    int index = symbolWriter.outputIndex(object, object.file().shndx(sym));
    return index == SHN_UNDEF ? null : ctxt.outputSections().get(index - 1);
  }
}
