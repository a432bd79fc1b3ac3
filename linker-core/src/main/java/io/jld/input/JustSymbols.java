package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.function.LongFunction;

/**
 * A file of which only the symbols count ({@code --just-symbols}): an executable that will be in
 * memory already, or an object. Its global symbols become absolute ones with the values that they
 * have there. Common and thread-local symbols are left out: their values are no addresses.
 */
public final class JustSymbols {
  /** Symbols that every output has for itself, whatever an input says. */
  private static final Set<String> OWN = Set.of("__bss_start", "_edata", "_end");

  private final String file;
  private final MemorySegment data;
  private final ElfClass elf;

  private JustSymbols(String file, MemorySegment data) {
    this.file = file;
    this.data = data;
    verify(ObjectFile.isElf(data) && data.byteSize() >= 64, 0, "not an executable or an object");
    elf = ElfClass.of(ElfClass.u8(data, 4) == ELFCLASS64);
  }

  /**
   * An object with the symbols.
   *
   * @param allocate gives memory of a size in bytes, filled with zeros
   * @throws LinkException where the file is a shared library, or no sound ELF file
   */
  public static MemorySegment object(
      String file, MemorySegment data, LongFunction<MemorySegment> allocate) {
    JustSymbols j = new JustSymbols(file, data);
    MadeObject o = new MadeObject(j.elf, ElfClass.u16(data, 18));
    j.read(o);
    return o.finish(MemorySegment.NULL, allocate);
  }

  private void read(MadeObject o) {
    verify(ElfClass.u8(data, 5) == ELFDATA2LSB, 5, "not a little-endian ELF file");
    int type = ElfClass.u16(data, 16);
    if (type == ET_DYN) {
      throw new LinkException(
          DiagnosticCode.MALFORMED_OBJECT,
          Location.file(file),
          "--just-symbols takes a file with addresses, and a shared object or PIE has none yet");
    }
    verify(type == ET_REL || type == ET_EXEC, 16, "not an executable or an object");
    long shoff = elf.shoff(data);
    int n = elf.shnum(data);
    verify(
        n == 0
            || (elf.shentsize(data) == elf.shdrSize
                && shoff > 0
                && shoff <= data.byteSize() - elf.shdrSize
                && n <= (data.byteSize() - shoff) / elf.shdrSize),
        shoff,
        "section header table lies outside of the file");
    boolean found = false;
    for (int i = 1; i < n; i++) {
      long h = shoff + (long) i * elf.shdrSize;
      if (ElfClass.shType(data, h) == SHT_SYMTAB) {
        int link = elf.shLink(data, h);
        verify(link > 0 && link < n, h, "symbol table has no string table");
        symbols(o, body(h), Math.max(1, elf.shInfo(data, h)), body(shoff + link * elf.shdrSize));
        found = true;
      }
    }
    verify(found, 0, "no symbol table: the file is stripped");
  }

  private MemorySegment body(long header) {
    long off = elf.shOffset(data, header);
    long size = elf.shSize(data, header);
    verify(
        off >= 0 && size >= 0 && off <= data.byteSize() && size <= data.byteSize() - off,
        header,
        "section lies outside of the file");
    return data.asSlice(off, size);
  }

  private void symbols(MadeObject o, MemorySegment table, int first, MemorySegment strings) {
    long size = strings.byteSize();
    verify(
        size > 0 && ElfClass.u8(strings, size - 1) == 0, 0, "names do not end inside their table");
    for (long at = (long) first * elf.symSize;
        at <= table.byteSize() - elf.symSize;
        at += elf.symSize) {
      int info = elf.stInfo(table, at);
      int shndx = elf.stShndx(table, at);
      long name = ElfClass.stName(table, at);
      verify(name < size, 0, "a symbol's name lies outside of its table");
      if (shndx != SHN_UNDEF && shndx != SHN_COMMON && (info & 15) != STT_TLS) {
        String s = Names.string(strings, name);
        if (info >> 4 != STB_LOCAL && !OWN.contains(s)) {
          o.add(
              s,
              info,
              elf.stOther(table, at),
              ObjectFile.ABS,
              elf.stValue(table, at),
              elf.stSize(table, at));
        }
      }
    }
  }

  private void verify(boolean condition, long offset, String reason) {
    if (!condition) {
      throw new LinkException(
          DiagnosticCode.MALFORMED_OBJECT, Location.file(file).at(offset), reason);
    }
  }
}
