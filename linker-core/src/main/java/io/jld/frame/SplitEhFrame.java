package io.jld.frame;

import io.jld.elf.Elf;
import io.jld.input.ObjectFile;
import io.jld.input.RelocTable;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.lang.foreign.MemorySegment;

/**
 * Cuts {@code .eh_frame} sections into their records (LSB, "Exception Frames"; x86-64 psABI 4.2.4),
 * so that the records of functions that are left out can be left out too. A record belongs to the
 * section that its first relocation, that of {@code pc_begin}, refers to.
 */
public final class SplitEhFrame {
  private final Context ctxt;

  // The relocations and the content of a section, copied: they are read word by word.
  private final RelocTable relocs = new RelocTable();
  private final FrameBytes bytes = new FrameBytes();

  private LinkedObject object;
  private ObjectFile file;
  private EhRecords records;
  private int section;
  private int relocCount;
  private int reloc;

  /** The CIE of the previous FDE. */
  private int cie;

  /** The offset of the previous relocation. */
  private long before;

  private SplitEhFrame(Context ctxt) {
    this.ctxt = ctxt;
  }

  public static void run(Context ctxt) {
    EhRecords[] all = new EhRecords[ctxt.objects().size()];
    ctxt.tasks()
        .forRanges(
            all.length,
            8,
            () -> new SplitEhFrame(ctxt),
            (split, from, to) -> {
              for (int o = from; o < to; o++) {
                all[o] = split.split(ctxt.objects().get(o));
              }
            });
    ctxt.handOn(new EhFrame(all));
  }

  /** The object's records; null where it has none. */
  private EhRecords split(LinkedObject o) {
    object = o;
    file = o.file();
    records = null;
    for (int i : file.frameSections()) {
      int id = o.sectionId(i);
      if (ctxt.sections().isLive(id)) {
        records = records == null ? new EhRecords(o) : records;
        section(i);
        ctxt.sections().clear(id, SectionTable.LIVE);
        ctxt.sections().set(id, SectionTable.EH_FRAME);
      }
    }
    if (records != null
        && (ctxt.option(LinkOption.GC_SECTIONS)
            || ctxt.option(LinkOption.ICF) != null
            || !ctxt.option(LinkOption.MAP_SINKS).isEmpty())) {
      records.chainTargets();
    }
    return records;
  }

  private void section(int index) {
    section = index;
    MemorySegment content = ctxt.content(file, index);
    if (content.byteSize() > Integer.MAX_VALUE - 16) {
      throw bad(0, "section is too large");
    }
    bytes.load(content);
    int size = (int) content.byteSize();
    openRelocs();
    records.addSection(index, content);
    int first = records.count();
    int at = 0;
    while (at < size) {
      if (size - at < 4) {
        throw bad(at, "record is cut off");
      }
      long length = bytes.u32(at);
      int head = 4;
      if (length == 0) {
        terminator(at, size);
        break;
      }
      if (length == 0xffffffffL) {
        if (size - at < 12) {
          throw bad(at, "record is cut off");
        }
        length = bytes.u64(at + 4);
        head = 12;
      }
      if (length < 4 || length > size - at - head) {
        throw bad(at, "record has an invalid length " + Long.toUnsignedString(length));
      }
      record(at, head, (int) length, first);
      at += head + (int) length;
    }
    records.endSection(reloc);
    checkRest(at, size);
  }

  private void openRelocs() {
    int rel = file.relocSection(section);
    reloc = 0;
    relocCount = 0;
    before = 0;
    if (rel == 0) {
      return;
    }
    relocs.open(file, rel);
    relocCount = Math.min(Integer.MAX_VALUE - 8, relocs.count());
  }

  /** After the last record there may be R_*_NONE at the section's end, and no other relocation. */
  private void checkRest(int at, int size) {
    for (; reloc < relocCount; reloc++) {
      seek(reloc);
      if (relocs.type() != 0 || relocs.offset() < size) {
        throw at < size
            ? bad(at, "relocation lies after the last record")
            : bad(size, "relocation lies outside of its section");
      }
    }
  }

  /** Goes to the relocation after the one before. */
  private void seek(int i) {
    relocs.seek(i);
    long offset = relocs.offset();
    int sym = relocs.symbol();
    if (offset < before || sym < 0 || sym >= Math.max(1, file.symbolCount())) {
      throw badReloc(offset, sym);
    }
    before = offset;
  }

  private LinkException badReloc(long offset, int sym) {
    return offset < before
        ? bad(offset, "relocations are not sorted by offset")
        : bad(offset, "relocation has an invalid symbol index " + Integer.toUnsignedString(sym));
  }

  /** Only zeros may follow: whoever reads the table stops here. */
  private void terminator(int at, int size) {
    for (int i = at; i < size; i++) {
      if (bytes.u8(i) != 0) {
        throw bad(at, "records follow the record of length 0 that ends the table");
      }
    }
    records.setTerminated();
  }

  private void record(int at, int head, int length, int firstOfSection) {
    int first = reloc;
    int end = at + head + length;
    int target = 0;
    boolean found = false;
    long behind = -1; // the first place behind pc_begin that is relocated
    for (; reloc < relocCount; reloc++) {
      seek(reloc);
      long offset = relocs.offset();
      if (offset >= end) {
        break;
      }
      if (relocs.type() == 0) {
        continue;
      }
      if (offset < at + head + 4) {
        throw bad(offset, "relocation of a record's length or CIE pointer");
      }
      if (!found) { // the first relocation is not that of pc_begin: ld -r has left this function
        // out
        found = true;
        target = offset == at + head + 4 ? sectionOf(relocs.symbol()) : 0;
      }
      behind = behind < 0 && offset > at + head + 4 ? offset : behind;
    }
    long id = bytes.u32(at + head);
    if (id == 0) {
      records.addCie(at, end - at, first, cieAt(at, end, first));
      return;
    }
    cie = findCie(at + head - id, at, firstOfSection);
    int width = records.says(cie).pointerWidth();
    // where code may get shorter, the function's size is the difference of two relocations
    boolean empty = behind != at + head + 4 + width && isEmpty(at + head + 4, end, width);
    records.addFde(at, end - at, first, cie, empty ? 0 : target);
  }

  /** What a CIE says, whose first relocation is {@code first}. */
  private Cie cieAt(int at, int end, int first) {
    long[] references = new long[3 * (reloc - first)];
    int k = 0;
    for (int i = first; i < reloc; i++) {
      relocs.seek(i);
      int sym = relocs.symbol();
      int id = sym == 0 ? 0 : object.symbolId(sym);
      references[k++] = relocs.offset() - at;
      references[k++] = (long) relocs.type() << 32 | id;
      references[k++] = relocs.hasAddends() ? relocs.addend() : 0;
    }
    return new Cie(bytes.copy(at, end), references, relocs.hasAddends(), ctxt.elf.wordSize);
  }

  /**
   * Whether an FDE describes no code at all. In a search it could only hide the FDE of the function
   * that begins at the same address.
   *
   * @param at where {@code pc_begin} is; the size of the code follows
   * @param width of both in bytes; 0 if it is not known
   */
  private boolean isEmpty(int at, int end, int width) {
    if (width == 0 || end - at < 2 * width) {
      return false;
    }
    return width == 4 ? bytes.u32(at + 4) == 0 : bytes.u64(at + 8) == 0;
  }

  private boolean isCieAt(int record, long offset) {
    return records.start(record) == offset && records.isCie(record);
  }

  /** The number of the CIE at an offset; most FDEs have that of the one before. */
  private int findCie(long offset, int at, int firstOfSection) {
    int lo = firstOfSection;
    int hi = records.count() - 1;
    if (cie >= lo && cie <= hi && isCieAt(cie, offset)) {
      return cie;
    }
    while (lo <= hi) {
      int mid = (lo + hi) >>> 1;
      if (isCieAt(mid, offset)) {
        return mid;
      }
      if (records.start(mid) < offset) {
        lo = mid + 1;
      } else {
        hi = mid - 1;
      }
    }
    throw bad(at, "FDE refers to a CIE that does not exist");
  }

  /** The section that a symbol is in; 0 where it is in none. */
  private int sectionOf(int sym) {
    int ndx = file.shndx(sym);
    if (ndx > 0) {
      return object.sectionId(ndx);
    }
    boolean elsewhere = ndx == Elf.SHN_UNDEF && sym >= file.firstGlobal();
    return elsewhere ? ctxt.symbols().section(object.symbolId(sym)) : 0;
  }

  private LinkException bad(long offset, String reason) {
    return new LinkException(
        DiagnosticCode.MALFORMED_CONTENT, file.location(section, offset), reason);
  }
}
