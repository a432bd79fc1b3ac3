package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.NameBytes;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A relocatable object (gABI, chapter 4) made of an input that is not an object: global symbols,
 * and a section {@code .data} that holds a file's bytes. The stages that follow need not know of
 * such inputs.
 */
final class MadeObject {
  /** Index of {@code .data}. */
  static final int DATA = 1;

  private static final int NOTE = 2;
  private static final int SYMTAB = 3;
  private static final int STRTAB = 4;
  private static final int SECTIONS = 5;

  private record Sym(int name, int info, int other, int shndx, long value, long size) {}

  private final ElfClass elf;
  private final int machine;
  private final List<Sym> symbols = new ArrayList<>();
  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

  MadeObject(ElfClass elf, int machine) {
    this.elf = elf;
    this.machine = machine;
    strings.write(0);
  }

  /**
   * Adds a global or weak symbol.
   *
   * @param shndx {@link #DATA} or {@code SHN_ABS}
   */
  void add(String name, int info, int other, int shndx, long value, long size) {
    symbols.add(new Sym(string(name), info, other, shndx, value, size));
  }

  private int string(String s) {
    int at = strings.size();
    strings.writeBytes(NameBytes.bytes(s));
    strings.write(0);
    return at;
  }

  /**
   * The object's bytes.
   *
   * @param data the content of {@code .data}
   * @param allocate gives memory of a size in bytes, filled with zeros
   */
  MemorySegment finish(MemorySegment data, LongFunction<MemorySegment> allocate) {
    int[] names = {
      0, string(".data"), string(".note.GNU-stack"), string(".symtab"), string(".strtab")
    };
    byte[] names0 = strings.toByteArray();
    long shoff = elf.ehdrSize;
    long symtab = shoff + (long) SECTIONS * elf.shdrSize;
    long symSize = (symbols.size() + 1L) * elf.symSize;
    long strtab = symtab + symSize;
    long content = strtab + names0.length;
    MemorySegment s = allocate.apply(content + data.byteSize());
    header(s, shoff);
    for (int i = 0; i < symbols.size(); i++) {
      Sym y = symbols.get(i);
      long at = symtab + (i + 1L) * elf.symSize;
      elf.putSym(s, at, y.name(), y.info(), y.other(), y.shndx(), y.value(), y.size());
    }
    MemorySegment.copy(MemorySegment.ofArray(names0), 0, s, strtab, names0.length);
    MemorySegment.copy(data, 0, s, content, data.byteSize());
    section(
        s, DATA, names, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, content, data.byteSize(), 0, 0, 1, 0);
    section(s, NOTE, names, SHT_PROGBITS, 0, content, 0, 0, 0, 1, 0);
    section(s, SYMTAB, names, SHT_SYMTAB, 0, symtab, symSize, STRTAB, 1, elf.wordSize, elf.symSize);
    section(s, STRTAB, names, SHT_STRTAB, 0, strtab, names0.length, 0, 0, 1, 0);
    return s;
  }

  private void header(MemorySegment s, long shoff) {
    ElfClass.put32(s, 0, 0x464c457f);
    ElfClass.put8(s, 4, elf.is64() ? ELFCLASS64 : ELFCLASS32);
    ElfClass.put8(s, 5, ELFDATA2LSB);
    ElfClass.put8(s, 6, 1);
    ElfClass.put16(s, 16, ET_REL);
    ElfClass.put16(s, 18, machine);
    ElfClass.put32(s, 20, 1);
    elf.putWord(s, elf.is64() ? 40 : 32, shoff);
    int at = elf.is64() ? 52 : 40;
    ElfClass.put16(s, at, elf.ehdrSize);
    ElfClass.put16(s, at + 6, elf.shdrSize);
    ElfClass.put16(s, at + 8, SECTIONS);
    ElfClass.put16(s, at + 10, STRTAB);
  }

  private void section(
      MemorySegment s,
      int i,
      int[] names,
      int type,
      long flags,
      long offset,
      long size,
      int link,
      int info,
      long align,
      long entsize) {
    elf.putShdr(
        s,
        elf.ehdrSize + (long) i * elf.shdrSize,
        names[i],
        type,
        flags,
        0,
        offset,
        size,
        link,
        info,
        align,
        entsize);
  }
}
