package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.elf.ElfClass;
import io.jld.layout.BinaryOutput;
import io.jld.layout.ProgramHeaders;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what is sized last: file header, program headers, {@code .symtab}, {@code .strtab}, {@code
 * .shstrtab}, section headers, and zeros into the gaps between all of them, so that every byte of
 * the output is written.
 */
public final class WriteTables {
  private final Context ctxt;
  private final ElfClass elf;

  private WriteTables(Context ctxt) {
    this.ctxt = ctxt;
    this.elf = ctxt.elf;
  }

  public static void run(Context ctxt) {
    if (BinaryOutput.isWanted(ctxt)) {
      BinaryOutput.fillGaps(ctxt);
    } else {
      new WriteTables(ctxt).write();
    }
  }

  private void write() {
    List<ProgramHeaders.Header> phdrs = ProgramHeaders.make(ctxt, ctxt.layout.base());
    MemorySegment head = slice(0, ProgramHeaders.headerSize(ctxt, phdrs.size()));
    writeHeader(head, phdrs.size());
    ProgramHeaders.write(ctxt, head, phdrs);
    fillGaps(head.byteSize());
    Tables t = ctxt.tables;
    if (ctxt.symTab.isNeeded(ctxt)) {
      SymTab y = ctxt.symTab;
      long end = t.extended() == 0 ? t.strtab() + y.stringSize() : t.extended() + y.extendedSize();
      MemorySegment all = slice(t.symtab(), end - t.symtab());
      MemorySegment names = all.asSlice(y.size(), y.stringSize());
      MemorySegment extended = null;
      if (t.extended() != 0) {
        MemorySegment rest = all.asSlice(y.size() + y.stringSize());
        rest.fill((byte) 0);
        extended = rest.asSlice(rest.byteSize() - y.extendedSize());
      }
      y.write(ctxt, all.asSlice(0, y.size()), names, extended);
    }
    slice(t.shstrtab(), t.names().length).copyFrom(MemorySegment.ofArray(t.names()));
    writeSectionHeaders(slice(t.headers(), (long) t.count() * elf.shdrSize), t);
  }

  /** A part of the output to write to, until the next one is asked for. */
  private MemorySegment slice(long offset, long size) {
    ctxt.out().seekSet(offset);
    return ctxt.out().writeSym(null, size);
  }

  private void writeHeader(MemorySegment head, int phnum) {
    ArchInfo info = ctxt.arch().info();
    int word = elf.wordSize;
    MemorySegment h = head.asSlice(0, elf.ehdrSize);
    h.fill((byte) 0);
    ElfClass.put32(h, 0, 0x464c457f);
    ElfClass.put8(h, 4, elf.is64() ? ELFCLASS64 : ELFCLASS32);
    ElfClass.put8(h, 5, ELFDATA2LSB);
    ElfClass.put8(h, 6, 1);
    ElfClass.put8(h, 7, ctxt.symTab.hasGnuSymbols() ? ELFOSABI_GNU : ELFOSABI_NONE);
    ElfClass.put16(h, 16, ctxt.kind() == OutputKind.EXECUTABLE ? ET_EXEC : ET_DYN);
    ElfClass.put16(h, 18, info.machine());
    ElfClass.put32(h, 20, 1);
    elf.putWord(h, 24, entry());
    elf.putWord(h, 24 + word, elf.ehdrSize);
    elf.putWord(h, 24 + 2L * word, ctxt.tables.headers());
    long p = 24 + 3L * word + 4;
    ElfClass.put16(h, p, elf.ehdrSize);
    ElfClass.put16(h, p + 2, elf.phdrSize);
    ElfClass.put16(h, p + 4, phnum);
    ElfClass.put16(h, p + 6, elf.shdrSize);
    int shnum = ctxt.tables.count();
    ElfClass.put16(h, p + 8, shnum < SHN_LORESERVE ? shnum : 0);
    ElfClass.put16(h, p + 10, shnum - 1 < SHN_LORESERVE ? shnum - 1 : SHN_XINDEX);
  }

  /**
   * {@code -e} or a script's {@code ENTRY}: a symbol or a number; {@code _start} where there is
   * none; the code's start where that is missing too.
   */
  private long entry() {
    String entry = ctxt.script.entry(ctxt);
    String name = entry.isEmpty() ? "_start" : entry;
    int id = ctxt.names.find(name);
    if (id != 0 && ctxt.symbols.isDefined(id)) {
      return ctxt.symbols.value(id);
    }
    if (!entry.isEmpty() && Character.isDigit(entry.charAt(0))) {
      return io.jld.script.ExpressionParser.parse("-e", entry)
          .evaluate(s -> java.util.OptionalLong.empty());
    }
    if (ctxt.isShared()) {
      return 0;
    }
    OutputSection text = ctxt.outputSection(".text");
    long start = text == null ? 0 : text.addr;
    ctxt.warning(
        io.jld.link.Location.NONE,
        "cannot find entry symbol " + name + "; defaulting to 0x" + Long.toHexString(start));
    return start;
  }

  private void fillGaps(long headers) {
    long at = headers;
    List<OutputSection> sections = new ArrayList<>(ctxt.outputSections);
    // Addresses may have been asked for in another order.
    sections.sort((a, b) -> Long.compare(a.offset, b.offset));
    for (OutputSection s : sections) {
      if (s.length() > 0) {
        zero(at, s.offset);
        at = s.offset + s.length();
      }
    }
    Tables t = ctxt.tables;
    if (ctxt.symTab.isNeeded(ctxt)) {
      zero(at, t.symtab());
      at =
          t.extended() == 0
              ? t.strtab() + ctxt.symTab.stringSize()
              : t.extended() + ctxt.symTab.extendedSize();
    }
    zero(at, t.shstrtab());
    zero(t.shstrtab() + t.names().length, t.headers());
  }

  private void zero(long from, long to) {
    if (to > from) {
      slice(from, to - from).fill((byte) 0);
    }
  }

  private void writeSectionHeaders(MemorySegment out, Tables t) {
    long at = 0;
    int shnum = t.count();
    elf.putShdr(
        out,
        at,
        0,
        SHT_NULL,
        0,
        0,
        0,
        shnum < SHN_LORESERVE ? 0 : shnum,
        shnum - 1 < SHN_LORESERVE ? 0 : shnum - 1,
        0,
        0,
        0);
    for (OutputSection s : ctxt.outputSections) {
      at += elf.shdrSize;
      int link = 0;
      int info = 0;
      if (s.synthetics().size() == 1) {
        Synthetic y = s.synthetics().get(0);
        Synthetic other = y.link(ctxt);
        link = other == null || other.out() == null ? 0 : other.out().index;
        info = y.info(ctxt);
      }
      if (s.linked != null) {
        link = s.linked.index;
      }
      if (link == 0 && isRel(s) && ctxt.symTab.isNeeded(ctxt)) {
        link =
            ctxt.outputSections.size()
                + 1; // gABI, "sh_link and sh_info": .symtab, where there is no .dynsym
      }
      // to keep a section from --gc-sections is a request to this link, and done
      long kept = s.flags() & ~SHF_GNU_RETAIN;
      long flags = kept | (info != 0 && isRel(s) ? SHF_INFO_LINK : 0);
      elf.putShdr(
          out,
          at,
          s.nameOffset,
          s.type(),
          flags,
          s.isAlloc() ? s.addr : 0,
          s.offset,
          s.size,
          link,
          info,
          alignment(s),
          s.entsize());
    }
    int n = ctxt.outputSections.size();
    if (ctxt.symTab.isNeeded(ctxt)) {
      SymTab y = ctxt.symTab;
      at += elf.shdrSize;
      elf.putShdr(
          out,
          at,
          t.symtabName(),
          SHT_SYMTAB,
          0,
          0,
          t.symtab(),
          y.size(),
          n + 2,
          y.locals(),
          elf.wordSize,
          elf.symSize);
      at += elf.shdrSize;
      elf.putShdr(
          out, at, t.strtabName(), SHT_STRTAB, 0, 0, t.strtab(), y.stringSize(), 0, 0, 1, 0);
      if (t.extended() != 0) {
        at += elf.shdrSize;
        elf.putShdr(
            out,
            at,
            t.extendedName(),
            SHT_SYMTAB_SHNDX,
            0,
            0,
            t.extended(),
            y.extendedSize(),
            n + 1,
            0,
            4,
            4);
      }
    }
    at += elf.shdrSize;
    elf.putShdr(
        out, at, t.shstrtabName(), SHT_STRTAB, 0, 0, t.shstrtab(), t.names().length, 0, 0, 1, 0);
  }

  /**
   * gABI, "sh_addralign": the address is a multiple of it, wherever a script has put the section.
   */
  private static long alignment(OutputSection s) {
    boolean isAligned = !s.isAlloc() || (s.addr & (s.align() - 1)) == 0;
    return isAligned ? s.align() : Long.lowestOneBit(s.addr);
  }

  private static boolean isRel(OutputSection s) {
    return s.type() == SHT_RELA || s.type() == SHT_REL;
  }
}
