package io.jld.testing;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.link.InputSource;
import io.jld.link.NameBytes;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds relocatable objects in memory, of both classes: sections, symbols, relocations, groups.
 * Symbols are numbered in the order in which they are added, and only {@link #build} sorts the
 * local ones to the front.
 */
public final class ObjectBuilder {
  private final ElfClass elf;
  private final int machine;
  private final boolean rela;
  private final List<Section> sections = new ArrayList<>();
  private final List<Symbol> symbols = new ArrayList<>();

  private static final class Section {
    String name;
    int type;
    long flags;
    long align;
    long entsize;
    byte[] content;
    long size;
    int link;
    int info;
    int signature = -1;
    final List<Reloc> relocs = new ArrayList<>();
  }

  private record Symbol(
      String name, int bind, int type, int other, int section, long value, long size) {}

  private record Reloc(long offset, int type, int symbol, long addend) {}

  /**
   * @param rela whether relocations carry their addends; else they are put into the content, four
   *     bytes each
   */
  public ObjectBuilder(boolean is64, int machine, boolean rela) {
    this.elf = ElfClass.of(is64);
    this.machine = machine;
    this.rela = rela;
    sections.add(new Section());
  }

  /** An object for {@link TestArch#WIDE}. */
  public static ObjectBuilder wide() {
    return new ObjectBuilder(true, TestArch.WIDE.info().machine(), true);
  }

  /** An object for {@link TestArch#NARROW}. */
  public static ObjectBuilder narrow() {
    return new ObjectBuilder(false, TestArch.NARROW.info().machine(), false);
  }

  public boolean is64() {
    return elf.is64();
  }

  // Sections

  /** Adds a section and returns its index. */
  public int section(String name, int type, long flags, long align, long entsize, byte[] content) {
    Section s = new Section();
    s.name = name;
    s.type = type;
    s.flags = flags;
    s.align = align;
    s.entsize = entsize;
    s.content = content.clone();
    s.size = content.length;
    sections.add(s);
    return sections.size() - 1;
  }

  /** {@code .text} or the like: allocated, executable, aligned to 16. */
  public int code(String name, byte[] content) {
    return section(name, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 16, 0, content);
  }

  /** {@code .data} or the like: allocated, writable, aligned to 8. */
  public int data(String name, byte[] content) {
    return section(name, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 8, 0, content);
  }

  public int nobits(String name, long flags, long align, long size) {
    int i = section(name, SHT_NOBITS, flags, align, 0, new byte[0]);
    sections.get(i).size = size;
    return i;
  }

  /** Sets {@code sh_link} and {@code sh_info}. */
  public ObjectBuilder link(int section, int link, int info) {
    sections.get(section).link = link;
    sections.get(section).info = info;
    return this;
  }

  /**
   * Adds a section group; its members get {@code SHF_GROUP}.
   *
   * @param signature number of the symbol that names it
   */
  public int group(int signature, boolean comdat, int... members) {
    MemorySegment body = MemorySegment.ofArray(new byte[4 * (members.length + 1)]);
    ElfClass.put32(body, 0, comdat ? GRP_COMDAT : 0);
    for (int i = 0; i < members.length; i++) {
      ElfClass.put32(body, 4L * (i + 1), members[i]);
      sections.get(members[i]).flags |= SHF_GROUP;
    }
    int g = section(".group", SHT_GROUP, 0, 4, 4, (byte[]) body.heapBase().orElseThrow());
    sections.get(g).signature = signature;
    return g;
  }

  // Symbols

  /** Adds a symbol and returns its number for {@link #reloc}; 0 stands for no symbol there. */
  public int symbol(
      String name, int bind, int type, int visibility, int section, long value, long size) {
    symbols.add(new Symbol(name, bind, type, visibility, section, value, size));
    return symbols.size();
  }

  public int sectionSymbol(int section) {
    return symbol("", STB_LOCAL, STT_SECTION, STV_DEFAULT, section, 0, 0);
  }

  public int local(String name, int section, long value) {
    return symbol(name, STB_LOCAL, STT_NOTYPE, STV_DEFAULT, section, value, 0);
  }

  public int function(String name, int section, long value, long size) {
    return symbol(name, STB_GLOBAL, STT_FUNC, STV_DEFAULT, section, value, size);
  }

  public int object(String name, int section, long value, long size) {
    return symbol(name, STB_GLOBAL, STT_OBJECT, STV_DEFAULT, section, value, size);
  }

  public int undefined(String name) {
    return symbol(name, STB_GLOBAL, STT_NOTYPE, STV_DEFAULT, SHN_UNDEF, 0, 0);
  }

  // Relocations

  /** Adds a relocation of {@code section}; relocations are written in the order of these calls. */
  public ObjectBuilder reloc(int section, long offset, int type, int symbol, long addend) {
    Section s = sections.get(section);
    s.relocs.add(new Reloc(offset, type, symbol, addend));
    if (!rela && addend != 0 && offset >= 0 && offset <= s.content.length - 4) {
      MemorySegment m = MemorySegment.ofArray(s.content);
      ElfClass.put32(m, offset, ElfClass.u32(m, offset) + addend);
    }
    return this;
  }

  // Build

  public InputSource source(String name) {
    return InputSource.memory(name, build());
  }

  public ObjectFile file(String name) {
    return new ObjectFile(name, null, MemorySegment.ofArray(build()));
  }

  public byte[] build() {
    List<Section> all = new ArrayList<>(sections);
    int[] number = new int[symbols.size() + 1];
    List<Symbol> sorted = sort(number);
    int symtab = addSymbolTable(all, sorted);
    for (Section s : sections) {
      if (s.signature >= 0) {
        s.link = symtab;
        s.info = number[s.signature];
      }
    }
    for (int i = 1; i < sections.size(); i++) {
      if (!sections.get(i).relocs.isEmpty()) {
        all.add(relocations(sections.get(i), i, symtab, number));
      }
    }
    return write(all);
  }

  private List<Symbol> sort(int[] number) {
    List<Symbol> sorted = new ArrayList<>();
    for (boolean local : new boolean[] {true, false}) {
      for (int i = 0; i < symbols.size(); i++) {
        if (symbols.get(i).bind() == STB_LOCAL == local) {
          sorted.add(symbols.get(i));
          number[i + 1] = sorted.size();
        }
      }
    }
    return sorted;
  }

  private static Section table(String name, int type, long align, long entsize, byte[] content) {
    Section s = new Section();
    s.name = name;
    s.type = type;
    s.align = align;
    s.entsize = entsize;
    s.content = content;
    s.size = content.length;
    return s;
  }

  private int addSymbolTable(List<Section> all, List<Symbol> sorted) {
    Strings strings = new Strings();
    byte[] table = new byte[(sorted.size() + 1) * elf.symSize];
    MemorySegment m = MemorySegment.ofArray(table);
    int locals = 1;
    for (int i = 0; i < sorted.size(); i++) {
      Symbol s = sorted.get(i);
      locals += s.bind() == STB_LOCAL ? 1 : 0;
      int info = s.bind() << 4 | s.type();
      long at = (i + 1L) * elf.symSize;
      int name = strings.add(s.name());
      elf.putSym(m, at, name, info, s.other(), s.section(), s.value(), s.size());
    }
    Section symtab = table(".symtab", SHT_SYMTAB, elf.wordSize, elf.symSize, table);
    symtab.info = locals;
    symtab.link = all.size() + 1;
    all.add(symtab);
    all.add(table(".strtab", SHT_STRTAB, 1, 0, strings.bytes()));
    return all.size() - 2;
  }

  private Section relocations(Section target, int index, int symtab, int[] number) {
    int entry = (rela ? 3 : 2) * elf.wordSize;
    byte[] table = new byte[target.relocs.size() * entry];
    MemorySegment m = MemorySegment.ofArray(table);
    long at = 0;
    for (Reloc r : target.relocs) {
      int sym = r.symbol() <= symbols.size() ? number[r.symbol()] : r.symbol();
      elf.putRel(m, at, rela, r.offset(), sym, r.type(), r.addend());
      at += entry;
    }
    String prefix = rela ? ".rela" : ".rel";
    Section s = table(prefix + target.name, rela ? SHT_RELA : SHT_REL, elf.wordSize, entry, table);
    s.flags = SHF_INFO_LINK;
    s.link = symtab;
    s.info = index;
    return s;
  }

  private byte[] write(List<Section> all) {
    Strings names = new Strings();
    Section shstrtab = table(".shstrtab", SHT_STRTAB, 1, 0, new byte[0]);
    all.add(shstrtab);
    int[] name = new int[all.size()];
    for (int i = 1; i < name.length; i++) {
      name[i] = names.add(all.get(i).name);
    }
    shstrtab.content = names.bytes();
    shstrtab.size = shstrtab.content.length;
    long[] offset = new long[all.size()];
    long at = elf.ehdrSize;
    for (int i = 1; i < offset.length; i++) {
      at = at + 15 & -16;
      offset[i] = at;
      at += all.get(i).content.length;
    }
    at = at + 7 & -8;
    MemorySegment m = MemorySegment.ofArray(new byte[(int) at + all.size() * elf.shdrSize]);
    header(m, at, all.size());
    for (int i = 1; i < offset.length; i++) {
      Section s = all.get(i);
      MemorySegment.copy(MemorySegment.ofArray(s.content), 0, m, offset[i], s.content.length);
      long h = at + (long) i * elf.shdrSize;
      elf.putShdr(
          m, h, name[i], s.type, s.flags, 0, offset[i], s.size, s.link, s.info, s.align, s.entsize);
    }
    return (byte[]) m.heapBase().orElseThrow();
  }

  private void header(MemorySegment m, long shoff, int count) {
    ElfClass.put32(m, 0, 0x464c457f);
    ElfClass.put8(m, 4, elf.is64() ? ELFCLASS64 : ELFCLASS32);
    ElfClass.put8(m, 5, ELFDATA2LSB);
    ElfClass.put8(m, 6, 1);
    ElfClass.put16(m, 16, ET_REL);
    ElfClass.put16(m, 18, machine);
    ElfClass.put32(m, 20, 1);
    elf.putWord(m, elf.is64() ? 40 : 32, shoff);
    int tail = elf.is64() ? 52 : 40;
    ElfClass.put16(m, tail, elf.ehdrSize);
    ElfClass.put16(m, tail + 6, elf.shdrSize);
    ElfClass.put16(m, tail + 8, count);
    ElfClass.put16(m, tail + 10, count - 1);
  }

  /** A string table. */
  private static final class Strings {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Strings() {
      out.write(0);
    }

    int add(String s) {
      if (s.isEmpty()) {
        return 0;
      }
      int at = out.size();
      out.writeBytes(NameBytes.bytes(s));
      out.write(0);
      return at;
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }

  /** {@code n} bytes of the same value. */
  public static byte[] filled(int n, int value) {
    byte[] b = new byte[n];
    Arrays.fill(b, (byte) value);
    return b;
  }
}
