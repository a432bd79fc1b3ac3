package io.jld.pass;

import static io.jld.elf.Elf.*;

import io.jld.asmb.Link;
import io.jld.asmb.SymList;
import io.jld.elf.ElfClass;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.symbol.SectionTable;
import io.jld.synth.OutputSection;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The content of some of the output's sections in address order. */
final class OutputSyms extends SectionSyms {
  /** Null in the list that all tasks share. */
  private final RelocReader reader;

  /**
   * @param of the sections with content, in address order
   */
  OutputSyms(Context ctxt, List<OutputSection> of) {
    super(ctxt, of);
    this.reader = null;
  }

  private OutputSyms(OutputSyms all) {
    super(all);
    reader = new RelocReader(ctxt);
  }

  @Override
  public SymList forTask() {
    return new OutputSyms(this);
  }

  @Override
  public MemorySegment content(int i) {
    int id = ids[i];
    return id < 0 || isNobits(id) ? null : ctxt.content(sections.object(id), sections.index(id));
  }

  /** Whether an input section without content stands beside others with content. */
  private boolean isNobits(int id) {
    return sections.object(id).type(sections.index(id)) == SHT_NOBITS;
  }

  @Override
  public void finish(Link link, int i, MemorySegment slice) {
    int id = ids[i];
    if (id < 0) {
      synthetic(id).write(ctxt, slice);
      return;
    }
    ObjectFile f = sections.object(id);
    int index = sections.index(id);
    if (f.type(index) == SHT_NOBITS) {
      slice.fill((byte) 0);
      return;
    }
    if (f.relocSection(index) == 0) {
      return;
    }
    long flags = f.flags(index);
    boolean alloc = (flags & SHF_ALLOC) != 0;
    MemorySegment content = Decompress.isCompressed(f, index) ? slice : f.rawContent(index);
    long addr = alloc ? sections.addr[id] : sections.addr[id] - ctxt.outputOf(id).addr;
    if (reader.open(f, index, content, addr, null)) {
      if (alloc) {
        ctxt.arch().apply(ctxt, reader, slice);
      } else {
        ctxt.arch().applyDebug(ctxt, reader, slice);
      }
    }
    if (sections.has(id, SectionTable.REVERSED)) {
      reverse(ctxt.elf, slice);
    }
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
