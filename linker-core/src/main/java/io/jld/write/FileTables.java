package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what every ELF file has beside its contents: the file header, the tables, the section
 * headers, and zeros into the gaps between all of them, so that every byte of the output is written
 * (gABI, "ELF Header", "Sections").
 */
public final class FileTables {
  /** What depends on the kind of the output. */
  public interface Kind {
    /** {@code ET_*}. */
    int type();

    boolean hasGnuSymbols();

    /** {@code e_entry}. */
    long entry();

    /** {@code sh_addr}. */
    long address(OutputSection s);

    /** {@code sh_flags}. */
    long flags(OutputSection s);

    /** {@code sh_link}. */
    int link(OutputSection s);

    /** {@code sh_info}. */
    int info(OutputSection s);
  }

  private final Context ctxt;
  private final ElfClass elf;
  private final Tables tables;
  private final Kind kind;

  public FileTables(Context ctxt, Kind kind) {
    this.ctxt = ctxt;
    this.elf = ctxt.elf;
    this.tables = Tables.of(ctxt);
    this.kind = kind;
  }

  /**
   * Writes all of it but the program headers.
   *
   * @param symbols null where the output has none
   * @param phnum number of program headers, which follow the file header
   */
  public void write(SymbolTables symbols, int phnum) {
    writeHeader(slice(0, elf.ehdrSize), phnum);
    fillGaps(elf.ehdrSize + (long) phnum * elf.phdrSize);
    if (symbols != null) {
      write(symbols);
    }
    if (!tables.hasHeaders()) {
      return;
    }
    OutputSection names = tables.shstrtab();
    slice(names.offset, names.size).copyFrom(MemorySegment.ofArray(tables.names()));
    writeSectionHeaders(slice(tables.headers(), (long) tables.count() * elf.shdrSize), phnum);
  }

  /** A part of the output to write to, until the next one is asked for. */
  public MemorySegment slice(long offset, long size) {
    ctxt.out().seekSet(offset);
    return ctxt.out().writeSym(null, size);
  }

  private void write(SymbolTables symbols) {
    OutputSection table = tables.symtab();
    OutputSection names = tables.strtab();
    OutputSection extended = tables.extended();
    long start = table.offset;
    MemorySegment all = slice(start, names.offset + names.size - start);
    MemorySegment indices = null;
    if (extended != null) {
      indices = all.asSlice(extended.offset - start, extended.size);
      indices.fill((byte) 0);
    }
    symbols.write(
        ctxt, all.asSlice(0, table.size), all.asSlice(names.offset - start, names.size), indices);
  }

  private void writeHeader(MemorySegment h, int phnum) {
    int word = elf.wordSize;
    h.fill((byte) 0);
    ElfClass.put32(h, 0, 0x464c457f);
    ElfClass.put8(h, 4, elf.is64() ? ELFCLASS64 : ELFCLASS32);
    ElfClass.put8(h, 5, ELFDATA2LSB);
    ElfClass.put8(h, 6, 1);
    ElfClass.put8(h, 7, kind.hasGnuSymbols() ? ELFOSABI_GNU : ELFOSABI_NONE);
    ElfClass.put16(h, 16, kind.type());
    ElfClass.put16(h, 18, ctxt.arch().info().machine());
    ElfClass.put32(h, 20, 1);
    elf.putWord(h, 24, kind.entry());
    boolean isLoaded = kind.type() != ET_REL;
    elf.putWord(h, 24 + word, isLoaded ? elf.ehdrSize : 0);
    long p = 24 + 3L * word + 4;
    ElfClass.put32(h, p - 4, ctxt.elfFlags());
    ElfClass.put16(h, p, elf.ehdrSize);
    ElfClass.put16(h, p + 2, isLoaded ? elf.phdrSize : 0);
    ElfClass.put16(h, p + 4, Math.min(phnum, PN_XNUM));
    if (!tables.hasHeaders()) {
      if (phnum >= PN_XNUM) {
        throw new LinkException(
            DiagnosticCode.SEGMENTS,
            Location.NONE,
            phnum + " program headers: without section headers nothing can say how many");
      }
      return;
    }
    elf.putWord(h, 24 + 2L * word, tables.headers());
    ElfClass.put16(h, p + 6, elf.shdrSize);
    int count = tables.count();
    ElfClass.put16(h, p + 8, count < SHN_LORESERVE ? count : 0);
    ElfClass.put16(h, p + 10, count - 1 < SHN_LORESERVE ? count - 1 : SHN_XINDEX);
  }

  private void fillGaps(long headers) {
    long at = headers;
    List<OutputSection> sections = new ArrayList<>(tables.sections());
    // Addresses may have been asked for in another order.
    sections.sort((a, b) -> Long.compare(a.offset, b.offset));
    for (OutputSection s : sections) {
      if (s.length() > 0) {
        zero(at, s.offset);
        at = s.offset + s.length();
      }
    }
    zero(at, tables.headers());
  }

  private void zero(long from, long to) {
    if (to > from) {
      slice(from, to - from).fill((byte) 0);
    }
  }

  private void writeSectionHeaders(MemorySegment out, int phnum) {
    int count = tables.count();
    int last = count - 1;
    // gABI, "ELF Header": numbers that do not fit there are in the null section's header
    elf.putShdr(
        out,
        0,
        0,
        SHT_NULL,
        0,
        0,
        0,
        count < SHN_LORESERVE ? 0 : count,
        last < SHN_LORESERVE ? 0 : last,
        phnum < PN_XNUM ? 0 : phnum,
        0,
        0);
    long at = 0;
    for (OutputSection s : tables.sections()) {
      at += elf.shdrSize;
      elf.putShdr(
          out,
          at,
          s.nameOffset,
          s.type(),
          kind.flags(s),
          kind.address(s),
          s.offset,
          s.size,
          kind.link(s),
          kind.info(s),
          alignment(s),
          s.entsize());
    }
  }

  /**
   * gABI, "sh_addralign": the address is a multiple of it, wherever a script has put the section.
   */
  private long alignment(OutputSection s) {
    boolean isAligned = !s.isAlloc() || kind.type() == ET_REL || (s.addr & (s.align() - 1)) == 0;
    return isAligned ? s.align() : Long.lowestOneBit(s.addr);
  }
}
