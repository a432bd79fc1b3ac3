package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * Reads an object's symbol table with its string table and its {@code SHT_SYMTAB_SHNDX} (gABI,
 * "Symbol Table"), and checks what does not depend on names: that these and the sections are there,
 * that local symbols come first, that common ones are global data.
 */
final class SymbolTableReader {
  private final ObjectFile file;
  private final int section;
  private final SectionHeaders shdrs;

  final SymWords words;
  final int count;

  /** Index of the first symbol that is not local ({@code sh_info}). */
  final int firstGlobal;

  /** The table of section indices that don't fit into a symbol; of no size where there is none. */
  final MemorySegment xindex;

  /** Index of the string table's section; 0 where there is no symbol table. */
  final int strings;

  /**
   * @param section index of {@code .symtab}; 0 where there is none, which reads as a table without
   *     symbols
   * @param extended whether there is a section of type {@code SHT_SYMTAB_SHNDX}
   * @throws LinkException where it is no sound table
   */
  SymbolTableReader(ObjectFile file, SectionHeaders shdrs, int section, boolean extended) {
    this.file = file;
    this.shdrs = shdrs;
    this.section = section;
    if (section == 0) {
      words = SymWords.NONE;
      count = 0;
      firstGlobal = 0;
      xindex = MemorySegment.NULL;
      strings = 0;
      return;
    }
    ElfClass elf = file.elf();
    long size = shdrs.size(section);
    if (size % elf.symSize != 0 || size / 4 > Integer.MAX_VALUE - 8) {
      throw badTable("symbol table has an invalid size");
    }
    words = SymWords.of(elf, file.data(), shdrs.offset(section), size);
    count = (int) (size / elf.symSize);
    strings = shdrs.link(section);
    if (strings <= 0 || strings >= shdrs.count()) {
      throw badTable("symbol table has no string table");
    }
    file.checkStrings(strings);
    firstGlobal = shdrs.info(section);
    if (firstGlobal < 0 || firstGlobal > count || (count > 0 && firstGlobal == 0)) {
      throw badTable("symbol table has an invalid sh_info");
    }
    xindex = extended ? extendedIndices() : MemorySegment.NULL;
    check(shdrs.size(strings));
  }

  private LinkException badTable(String reason) {
    return bad(shdrs.place(section), reason);
  }

  private LinkException bad(long at, String reason) {
    return new LinkException(DiagnosticCode.MALFORMED_OBJECT, file.location().at(at), reason);
  }

  private MemorySegment extendedIndices() {
    MemorySegment found = MemorySegment.NULL;
    for (int i = 1; i < shdrs.count(); i++) {
      if (shdrs.type(i) == SHT_SYMTAB_SHNDX && shdrs.link(i) == section) {
        found = file.data().asSlice(shdrs.offset(i), shdrs.size(i));
        if (found.byteSize() / 4 < count) {
          throw bad(shdrs.place(i), "SHT_SYMTAB_SHNDX section is too short");
        }
      }
    }
    return found;
  }

  private void check(long stringsSize) {
    int limit = Math.min(shdrs.count(), SHN_LORESERVE);
    for (int i = 0; i < count; i++) {
      boolean local = words.info(i) >> 4 == STB_LOCAL;
      if (words.shndx(i) >= limit || words.name(i) >= stringsSize || local != i < firstGlobal) {
        check(i, local, stringsSize);
      }
    }
  }

  private void check(int i, boolean local, long stringsSize) {
    int ndx = words.shndx(i);
    boolean extended = ndx == SHN_XINDEX;
    if (extended) {
      if (xindex.byteSize() == 0) {
        throw bad(i, "needs an SHT_SYMTAB_SHNDX section");
      }
      ndx = ElfClass.s32(xindex, i * 4L);
    }
    boolean common = !extended && file.isCommon(ndx);
    if ((ndx < 0 || ndx >= shdrs.count()) && !common && (extended || ndx != SHN_ABS)) {
      throw bad(i, "has an invalid section index " + ndx);
    }
    if (words.name(i) >= stringsSize) {
      throw bad(i, "has an invalid name");
    }
    if (local != i < firstGlobal) {
      throw bad(
          i,
          local
              ? "is local but stands among the global ones"
              : "is not local but stands among the local ones");
    }
    if (common) {
      checkCommon(i, local);
    }
  }

  /**
   * Tentative definitions are data, and merge with others of their name (gABI, "Symbol Table"): a
   * local one has no others, and nothing would give it space.
   */
  private void checkCommon(int i, boolean local) {
    if (local) {
      throw bad(i, "is local but common (SHN_COMMON)");
    }
    int type = words.info(i) & 15;
    switch (type) {
      case STT_SECTION, STT_FILE, STT_GNU_IFUNC ->
          throw bad(i, "has type " + type + " but is common (SHN_COMMON)");
      default -> {}
    }
  }

  private LinkException bad(int symbol, String what) {
    long at = shdrs.offset(section) + (long) symbol * file.elf().symSize;
    return bad(at, "symbol " + symbol + " " + what);
  }
}
