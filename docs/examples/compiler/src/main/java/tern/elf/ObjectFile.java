package tern.elf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A relocatable ELF object (gABI, ch. 4) that is being made: the header, the sections' contents,
 * their relocations, the symbol table, the names, the section headers, in this order.
 *
 * <p>amd64 has 64-bit headers and relocations with an addend (psABI amd64, 4.4); i386 has 32-bit
 * ones, and the addend stands in the field (psABI i386, 4.4).
 */
public final class ObjectFile {
  private static final int EM_386 = 3;
  private static final int EM_X86_64 = 62;
  private static final int SHT_SYMTAB = 2;
  private static final int SHT_STRTAB = 3;
  private static final int SHT_RELA = 4;
  private static final int SHT_REL = 9;
  private static final int SHF_INFO_LINK = 0x40;
  private static final int SHN_ABS = 0xfff1;

  /** A row of the section header table. */
  private record Header(
      int name, int type, int flags, int at, int size, int link, int info, int align, int entry) {}

  private final boolean is64;
  private final String source;
  private final List<Section> sections = new ArrayList<>();
  private final Map<String, Symbol> named = new LinkedHashMap<>();
  private final Map<Section, Symbol> ofSections = new LinkedHashMap<>();
  private final List<Symbol> nameless = new ArrayList<>();

  /**
   * @param is64 amd64; otherwise i386
   * @param source the source file's name
   */
  public ObjectFile(boolean is64, String source) {
    this.is64 = is64;
    this.source = source;
  }

  public Section section(String name, int type, int flags, int align) {
    Section s = new Section(name, type, flags, align);
    sections.add(s);
    return s;
  }

  /** The symbol of this name; who defines it is said by the symbol, if it is this object. */
  public Symbol symbol(String name) {
    return named.computeIfAbsent(name, Symbol::new);
  }

  /** A local symbol that no other place can mean, whatever its name. */
  public Symbol fresh(String name) {
    Symbol s = new Symbol(name).local();
    nameless.add(s);
    return s;
  }

  /** The symbol that stands for a section's begin. */
  public Symbol of(Section section) {
    return ofSections.computeIfAbsent(
        section,
        key -> {
          Symbol s = new Symbol("").local();
          s.type = Symbol.SECTION;
          s.section = key;
          return s;
        });
  }

  public byte[] bytes() {
    Bytes names = new Bytes().u8(0);
    List<Header> headers = new ArrayList<>();
    List<Symbol> symbols = inOrder();
    int locals = 1 + (int) symbols.stream().filter(s -> s.binding == Symbol.LOCAL).count();
    int relocated = (int) sections.stream().filter(s -> !s.relocations.isEmpty()).count();
    int symtab = 1 + sections.size() + relocated;

    Bytes out = new Bytes().zeros(is64 ? 64 : 52); // the header, when it is known what follows
    headers.add(new Header(0, 0, 0, 0, 0, 0, 0, 0, 0));
    for (Section s : sections) {
      int entry = (s.flags & Section.STRINGS) != 0 ? 1 : 0;
      out.align(s.align);
      headers.add(
          new Header(
              name(names, s.name), s.type, s.flags, out.size(), s.size(), 0, 0, s.align, entry));
      out.bytes(content(s));
    }
    for (Section s : sections) {
      if (!s.relocations.isEmpty()) {
        int entry = is64 ? 24 : 8;
        out.align(8);
        headers.add(
            new Header(
                name(names, (is64 ? ".rela" : ".rel") + s.name),
                is64 ? SHT_RELA : SHT_REL,
                SHF_INFO_LINK,
                out.size(),
                entry * s.relocations.size(),
                symtab,
                1 + sections.indexOf(s),
                8,
                entry));
        s.relocations.forEach(r -> write(out, r));
      }
    }
    out.align(8);
    int entry = is64 ? 24 : 16;
    headers.add(
        new Header(
            name(names, ".symtab"),
            SHT_SYMTAB,
            0,
            out.size(),
            entry * (symbols.size() + 1),
            symtab + 1,
            locals,
            8,
            entry));
    out.zeros(entry);
    symbols.forEach(s -> write(out, s, s.name.isEmpty() ? 0 : name(names, s.name)));
    int strtabName = name(names, ".strtab");
    headers.add(new Header(strtabName, SHT_STRTAB, 0, out.size(), names.size(), 0, 0, 1, 0));
    out.bytes(names.toArray()).align(8);
    int headersAt = out.size();
    headers.forEach(h -> write(out, h));

    byte[] object = out.toArray();
    byte[] header = header(headersAt, headers.size());
    System.arraycopy(header, 0, object, 0, header.length);
    return object;
  }

  /** Local symbols come before global ones, the file's name first. */
  private List<Symbol> inOrder() {
    Symbol file = new Symbol(source).local();
    file.type = Symbol.FILE;
    List<Symbol> all = new ArrayList<>(List.of(file));
    all.addAll(ofSections.values());
    all.addAll(nameless);
    named.values().stream().filter(s -> s.binding == Symbol.LOCAL).forEach(all::add);
    named.values().stream().filter(s -> s.binding == Symbol.GLOBAL).forEach(all::add);
    for (int i = 0; i < all.size(); i++) {
      all.get(i).index = i + 1;
    }
    return all;
  }

  private static int name(Bytes names, String name) {
    int at = names.size();
    names.text(name);
    return at;
  }

  /** The section's bytes; without addends in the relocations, they are in its fields. */
  private byte[] content(Section s) {
    if (s.type == Section.NOBITS) {
      return new byte[0];
    }
    if (!is64) {
      s.relocations.forEach(r -> s.bytes.patch32(r.offset(), r.addend()));
    }
    return s.bytes.toArray();
  }

  private byte[] header(int headersAt, int headerCount) {
    Bytes h = new Bytes();
    h.u8(0x7f, 'E', 'L', 'F', is64 ? 2 : 1, 1, 1).zeros(9); // class, little-endian, version 1
    h.u16(1).u16(is64 ? EM_X86_64 : EM_386).u32(1); // ET_REL
    h.word(is64, 0).word(is64, 0).word(is64, headersAt).u32(0);
    h.u16(is64 ? 64 : 52).u16(0).u16(0).u16(is64 ? 64 : 40).u16(headerCount);
    return h.u16(headerCount - 1).toArray(); // names are in the last section
  }

  private void write(Bytes out, Section.Relocation r) {
    if (is64) {
      out.u64(r.offset()).u64((long) r.symbol().index << 32 | r.type()).u64(r.addend());
    } else {
      out.u32(r.offset()).u32(r.symbol().index << 8 | r.type());
    }
  }

  private void write(Bytes out, Symbol s, int name) {
    int section = s.type == Symbol.FILE ? SHN_ABS : 1 + sections.indexOf(s.section); // 0: undefined
    int info = s.binding << 4 | s.type;
    if (is64) {
      out.u32(name).u8(info).u8(0).u16(section).u64(s.value).u64(s.size);
    } else {
      out.u32(name).u32(s.value).u32(s.size).u8(info).u8(0).u16(section);
    }
  }

  private void write(Bytes out, Header h) {
    out.u32(h.name).u32(h.type).word(is64, h.flags).word(is64, 0);
    out.word(is64, h.at).word(is64, h.size).u32(h.link).u32(h.info);
    out.word(is64, h.align).word(is64, h.entry);
  }
}
