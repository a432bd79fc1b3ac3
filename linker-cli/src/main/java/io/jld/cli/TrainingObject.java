package io.jld.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds a relocatable object (gABI, chapter 4) for the links that train the AOT cache: the build
 * must not need a compiler. Sections are numbered from 1 in the order in which they are added.
 */
final class TrainingObject {
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_STRTAB = 3;
  private static final int SHT_RELA = 4;
  private static final int SHT_NOBITS = 8;
  private static final int SHT_REL = 9;
  private static final int SHT_GROUP = 17;
  private static final int STB_LOCAL = 0;
  private static final int STT_SECTION = 3;

  private final boolean is64;
  private final int machine;
  private final List<Section> sections = new ArrayList<>();
  private final List<Symbol> locals = new ArrayList<>();
  private final List<Symbol> globals = new ArrayList<>();

  /** A section that is being filled. */
  static final class Section {
    private final String name;
    private final int type;
    private final long flags;
    private final int align;
    private final int entsize;
    private final int index;
    private final List<Reloc> relocs = new ArrayList<>();
    private Symbol signature;
    private int noBits;
    private final Symbol symbol;

    /** The content so far. */
    final TrainingBytes content = new TrainingBytes();

    Section(String name, int type, long flags, int align, int entsize, int index) {
      this.name = name;
      this.type = type;
      this.flags = flags;
      this.align = align;
      this.entsize = entsize;
      this.index = index;
      this.symbol = new Symbol("", STB_LOCAL, STT_SECTION, 0, index, 0, 0);
    }

    /** The section symbol. */
    Symbol symbol() {
      return symbol;
    }

    /** Sets the size of a section without content. */
    Section noBits(int size) {
      noBits = size;
      return this;
    }

    void reloc(int offset, Symbol symbol, int type, long addend) {
      relocs.add(new Reloc(offset, symbol, type, addend));
    }

    private int size() {
      return type == SHT_NOBITS ? noBits : content.size();
    }
  }

  /** A symbol; which number it has is known when the object is written. */
  static final class Symbol {
    private final String name;
    private final int bind;
    private final int type;
    private final int other;
    private final int shndx;
    private final long value;
    private final long size;
    private int number;

    private Symbol(String name, int bind, int type, int other, int shndx, long value, long size) {
      this.name = name;
      this.bind = bind;
      this.type = type;
      this.other = other;
      this.shndx = shndx;
      this.value = value;
      this.size = size;
    }
  }

  private record Reloc(int offset, Symbol symbol, int type, long addend) {}

  TrainingObject(boolean is64, int machine) {
    this.is64 = is64;
    this.machine = machine;
  }

  Section section(String name, int type, long flags, int align, int entsize) {
    Section s = new Section(name, type, flags, align, entsize, sections.size() + 1);
    sections.add(s);
    if (type != SHT_GROUP) {
      locals.add(s.symbol);
    }
    return s;
  }

  /** Adds a COMDAT group; gABI: it stands before its members. */
  Section group() {
    return section(".group", SHT_GROUP, 0, 4, 4);
  }

  /** Says what is in the group. */
  void comdat(Section group, Symbol signature, Section... members) {
    group.signature = signature;
    group.content.u32(1);
    for (Section m : members) {
      group.content.u32(m.index);
    }
  }

  /** Adds a symbol at {@code value} of a section; null: undefined. */
  Symbol symbol(
      String name, int bind, int type, int visibility, Section in, long value, long size) {
    return symbol(new Symbol(name, bind, type, visibility, in == null ? 0 : in.index, value, size));
  }

  /** Adds a symbol with one of the special section indices. */
  Symbol special(String name, int bind, int type, int shndx, long value, long size) {
    return symbol(new Symbol(name, bind, type, 0, shndx, value, size));
  }

  private Symbol symbol(Symbol s) {
    (s.bind == STB_LOCAL ? locals : globals).add(s);
    return s;
  }

  /** The object file. */
  byte[] write() {
    int number = 1;
    for (Symbol s : locals) {
      s.number = number++;
    }
    for (Symbol s : globals) {
      s.number = number++;
    }
    TrainingBytes strtab = new TrainingBytes().u8(0);
    TrainingBytes symtab = symtab(strtab);

    // In the order of their headers: the content, its relocations, the tables.
    int relocated = (int) sections.stream().filter(s -> !s.relocs.isEmpty()).count();
    int symtabIndex = sections.size() + relocated + 1;
    TrainingBytes out = new TrainingBytes();
    for (int i = 0; i < (is64 ? 64 : 52); i++) {
      out.u8(0); // the header comes last
    }
    TrainingBytes names = new TrainingBytes().u8(0);
    TrainingBytes headers = new TrainingBytes();
    header(headers, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    for (Section s : sections) {
      int name = names.size();
      names.string(s.name);
      int at = out.align(16).size();
      out.bytes(s.content.toArray());
      boolean group = s.type == SHT_GROUP;
      header(
          headers,
          name,
          s.type,
          s.flags,
          at,
          s.size(),
          group ? symtabIndex : 0,
          group ? s.signature.number : 0,
          s.align,
          s.entsize);
    }
    int word = is64 ? 8 : 4;
    for (Section s : sections) {
      if (!s.relocs.isEmpty()) {
        int name = names.size();
        names.string((is64 ? ".rela" : ".rel") + s.name);
        int at = out.align(word).size();
        out.bytes(relocs(s).toArray());
        int size = out.size() - at;
        header(
            headers,
            name,
            is64 ? SHT_RELA : SHT_REL,
            0x40,
            at,
            size,
            symtabIndex,
            s.index,
            word,
            is64 ? 24 : 8);
      }
    }
    int at = out.align(word).size();
    out.bytes(symtab.toArray());
    int name = names.size();
    names.string(".symtab");
    header(
        headers,
        name,
        SHT_SYMTAB,
        0,
        at,
        symtab.size(),
        symtabIndex + 1,
        locals.size() + 1,
        word,
        is64 ? 24 : 16);
    at = out.size();
    out.bytes(strtab.toArray());
    name = names.size();
    names.string(".strtab");
    header(headers, name, SHT_STRTAB, 0, at, strtab.size(), 0, 0, 1, 0);
    at = out.size();
    name = names.size();
    names.string(".shstrtab");
    out.bytes(names.toArray());
    header(headers, name, SHT_STRTAB, 0, at, names.size(), 0, 0, 1, 0);
    int shoff = out.align(word).size();
    out.bytes(headers.toArray());
    byte[] file = out.toArray();
    byte[] ehdr = ehdr(shoff, symtabIndex + 3).toArray();
    System.arraycopy(ehdr, 0, file, 0, ehdr.length);
    return file;
  }

  private TrainingBytes ehdr(int shoff, int shnum) {
    TrainingBytes b = new TrainingBytes().text("\177ELF").u8(is64 ? 2 : 1).u8(1).u8(1).align(16);
    int word = is64 ? 8 : 4;
    b.u16(1).u16(machine).u32(1).number(0, word).number(0, word).number(shoff, word).u32(0);
    return b.u16(is64 ? 64 : 52).u16(0).u16(0).u16(is64 ? 64 : 40).u16(shnum).u16(shnum - 1);
  }

  private void header(
      TrainingBytes b,
      int name,
      int type,
      long flags,
      int offset,
      int size,
      int link,
      int info,
      int align,
      int entsize) {
    int word = is64 ? 8 : 4;
    b.u32(name)
        .u32(type)
        .number(flags, word)
        .number(0, word)
        .number(offset, word)
        .number(size, word);
    b.u32(link).u32(info).number(align, word).number(entsize, word);
  }

  private TrainingBytes symtab(TrainingBytes strtab) {
    TrainingBytes b = new TrainingBytes();
    b.number(0, 8).number(0, 8);
    if (is64) {
      b.number(0, 8);
    }
    for (List<Symbol> list : List.of(locals, globals)) {
      for (Symbol s : list) {
        int name = s.name.isEmpty() ? 0 : strtab.size();
        if (name != 0) {
          strtab.string(s.name);
        }
        int info = s.bind << 4 | s.type;
        b.u32(name);
        if (is64) {
          b.u8(info).u8(s.other).u16(s.shndx).number(s.value, 8).number(s.size, 8);
        } else {
          b.u32(s.value).u32(s.size).u8(info).u8(s.other).u16(s.shndx);
        }
      }
    }
    return b;
  }

  /** With addends where the class is 64 bits; otherwise they stand in the content already. */
  private TrainingBytes relocs(Section s) {
    TrainingBytes b = new TrainingBytes();
    for (Reloc r : s.relocs) {
      if (is64) {
        b.number(r.offset, 8).u32(r.type).u32(r.symbol.number).number(r.addend, 8);
      } else {
        b.u32(r.offset).u32((long) r.symbol.number << 8 | r.type);
      }
    }
    return b;
  }
}
