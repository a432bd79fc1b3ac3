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
 * A relocatable object (gABI, chapter 4) made of an input that is not an object: global symbols, a
 * section {@code .data} that holds a file's bytes, and COMDAT groups of one empty section. The
 * stages that follow need not know of such inputs.
 */
public final class MadeObject {
  /** Index of {@code .data}. */
  public static final int DATA = 1;

  private static final int NOTE = 2;
  private static final int SYMTAB = 3;
  private static final int STRTAB = 4;
  private static final int SECTIONS = 5;

  private record Sym(int name, int info, int other, int shndx, long value, long size) {}

  /** {@code SHT_GROUP}: the flags, and one member. */
  private static final int GROUP_SIZE = 8;

  private final ElfClass elf;
  private final int machine;
  private final List<Sym> symbols = new ArrayList<>();

  /** For each group where the name of its signature begins. */
  private final List<Integer> groups = new ArrayList<>();

  private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

  public MadeObject(ElfClass elf, int machine) {
    this.elf = elf;
    this.machine = machine;
    strings.write(0);
  }

  /**
   * Adds a global or weak symbol.
   *
   * @param shndx {@link #DATA}, what {@link #group} has given, 0 for an undefined symbol, {@link
   *     ObjectFile#ABS} or {@link ObjectFile#COMMON}
   */
  public void add(String name, int info, int other, int shndx, long value, long size) {
    symbols.add(new Sym(string(name), info, other, shndx, value, size));
  }

  /**
   * Adds a COMDAT group.
   *
   * @return index of its section
   */
  public int group(String signature) {
    groups.add(string(signature));
    return member(groups.size() - 1);
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
  public MemorySegment finish(MemorySegment data, LongFunction<MemorySegment> allocate) {
    int[] names = {
      0, string(".data"), string(".note.GNU-stack"), string(".symtab"), string(".strtab")
    };
    int groupName = groups.isEmpty() ? 0 : string(".group");
    byte[] names0 = strings.toByteArray();
    int sections = SECTIONS + 2 * groups.size();
    // Section numbers beyond those that a header and a symbol can hold (gABI, "Sections").
    boolean extended = sections >= SHN_LORESERVE;
    int xindex = sections;
    sections += extended ? 1 : 0;
    int locals = 1 + groups.size();
    int syms = locals + symbols.size();
    long symtab = elf.ehdrSize + (long) sections * elf.shdrSize;
    long symSize = (long) syms * elf.symSize;
    long strtab = symtab + symSize;
    long words = strtab + names0.length + 3 & -4;
    long members = words + (extended ? 4L * syms : 0);
    long content = members + (long) groups.size() * GROUP_SIZE;
    MemorySegment s = allocate.apply(content + data.byteSize());
    header(s, extended ? 0 : sections);
    if (extended) {
      elf.putShdr(s, elf.ehdrSize, 0, SHT_NULL, 0, 0, 0, sections, 0, 0, 0, 0);
      section(s, xindex, 0, SHT_SYMTAB_SHNDX, 0, words, 4L * syms, SYMTAB, 0, 4);
    }
    SymbolRows rows = new SymbolRows(s, symtab, extended ? words : 0);
    for (int g = 0; g < groups.size(); g++) {
      rows.put(1 + g, new Sym(groups.get(g), STB_LOCAL << 4, 0, member(g), 0, 0));
    }
    for (int i = 0; i < symbols.size(); i++) {
      rows.put(locals + i, symbols.get(i));
    }
    MemorySegment.copy(MemorySegment.ofArray(names0), 0, s, strtab, names0.length);
    MemorySegment.copy(data, 0, s, content, data.byteSize());
    int data0 = names[DATA];
    section(s, DATA, data0, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, content, data.byteSize(), 0, 0, 0);
    section(s, NOTE, names[NOTE], SHT_PROGBITS, 0, content, 0, 0, 0, 0);
    section(s, SYMTAB, names[SYMTAB], SHT_SYMTAB, 0, symtab, symSize, STRTAB, locals, elf.symSize);
    section(s, STRTAB, names[STRTAB], SHT_STRTAB, 0, strtab, names0.length, 0, 0, 0);
    for (int g = 0; g < groups.size(); g++) {
      long at = members + (long) g * GROUP_SIZE;
      ElfClass.put32(s, at, GRP_COMDAT);
      ElfClass.put32(s, at + 4, member(g));
      section(s, member(g) - 1, groupName, SHT_GROUP, 0, at, GROUP_SIZE, SYMTAB, 1 + g, 4);
      long flags = SHF_ALLOC | SHF_WRITE | SHF_GROUP;
      section(s, member(g), data0, SHT_PROGBITS, flags, content, 0, 0, 0, 0);
    }
    return s;
  }

  /** The section of a group; that of the group itself stands before it. */
  private static int member(int group) {
    return SECTIONS + 2 * group + 1;
  }

  /**
   * The symbol table as it is written.
   *
   * @param xindex where {@code SHT_SYMTAB_SHNDX} is; 0: there is none
   */
  private final class SymbolRows {
    private final MemorySegment s;
    private final long symtab;
    private final long xindex;

    SymbolRows(MemorySegment s, long symtab, long xindex) {
      this.s = s;
      this.symtab = symtab;
      this.xindex = xindex;
    }

    void put(int i, Sym y) {
      int shndx =
          switch (y.shndx()) {
            case ObjectFile.ABS -> SHN_ABS;
            case ObjectFile.COMMON -> SHN_COMMON;
            default -> y.shndx() < SHN_LORESERVE ? y.shndx() : SHN_XINDEX;
          };
      if (xindex != 0) {
        ElfClass.put32(s, xindex + 4L * i, shndx == SHN_XINDEX ? y.shndx() : 0);
      }
      long at = symtab + (long) i * elf.symSize;
      elf.putSym(s, at, y.name(), y.info(), y.other(), shndx, y.value(), y.size());
    }
  }

  private void header(MemorySegment s, int sections) {
    ElfClass.put32(s, 0, 0x464c457f);
    ElfClass.put8(s, 4, elf.is64() ? ELFCLASS64 : ELFCLASS32);
    ElfClass.put8(s, 5, ELFDATA2LSB);
    ElfClass.put8(s, 6, 1);
    ElfClass.put16(s, 16, ET_REL);
    ElfClass.put16(s, 18, machine);
    ElfClass.put32(s, 20, 1);
    elf.putWord(s, elf.is64() ? 40 : 32, elf.ehdrSize);
    int at = elf.is64() ? 52 : 40;
    ElfClass.put16(s, at, elf.ehdrSize);
    ElfClass.put16(s, at + 6, elf.shdrSize);
    ElfClass.put16(s, at + 8, sections);
    ElfClass.put16(s, at + 10, STRTAB);
  }

  private void section(
      MemorySegment s,
      int i,
      int name,
      int type,
      long flags,
      long offset,
      long size,
      int link,
      int info,
      long entsize) {
    long align =
        switch (type) {
          case SHT_SYMTAB -> elf.wordSize;
          case SHT_GROUP, SHT_SYMTAB_SHNDX -> 4;
          default -> 1;
        };
    elf.putShdr(
        s,
        elf.ehdrSize + (long) i * elf.shdrSize,
        name,
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
