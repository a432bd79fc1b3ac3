package io.jld.reloc;

import static io.jld.elf.Elf.*;

import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.asmb.SymList;
import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.SectionSyms;
import io.jld.symbol.SectionEdit;
import io.jld.symbol.SectionTable;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The content of some of the output's sections in address order. */
public final class OutputSyms extends SectionSyms {
  /** Null in the list that all tasks share. */
  private final RelocReader reader;

  private final Slice edited;

  /**
   * @param of the sections with content, in address order
   */
  public OutputSyms(Context ctxt, List<OutputSection> of) {
    super(ctxt, of);
    this.reader = null;
    this.edited = null;
  }

  private OutputSyms(OutputSyms all) {
    super(all);
    reader = new RelocReader(ctxt);
    edited = new Slice();
  }

  @Override
  public SymList forTask() {
    return new OutputSyms(this);
  }

  @Override
  public MemorySegment content(int i) {
    int id = ids[i];
    if (id < 0) {
      return null;
    }
    ObjectFile f = sections.object(id).file();
    int index = sections.index(id);
    return isMade(f, index) ? null : ctxt.content(f, index);
  }

  /**
   * Whether {@link #finish} writes the section: it has relocations, or no content though it stands
   * beside others that have.
   */
  private static boolean isMade(ObjectFile f, int index) {
    return f.relocSection(index) != 0 || f.type(index) == SHT_NOBITS;
  }

  @Override
  public void finish(Link link, int i, MemorySegment slice) {
    int id = ids[i];
    if (id < 0) {
      synthetic(id).write(ctxt, slice);
      return;
    }
    ObjectFile f = sections.object(id).file();
    int index = sections.index(id);
    if (f.relocSection(index) != 0 && f.type(index) != SHT_NOBITS) {
      relocate(id, f, index, slice);
    }
    if (f.type(index) == SHT_NOBITS || sections.has(id, SectionTable.REVERSED)) {
      finishOther(f, index, slice);
    }
  }

  /** The rest of {@link #finish}, which few sections need. */
  private void finishOther(ObjectFile f, int index, MemorySegment slice) {
    if (f.type(index) == SHT_NOBITS) {
      Bytes.zero(slice, 0, slice.byteSize());
    } else {
      reverse(ctxt.elf, slice);
    }
  }

  private void relocate(int id, ObjectFile f, int index, MemorySegment slice) {
    MemorySegment content = ctxt.content(f, index);
    SectionEdit edit = sections.edit(id);
    if (edit != null) {
      content = MemorySegment.ofArray(edit.cut(Bytes.of(content)));
    }
    boolean alloc = (f.flags(index) & SHF_ALLOC) != 0;
    long addr = alloc ? sections.addr[id] : ctxt.outputOf(id).seen(sections.addr[id]);
    reader.open(sections.object(id), index, content, addr, null);
    edited.open(content, slice);
    if (alloc) {
      ctxt.arch().apply(ctxt, reader, edited);
    } else {
      ctxt.arch().applyDebug(ctxt, reader, edited);
    }
    edited.close();
  }

  private static void reverse(ElfClass elf, MemorySegment slice) {
    long last = slice.byteSize() - elf.wordSize;
    for (long a = 0, b = last; a < b; a += elf.wordSize, b -= elf.wordSize) {
      long x = elf.word(slice, a);
      elf.putWord(slice, a, elf.word(slice, b));
      elf.putWord(slice, b, x);
    }
  }
}
