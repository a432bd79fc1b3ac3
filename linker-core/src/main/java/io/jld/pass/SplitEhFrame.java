package io.jld.pass;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.InputFile;
import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import io.jld.symbol.SectionTable;
import io.jld.synth.EhRecords;
import java.lang.foreign.MemorySegment;

/**
 * Cuts {@code .eh_frame} sections into their records (LSB, "Exception Frames"; x86-64 psABI 4.2.4),
 * so that the records of functions that are left out can be left out too. A record belongs to the
 * section that its first relocation, that of {@code pc_begin}, refers to.
 */
final class SplitEhFrame {
  private final Context ctxt;
  private final ObjectFile file;
  private final EhRecords records;
  private int section;
  private MemorySegment content;
  private MemorySegment relocs;
  private int relocSize;
  private int relocCount;
  private int reloc;

  private SplitEhFrame(Context ctxt, ObjectFile file) {
    this.ctxt = ctxt;
    this.file = file;
    this.records = new EhRecords(file);
  }

  static void run(Context ctxt) {
    EhRecords[] all = new EhRecords[ctxt.objects.size()];
    ctxt.tasks()
        .forRanges(
            all.length,
            8,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                all[o] = split(ctxt, ctxt.objects.get(o));
              }
            });
    ctxt.ehFrame.setRecords(all);
  }

  /** The object's records; null where it has none. */
  private static EhRecords split(Context ctxt, ObjectFile file) {
    SplitEhFrame split = null;
    for (int i = 1; i < file.sectionCount(); i++) {
      int id = file.firstSection() + i;
      if (isEhFrame(file, i) && ctxt.sections.isLive(id)) {
        split = split == null ? new SplitEhFrame(ctxt, file) : split;
        split.section(i);
        ctxt.sections.clear(id, SectionTable.LIVE);
        ctxt.sections.set(id, SectionTable.EH_FRAME);
      }
    }
    if (split == null) {
      return null;
    }
    split.records.finish();
    return split.records;
  }

  private static boolean isEhFrame(ObjectFile file, int i) {
    int type = file.type(i);
    return (type == Elf.SHT_PROGBITS || type == Elf.SHT_X86_64_UNWIND)
        && (file.flags(i) & Elf.SHF_ALLOC) != 0
        && file.isNamed(i, ".eh_frame");
  }

  private void section(int index) {
    section = index;
    content = ctxt.content(file, index);
    verify(content.byteSize() <= Integer.MAX_VALUE - 16, 0, "section is too large");
    openRelocs();
    records.addSection(index, content, relocCount);
    int first = records.count();
    long size = content.byteSize();
    long at = 0;
    while (at < size) {
      verify(size - at >= 4, at, "record is cut off");
      long length = ElfClass.u32(content, at);
      int head = 4;
      if (length == 0) {
        terminator(at);
        return;
      }
      if (length == 0xffffffffL) {
        verify(size - at >= 12, at, "record is cut off");
        length = ElfClass.u64(content, at + 4);
        head = 12;
      }
      verify(
          length >= 4 && length <= size - at - head,
          at,
          "record has an invalid length " + Long.toUnsignedString(length));
      record((int) at, head, (int) length, first);
      at += head + length;
    }
    verify(reloc == relocCount, size, "relocation lies outside of its section");
  }

  private void openRelocs() {
    int rel = file.relocSection(section);
    reloc = 0;
    relocCount = 0;
    if (rel == 0) {
      return;
    }
    relocs = file.rawContent(rel);
    relocSize = (file.type(rel) == Elf.SHT_RELA ? 3 : 2) * file.elf().wordSize;
    relocCount = (int) Math.min(Integer.MAX_VALUE - 8, relocs.byteSize() / relocSize);
    long before = 0;
    for (int i = 0; i < relocCount; i++) {
      long offset = file.elf().rOffset(relocs, (long) i * relocSize);
      verify(offset >= before, offset, "relocations are not sorted by offset");
      before = offset;
      int sym = file.elf().rSym(relocs, (long) i * relocSize);
      verify(
          sym >= 0 && sym < Math.max(1, file.symbolCount()),
          offset,
          "relocation has an invalid symbol index " + Integer.toUnsignedString(sym));
    }
    while (relocCount > 0
        && relocType(relocCount - 1) == 0
        && relocOffset(relocCount - 1) >= content.byteSize()) {
      relocCount--; // R_*_NONE at the section's end
    }
  }

  /** Only zeros may follow: whoever reads the table stops here. */
  private void terminator(long at) {
    long rest = content.byteSize() - at;
    MemorySegment tail = content.asSlice(at, rest);
    for (long i = 0; i < rest; i++) {
      verify(
          ElfClass.u8(tail, i) == 0,
          at,
          "records follow the record of length 0 that ends the table");
    }
    verify(reloc == relocCount, at, "relocation lies behind the last record");
    records.setTerminated();
  }

  private void record(int at, int head, int length, int firstOfSection) {
    int first = reloc;
    int end = at + head + length;
    while (reloc < relocCount && relocOffset(reloc) < end) {
      verify(
          relocOffset(reloc) >= at + head + 4 || relocType(reloc) == 0,
          relocOffset(reloc),
          "relocation of a record's length or CIE pointer");
      reloc++;
    }
    long id = ElfClass.u32(content, at + head);
    if (id == 0) {
      records.add(at, end - at, first, EhRecords.IS_CIE, 0);
    } else {
      long cie = at + head - id;
      records.add(
          at, end - at, first, findCie(cie, at, firstOfSection), target(first, at + head + 4));
    }
  }

  /** The number of the CIE at an offset. */
  private int findCie(long offset, int at, int firstOfSection) {
    int lo = firstOfSection;
    int hi = records.count() - 1;
    while (lo <= hi) {
      int mid = (lo + hi) >>> 1;
      if (records.start(mid) == offset && records.isCie(mid)) {
        return mid;
      }
      if (records.start(mid) < offset) {
        lo = mid + 1;
      } else {
        hi = mid - 1;
      }
    }
    throw new LinkException(file.location(section, at), "FDE refers to a CIE that does not exist");
  }

  /**
   * The section that the relocation of {@code pc_begin} refers to; 0 where it has none, as for a
   * function that {@code ld -r} left out.
   */
  private int target(int first, int pcOffset) {
    for (int i = first; i < reloc; i++) {
      if (relocType(i) != 0) {
        return relocOffset(i) == pcOffset
            ? sectionOf(file.elf().rSym(relocs, (long) i * relocSize))
            : 0;
      }
    }
    return 0;
  }

  private int sectionOf(int sym) {
    int ndx = file.shndx(sym);
    if (ndx > 0) {
      return file.firstSection() + ndx;
    }
    int id = file.symbolId(sym);
    if (ndx != Elf.SHN_UNDEF || sym < file.firstGlobal() || !ctxt.symbols.isDefined(id)) {
      return 0;
    }
    InputFile definer = ctxt.symbols.file(id);
    int there = definer instanceof ObjectFile o ? o.shndx(ctxt.symbols.index(id)) : 0;
    return there > 0 ? ((ObjectFile) definer).firstSection() + there : 0;
  }

  private long relocOffset(int i) {
    return file.elf().rOffset(relocs, (long) i * relocSize);
  }

  private int relocType(int i) {
    return file.elf().rType(relocs, (long) i * relocSize);
  }

  private void verify(boolean condition, long offset, String reason) {
    if (!condition) {
      throw new LinkException(file.location(section, offset), reason);
    }
  }
}
