package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.layout.AssignAddresses;
import io.jld.layout.AssignedValues;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.script.ExpressionParser;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The tables of a relocatable output: file header, {@code .symtab}, {@code .symtab_shndx} where
 * there are more than 65,279 sections, {@code .strtab}, {@code .shstrtab}, section headers, and
 * zeros into the gaps between all sections.
 */
public final class WriteRelocatable {
  private final Context ctxt;
  private final ElfClass elf;
  private final RelocatableSymTab symTab;
  private final int sections;
  private final boolean extended;
  private final Map<String, Integer> nameOffsets = new HashMap<>();
  private final ByteArrayOutputStream names = new ByteArrayOutputStream();

  // Where the tables are, in bytes from the file's start
  private final long symtab;
  private final long shndx;
  private final long strtab;
  private final long shstrtab;
  private final long headers;
  private final int count;
  private final long size;
  private final int[] tableNames;

  private WriteRelocatable(Context ctxt) {
    this.ctxt = ctxt;
    this.elf = ctxt.elf;
    this.symTab = ctxt.relocatable.symTab;
    this.sections = ctxt.outputSections.size();
    this.extended = sections >= SHN_LORESERVE;
    names.write(0);
    for (OutputSection s : ctxt.outputSections) {
      s.nameOffset = name(s.name());
    }
    tableNames =
        new int[] {
          name(".symtab"), extended ? name(".symtab_shndx") : 0, name(".strtab"), name(".shstrtab")
        };
    symtab = AssignAddresses.align(ctxt.layout.size(), elf.wordSize);
    shndx = symtab + symTab.size();
    strtab = shndx + (extended ? 4L * symTab.count() : 0);
    shstrtab = strtab + symTab.stringSize();
    headers = AssignAddresses.align(shstrtab + names.size(), 8);
    count = sections + (extended ? 5 : 4);
    size = headers + (long) count * elf.shdrSize;
  }

  /** The size of the file in bytes. */
  public static long place(Context ctxt) {
    return new WriteRelocatable(ctxt).size;
  }

  public static void run(Context ctxt) {
    new WriteRelocatable(ctxt).write();
  }

  private int name(String name) {
    return nameOffsets.computeIfAbsent(
        name,
        n -> {
          int at = names.size();
          names.writeBytes(NameBytes.bytes(n));
          names.write(0);
          return at;
        });
  }

  /** A part of the output to write to, until the next one is asked for. */
  private MemorySegment slice(long offset, long length) {
    ctxt.out().seekSet(offset);
    return ctxt.out().writeSym(null, length);
  }

  private void write() {
    writeHeader(slice(0, elf.ehdrSize));
    fillGaps();
    MemorySegment tables = slice(symtab, shstrtab - symtab);
    symTab.write(
        tables.asSlice(0, symTab.size()),
        extended ? tables.asSlice(shndx - symtab, strtab - shndx) : null,
        tables.asSlice(strtab - symtab));
    slice(shstrtab, names.size()).copyFrom(MemorySegment.ofArray(names.toByteArray()));
    writeSectionHeaders(slice(headers, size - headers));
  }

  private void writeHeader(MemorySegment h) {
    ArchInfo info = ctxt.arch().info();
    int word = elf.wordSize;
    h.fill((byte) 0);
    ElfClass.put32(h, 0, 0x464c457f);
    ElfClass.put8(h, 4, elf.is64() ? ELFCLASS64 : ELFCLASS32);
    ElfClass.put8(h, 5, ELFDATA2LSB);
    ElfClass.put8(h, 6, 1);
    ElfClass.put8(
        h,
        7,
        symTab.hasGnuSymbols() || ctxt.relocatable.gnuSections ? ELFOSABI_GNU : ELFOSABI_NONE);
    ElfClass.put16(h, 16, ET_REL);
    ElfClass.put16(h, 18, info.machine());
    ElfClass.put32(h, 20, 1);
    elf.putWord(h, 24, entry());
    elf.putWord(h, 24 + 2L * word, headers);
    long p = 24 + 3L * word + 4;
    ElfClass.put16(h, p, elf.ehdrSize);
    ElfClass.put16(h, p + 6, elf.shdrSize);
    ElfClass.put16(h, p + 8, count < SHN_LORESERVE ? count : 0);
    ElfClass.put16(h, p + 10, count - 1 < SHN_LORESERVE ? count - 1 : SHN_XINDEX);
  }

  /** Where {@code -e} or a script says so; a symbol's value is the offset in its section. */
  private long entry() {
    String entry = ctxt.script.entry(ctxt);
    int id = entry.isEmpty() ? 0 : ctxt.names.find(entry);
    if (id != 0 && ctxt.symbols.isDefined(id)) {
      AssignedValues.Value v = AssignedValues.offset(ctxt, id);
      return v == null ? 0 : v.offset();
    }
    boolean number = !entry.isEmpty() && Character.isDigit(entry.charAt(0));
    return number ? ExpressionParser.parse("-e", entry).evaluate(s -> OptionalLong.empty()) : 0;
  }

  private void fillGaps() {
    long at = elf.ehdrSize;
    for (OutputSection s : ctxt.outputSections) {
      if (s.length() > 0) {
        zero(at, s.offset);
        at = s.offset + s.length();
      }
    }
    zero(at, symtab);
    zero(shstrtab + names.size(), headers);
  }

  private void zero(long from, long to) {
    if (to > from) {
      slice(from, to - from).fill((byte) 0);
    }
  }

  private void writeSectionHeaders(MemorySegment out) {
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
        0,
        0,
        0);
    long at = 0;
    for (OutputSection s : ctxt.outputSections) {
      at += elf.shdrSize;
      elf.putShdr(
          out,
          at,
          s.nameOffset,
          s.type(),
          s.flags(),
          0,
          s.offset,
          s.size,
          link(s),
          info(s),
          s.align(),
          s.entsize());
    }
    int strings = sections + (extended ? 3 : 2);
    at += elf.shdrSize;
    elf.putShdr(
        out,
        at,
        tableNames[0],
        SHT_SYMTAB,
        0,
        0,
        symtab,
        symTab.size(),
        strings,
        symTab.locals(),
        elf.wordSize,
        elf.symSize);
    if (extended) {
      at += elf.shdrSize;
      elf.putShdr(
          out,
          at,
          tableNames[1],
          SHT_SYMTAB_SHNDX,
          0,
          0,
          shndx,
          strtab - shndx,
          sections + 1,
          0,
          4,
          4);
    }
    at += elf.shdrSize;
    elf.putShdr(out, at, tableNames[2], SHT_STRTAB, 0, 0, strtab, symTab.stringSize(), 0, 0, 1, 0);
    at += elf.shdrSize;
    elf.putShdr(out, at, tableNames[3], SHT_STRTAB, 0, 0, shstrtab, names.size(), 0, 0, 1, 0);
  }

  private int link(OutputSection s) {
    Relocatable.Part p = ctxt.relocatable.part(s);
    if (p.linksSymbols) {
      return sections + 1;
    }
    return p.linked == null ? 0 : p.linked.out.index;
  }

  private int info(OutputSection s) {
    Relocatable.Part p = ctxt.relocatable.part(s);
    if (p.relocated != null) {
      return p.relocated.out.index;
    }
    if (s.type() != SHT_GROUP) {
      return 0;
    }
    int id = s.item(0);
    ObjectFile f = ctxt.sections.object(id);
    return symTab.signature(f, ctxt.sections.index(id));
  }
}
