package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.frame.FrameEdit;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.SectionSyms;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The content of a relocatable output in the order of the file. Tables of relocations and groups
 * are content here as well.
 */
public final class RelocatableSyms extends SectionSyms {
  private final Relocatable output;
  private final int[] relocated;

  /**
   * @param of the sections with content, in the order of the file
   */
  RelocatableSyms(Context ctxt, List<OutputSection> of) {
    super(ctxt, of);
    output = Relocatable.of(ctxt);
    relocated = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      relocated[i] = ids[i] < 0 ? 0 : relocatedBy(ids[i]);
    }
  }

  /** The index of the section that relocations apply to; 0 for other sections. */
  private int relocatedBy(int id) {
    ObjectFile f = sections.object(id).file();
    int i = sections.index(id);
    int type = f.type(i);
    return type == SHT_REL || type == SHT_RELA ? f.info(i) : 0;
  }

  @Override
  public MemorySegment content(int i) {
    int id = ids[i];
    int type = id < 0 ? SHT_GROUP : sections.object(id).file().type(sections.index(id));
    boolean made =
        relocated[i] != 0
            || type == SHT_GROUP
            || type == SHT_NOBITS // beside others that have content
            || output.frames.containsKey(id);
    return made ? null : ctxt.content(sections.object(id).file(), sections.index(id));
  }

  @Override
  public void finish(Link link, int i, MemorySegment slice) {
    int id = ids[i];
    if (id < 0) {
      synthetic(id).write(ctxt, slice);
      return;
    }
    LinkedObject object = sections.object(id);
    int index = sections.index(id);
    if (relocated[i] != 0) {
      rewrite(object, relocated[i], slice);
    } else if (object.file().type(index) == SHT_GROUP) {
      writeGroup(object, index, slice);
    } else if (object.file().type(index) == SHT_NOBITS) {
      Bytes.zero(slice, 0, slice.byteSize());
    } else {
      adjust(object, index, slice);
    }
  }

  /** Relocations: offsets, symbols and addends become the output's. */
  private void rewrite(LinkedObject object, int section, MemorySegment slice) {
    int id = object.sectionId(section);
    long moved = sections.addr[id] - ctxt.outputOf(id).addr;
    FrameEdit edit = output.frames.get(id);
    RelocationCursor r = new RelocationCursor(ctxt);
    r.open(object, section, Decompress.size(object.file(), section));
    long at = 0;
    while (r.next()) {
      long offset = edit == null ? r.offset() : edit.map(r.offset());
      if (!r.isGone() && offset >= 0) {
        long addend = r.hasAddends() ? r.addend() : 0;
        ctxt.elf.putRel(
            slice, at, r.hasAddends(), offset + moved, r.outputSymbol(), r.type(), addend);
        at += r.entry();
      }
    }
  }

  /**
   * Content: addends that stand in it become the output's, and fields whose target is gone get a
   * value that says so: 0, or 1 in the lists of debug information that a pair of zeros would end.
   */
  private void adjust(LinkedObject object, int section, MemorySegment slice) {
    ObjectFile f = object.file();
    FrameEdit edit = output.frames.get(object.sectionId(section));
    if (edit != null) {
      edit.write(slice);
    }
    int rel = f.relocSection(section);
    if (rel == 0 || f.type(section) == SHT_NOBITS) {
      return;
    }
    boolean rela = f.type(rel) == SHT_RELA;
    if (rela && !output.dangling[object.order()]) {
      return;
    }
    int nothing = f.isNamed(section, ".debug_ranges") || f.isNamed(section, ".debug_loc") ? 1 : 0;
    RelocationCursor r = new RelocationCursor(ctxt);
    r.open(object, section, Decompress.size(f, section));
    Slice fields = new Slice();
    fields.edit(slice);
    while (r.next()) {
      long at = edit == null ? r.offset() : edit.map(r.offset());
      if (at < 0) {
        continue;
      }
      if (r.isGone()) {
        r.putField(fields, at, nothing);
      } else if (!rela && r.shift() != 0) {
        long addend = r.implicitAddend(fields, at);
        if (!r.fits(addend)) {
          tooLarge(f, section, r, addend);
        }
        r.putField(fields, at, addend);
      }
    }
    fields.close();
  }

  private void tooLarge(ObjectFile f, int section, RelocationCursor r, long addend) {
    ctxt.error(
        DiagnosticCode.RELOCATION_OVERFLOW,
        f.location(section, r.offset()),
        "the addend of "
            + ctxt.arch().relocationName(r.type())
            + " against '"
            + r.symbolName()
            + "' does not fit: "
            + addend);
  }

  /** A group: its flags, then the output's indices of its members. */
  private void writeGroup(LinkedObject object, int section, MemorySegment slice) {
    ElfClass.put32(slice, 0, ElfClass.u32(object.file().rawContent(section), 0));
    long at = 4;
    for (Relocatable.Part p : output.parts.get(sections.out[object.sectionId(section)]).members) {
      ElfClass.put32(slice, at, p.out.index);
      at += 4;
    }
  }
}
