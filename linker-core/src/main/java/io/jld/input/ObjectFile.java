package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A relocatable object (gABI, chapter 4), read in place. The constructor checks whatever the passes
 * will rely on: the headers, that sections lie inside the file, the symbol table and its names,
 * groups, and which section relocates which. Local symbols and relocations are checked where they
 * are read.
 */
public final class ObjectFile extends InputFile {
  /** The first four bytes of an ELF file ({@code e_ident}). */
  static final int MAGIC = 0x464c457f;

  /** A file with fewer bytes has no {@code e_type}, and counts as none of ELF. */
  static final int LEAST_SIZE = 18;

  private final ElfClass elf;
  private final int machine;
  private final SectionHeaders shdrs;
  private final int shnum;
  private final SymWords syms;

  // The string tables: where they are in the file.
  private final long sectionNamesAt;
  private final long sectionNamesSize;
  private final long stringsAt;
  private final long stringsSize;

  private final int[] relocSection;
  private final byte[] kinds;
  private final List<Group> groups;

  /** Null where no section is ordered. */
  private final SectionOrder order;

  private final int[] frames;
  private final int[] callGraphs;
  private final int symtabIndex;
  private final MemorySegment xindex;
  private final int symbolCount;
  private final int firstGlobal;
  private final boolean lto;
  private final boolean notes;
  private final boolean large;
  private final long kindsSeen;
  private final StackNote stackNote;
  private final FileNames names;
  private final boolean versionedNames;

  /** Hashes of the names with a version, without it: what defines one by default may be wanted. */
  private final long[] wantedVersioned;

  private final Origin origin;

  /**
   * A group of sections that are linked or left out together (gABI, "Section Groups"), or a {@code
   * .gnu.linkonce} section, which is a group of one.
   *
   * @param name index of the signature among this file's names; the number that a link gives it
   *     decides who wins
   * @param comdat whether only one group of the signature is linked
   * @param members indices of sections
   * @param section index of the {@code SHT_GROUP} section; 0 for a {@code .gnu.linkonce} section
   */
  public record Group(int name, boolean comdat, int[] members, int section) {}

  /**
   * @throws LinkException where the file is no sound ELF object
   */
  public ObjectFile(String file, String member, MemorySegment data) {
    this(file, member, data, Origin.FILE, new ReadBuffers());
  }

  /**
   * As the other, with buffers that may be used for another file when this one's {@link #nameWords}
   * have been.
   */
  public ObjectFile(
      String file, String member, MemorySegment data, Origin origin, ReadBuffers buffers) {
    super(file, member, data);
    this.origin = origin;
    FileHeader header = new FileHeader(this);
    elf = header.elf;
    machine = header.machine;
    shdrs = new SectionHeaders(this, header);
    shnum = shdrs.count();
    int shstrtab = sectionNameTable(header.shstrndx);
    sectionNamesAt = offsetOf(shstrtab);
    sectionNamesSize = sizeOf(shstrtab);
    StringTable sectionNames = sectionNames(shstrtab, buffers);
    SectionReader sections = new SectionReader(this, shdrs, sectionNames);
    kinds = sections.kinds;
    kindsSeen = sections.kindsSeen;
    relocSection = sections.relocSection;
    order = sections.ordered ? new SectionOrder(this) : null;
    frames = sections.frames;
    callGraphs = sections.callGraphs;
    lto = sections.lto;
    notes = sections.notes;
    large = sections.large && machine == EM_X86_64;
    stackNote = sections.stackNote;
    symtabIndex = sections.symbolTable;
    SymbolTableReader symtab = new SymbolTableReader(this, shdrs, symtabIndex, sections.extended);
    syms = symtab.words;
    symbolCount = symtab.count;
    firstGlobal = symtab.firstGlobal;
    xindex = symtab.xindex;
    stringsAt = offsetOf(symtab.strings);
    stringsSize = sizeOf(symtab.strings);
    StringTable strings = strings(symtab.strings, buffers);
    List<Group> read = GroupReader.read(this, buffers.words());
    NameReader r =
        new NameReader(this, syms, strings, stringsAt, sectionNames, sectionNamesAt, read);
    groups = List.copyOf(read);
    names = new FileNames(r.offset, r.length, r.hash);
    versionedNames = r.versioned;
    wantedVersioned = r.wantedVersioned;
  }

  @Override
  public long heapBytes() {
    long sections = (long) shnum * (elf.shdrSize + 5 + (order == null ? 0 : 8));
    long bytes = sections + (long) syms.count() * elf.symSize + 16L * names.count();
    for (Group g : groups) {
      bytes += 64 + 4L * g.members().length;
    }
    return bytes + 8L * wantedVersioned.length;
  }

  /** Where an object comes from. */
  public enum Origin {
    FILE,
    /** Made of the symbols of a file ({@link JustSymbols}). */
    SYMBOLS,
    /** Made of the bytes of a file ({@link BinaryInput}). */
    DATA,
    /** Made of what a plug-in says of a file's symbols: it has no content, and stands in for it. */
    INTERMEDIATE,
    /** A plug-in has compiled it. */
    COMPILED
  }

  public Origin origin() {
    return origin;
  }

  /** Whether the bytes begin like an ELF file. */
  public static boolean isElf(MemorySegment s) {
    return s.byteSize() >= LEAST_SIZE && ElfClass.s32(s, 0) == MAGIC;
  }

  LinkException bad(long offset, String reason) {
    return new LinkException(DiagnosticCode.MALFORMED_OBJECT, location().at(offset), reason);
  }

  /** The section with the sections' names; 0 where there are no sections. */
  private int sectionNameTable(int shstrndx) {
    if (shnum == 0) {
      return 0;
    }
    int ndx = shstrndx == SHN_XINDEX ? link(0) : shstrndx;
    if (ndx <= 0 || ndx >= shnum) {
      throw bad(header(0), "invalid section name table index " + Integer.toUnsignedString(ndx));
    }
    checkStrings(ndx);
    return ndx;
  }

  private long offsetOf(int table) {
    return table == 0 ? 0 : offset(table);
  }

  private long sizeOf(int table) {
    return table == 0 ? 0 : rawSize(table);
  }

  /** A string table must lie in the file. */
  void checkStrings(int section) {
    long off = offset(section);
    long size = rawSize(section);
    if (type(section) != SHT_STRTAB || !inFile(off, size) || size == 0) {
      throw unsound(section);
    }
    if (size > 0xffffffffL) {
      throw bad(header(section), "names beyond 4 GiB");
    }
  }

  private StringTable sectionNames(int section, ReadBuffers buffers) {
    return section == 0
        ? StringTable.NONE
        : sound(section, buffers.sectionNames(data(), offset(section), rawSize(section)));
  }

  private StringTable strings(int section, ReadBuffers buffers) {
    return section == 0
        ? StringTable.NONE
        : sound(section, buffers.strings(data(), offset(section), rawSize(section)));
  }

  /** A string table must end in NUL, so that no name in it runs out of it. */
  private StringTable sound(int section, StringTable table) {
    if (table.byteAt(table.size() - 1) != 0) {
      throw unsound(section);
    }
    return table;
  }

  private LinkException unsound(int section) {
    return bad(header(section), "section " + section + " is not a sound string table");
  }

  boolean inFile(long off, long size) {
    return off >= 0 && size >= 0 && off <= data().byteSize() && size <= data().byteSize() - off;
  }

  @Override
  public FileNames names() {
    return names;
  }

  @Override
  public NameWords nameWords(ReadBuffers buffers) {
    StringTable strings =
        stringsSize == 0 ? StringTable.NONE : buffers.strings(data(), stringsAt, stringsSize);
    return names.count() == symbolCount - firstGlobal // no groups, whose names may be sections'
        ? new NameWords(names, strings, stringsAt, null, 0)
        : new NameWords(
            names,
            strings,
            stringsAt,
            buffers.sectionNames(data(), sectionNamesAt, sectionNamesSize),
            sectionNamesAt);
  }

  /**
   * Hashes of the names that this file refers to and does not define for good: a common symbol's
   * definition may be elsewhere.
   */
  public long[] wantedNames() {
    int n = wantedVersioned.length;
    long[] wanted = Arrays.copyOf(wantedVersioned, n + symbolCount - firstGlobal);
    for (int i = firstGlobal; i < symbolCount; i++) {
      int ndx = syms.shndx(i);
      if (ndx == SHN_UNDEF || isCommon(ndx)) {
        wanted[n++] = names.hash(i - firstGlobal);
      }
    }
    return Arrays.copyOf(wanted, n);
  }

  // Sections

  public ElfClass elf() {
    return elf;
  }

  /** Its names, also those that it keeps to itself. */
  public QuickNames quickNames() {
    return new QuickNames(data());
  }

  /** {@code e_machine}. */
  public int machine() {
    return machine;
  }

  public int sectionCount() {
    return shnum;
  }

  /** Where the section's header begins in the file. */
  long header(int section) {
    return shdrs.place(section);
  }

  public int type(int section) {
    return shdrs.type(section);
  }

  public long flags(int section) {
    return shdrs.flags(section);
  }

  /** {@code sh_offset}. */
  long offset(int section) {
    return shdrs.offset(section);
  }

  /** {@code sh_size}: for a compressed section the compressed size, header included. */
  public long rawSize(int section) {
    return shdrs.size(section);
  }

  /** {@code sh_addralign}, at least 1. */
  public long align(int section) {
    return Math.max(1, shdrs.align(section));
  }

  public long entsize(int section) {
    return shdrs.entsize(section);
  }

  public int link(int section) {
    return shdrs.link(section);
  }

  public int info(int section) {
    return shdrs.info(section);
  }

  /** Index of {@code .symtab}; 0 where there is none. */
  public int symbolTable() {
    return symtabIndex;
  }

  /** The section's bytes as they stand in the file; empty for {@code SHT_NOBITS}. */
  public MemorySegment rawContent(int section) {
    if (type(section) == SHT_NOBITS) {
      return MemorySegment.NULL;
    }
    return data().asSlice(offset(section), rawSize(section));
  }

  /** Where the section's name begins in {@link #sectionNames}. */
  public long nameOffsetOf(int section) {
    return shdrs.name(section);
  }

  public MemorySegment sectionNames() {
    return data().asSlice(sectionNamesAt, sectionNamesSize);
  }

  public String sectionName(int section) {
    return Names.string(data(), sectionNamesAt + nameOffsetOf(section));
  }

  /** What the section's name says. */
  public SectionKind kind(int section) {
    return SectionKind.of(kinds[section]);
  }

  public boolean isNamed(int section, String name) {
    return Names.is(data(), sectionNamesAt + nameOffsetOf(section), name);
  }

  /** The section that relocates this one; 0 if none. */
  public int relocSection(int section) {
    return relocSection[section];
  }

  /** Whether there are sections with {@code SHF_LINK_ORDER}. */
  public boolean hasOrdered() {
    return order != null;
  }

  /**
   * The section whose place decides where this one is ({@code SHF_LINK_ORDER}); 0 for none. Such a
   * section says something of that other one alone, and is not linked without it.
   */
  public int orderedBy(int section) {
    return (flags(section) & SHF_LINK_ORDER) != 0 ? link(section) : 0;
  }

  /**
   * The first section that is ordered by this one, and after it by {@link #nextOrdered(int)} the
   * others; 0 after the last. Only where {@link #hasOrdered} holds.
   */
  public int firstOrdered(int section) {
    return order.first(section);
  }

  /** The next section that is ordered by the same one; 0 for none. */
  public int nextOrdered(int section) {
    return order.next(section);
  }

  /**
   * All sections that are ordered by one, by those, and so on: each is followed by what is ordered
   * by it.
   *
   * @param root the section; where it is ordered by one of them itself, it is not among them
   * @param at the one before; the root to begin with
   * @return the next one; 0 after the last
   */
  public int nextOrderedBelow(int root, int at) {
    return order.nextBelow(root, at);
  }

  /** The sections with the name {@code .eh_frame} that are loaded, in order. */
  public int[] frameSections() {
    return frames;
  }

  /** The sections of type {@code SHT_LLVM_CALL_GRAPH_PROFILE}, in order. */
  public int[] callGraphs() {
    return callGraphs;
  }

  /** Whether there are sections of a kind. */
  public boolean has(SectionKind kind) {
    return (kindsSeen & 1L << kind.ordinal()) != 0;
  }

  /** Whether there are sections of type {@code SHT_NOTE}. */
  public boolean hasNotes() {
    return notes;
  }

  /** Whether the section may be more than 2 GiB away from others ({@code SHF_X86_64_LARGE}). */
  public boolean isLarge(int section) {
    return large && (flags(section) & SHF_X86_64_LARGE) != 0;
  }

  public List<Group> groups() {
    return groups;
  }

  /** Whether the name of a global symbol has a version in it ({@code .symver}). */
  public boolean hasVersionedNames() {
    return versionedNames;
  }

  /** What {@code .note.GNU-stack} says of the stack. */
  public enum StackNote {
    MISSING,
    PLAIN,
    EXECUTABLE
  }

  public StackNote stackNote() {
    return stackNote;
  }

  /** Whether there are GCC's LTO sections in it. */
  public boolean hasLto() {
    return lto;
  }

  public Location location(int section, long offset) {
    return origin == Origin.INTERMEDIATE
        ? location()
        : location().section(sectionName(section), offset);
  }

  // Symbols

  public int symbolCount() {
    return symbolCount;
  }

  public int firstGlobal() {
    return firstGlobal;
  }

  public int symbolType(int sym) {
    return syms.info(sym) & 15;
  }

  public int symbolBinding(int sym) {
    return syms.info(sym) >> 4;
  }

  public int symbolInfo(int sym) {
    return syms.info(sym);
  }

  /** {@code e_flags}. */
  public int elfFlags() {
    return (int) ElfClass.u32(data(), elf().is64() ? 48 : 36);
  }

  /** {@code st_other}; the visibility is its lowest two bits. */
  public int symbolOther(int sym) {
    return syms.other(sym);
  }

  /** The section, or {@code SHN_UNDEF}, or {@link #ABS} or {@link #COMMON}. */
  public int shndx(int sym) {
    int ndx = syms.shndx(sym);
    if (ndx < SHN_LORESERVE) {
      return ndx;
    }
    return switch (ndx) {
      case SHN_XINDEX -> ElfClass.s32(xindex, sym * 4L);
      case SHN_ABS -> ABS;
      default -> COMMON;
    };
  }

  /**
   * {@link #shndx} of a symbol with {@code SHN_ABS}: no number of a section, of which there may be
   * more than 65,521.
   */
  public static final int ABS = -1;

  /** {@link #shndx} of a symbol with {@code SHN_COMMON} or {@code SHN_X86_64_LCOMMON}. */
  public static final int COMMON = -2;

  /** Whether a symbol's {@code st_shndx} says that it is common. */
  boolean isCommon(int ndx) {
    return ndx == SHN_COMMON || (ndx == SHN_X86_64_LCOMMON && machine == EM_X86_64);
  }

  /** Whether a common symbol may be more than 2 GiB away ({@code SHN_X86_64_LCOMMON}). */
  public boolean isLargeCommon(int sym) {
    return syms.shndx(sym) == SHN_X86_64_LCOMMON;
  }

  /** {@code st_value}; for {@link #COMMON} the alignment. */
  public long symbolValue(int sym) {
    return syms.value(sym);
  }

  public long symbolSize(int sym) {
    return syms.size(sym);
  }

  /** The symbol's name; a section symbol without one has its section's. */
  public String symbolName(int sym) {
    long name = symbolNameOffset(sym);
    if (name == 0 && symbolType(sym) == STT_SECTION && shndx(sym) > 0) {
      return sectionName(shndx(sym));
    }
    return Names.string(data(), stringsAt + name);
  }

  /** Where the symbol's name begins in {@link #strings}. */
  public long symbolNameOffset(int sym) {
    return syms.name(sym);
  }

  public MemorySegment strings() {
    return data().asSlice(stringsAt, stringsSize);
  }
}
