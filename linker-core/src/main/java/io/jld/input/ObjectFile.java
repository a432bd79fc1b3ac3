package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A relocatable object (gABI, chapter 4), read in place. The constructor checks whatever the passes will rely on: the
 * headers, that sections lie inside the file, the symbol table and its names, groups, and which section relocates which.
 * Local symbols and relocations are checked where they are read.
 */
public final class ObjectFile extends InputFile {
  private final ElfClass elf;
  private final int machine;
  private final long shoff;
  private final int shnum;
  private final MemorySegment shstrtab;
  private final int[] relocSection;
  private final List<Group> groups = new ArrayList<>();
  private int[] ordered = {};
  private int symtabIndex;
  private MemorySegment symtab = MemorySegment.NULL;
  private MemorySegment strtab = MemorySegment.NULL;
  private MemorySegment xindex = MemorySegment.NULL;
  private int symbolCount;
  private int firstGlobal;
  private boolean lto;
  private StackNote stackNote = StackNote.MISSING;
  private boolean versionedNames;

  private int firstSection;
  private int firstLocal;

  /**
   * A group of sections that are linked or left out together (gABI, "Section Groups"), or a {@code .gnu.linkonce}
   * section, which is a group of one.
   *
   * @param name index of the signature among this file's names; the number that interning gives it decides who wins
   * @param comdat whether only one group of the signature is linked
   * @param members indices of sections
   * @param section index of the {@code SHT_GROUP} section; 0 for a {@code .gnu.linkonce} section
   */
  public record Group(int name, boolean comdat, int[] members, int section) {}

  /**
   * @throws LinkException where the file is no sound ELF object
   */
  public ObjectFile(String file, String member, MemorySegment data) {
    super(file, member, data);
    verify(data.byteSize() >= 52, 0, "file is too short to be an ELF object");
    int cls = ElfClass.u8(data, 4);
    verify(cls == ELFCLASS32 || cls == ELFCLASS64, 4, "invalid ELF class " + cls);
    verify(ElfClass.u8(data, 5) == ELFDATA2LSB, 5, "not a little-endian ELF file");
    elf = ElfClass.of(cls == ELFCLASS64);
    verify(data.byteSize() >= elf.ehdrSize, 0, "file is too short to be an ELF object");
    int type = ElfClass.u16(data, 16);
    verify(type == ET_REL, 16, "not a relocatable object (e_type " + type + ")");
    machine = ElfClass.u16(data, 18);
    shoff = elf.shoff(data);
    shnum = readSectionCount();
    relocSection = new int[shnum];
    shstrtab = readSectionNames();
    checkSections();
    if (symtabIndex != 0) {
      readSymbolTable();
    }
    readGroups();
    hashNames();
  }

  /** Whether the bytes begin like an ELF file. */
  public static boolean isElf(MemorySegment s) {
    return s.byteSize() >= 18 && ElfClass.s32(s, 0) == 0x464c457f;
  }

  private void verify(boolean condition, long offset, String reason) {
    if (!condition) {
      throw new LinkException(location().at(offset), reason);
    }
  }

  private int readSectionCount() {
    if (shoff == 0) {
      return 0;
    }
    verify(elf.shentsize(data()) == elf.shdrSize, 46, "invalid e_shentsize");
    verify(
        shoff > 0 && shoff <= data().byteSize() - elf.shdrSize, shoff, "section header table lies outside of the file");
    long n = elf.shnum(data());
    if (n == 0) {
      n = elf.shSize(data(), shoff); // gABI: more than 65,279 sections
    }
    verify(
        n >= 1 && n <= (data().byteSize() - shoff) / elf.shdrSize,
        shoff,
        "section header table lies outside of the file: " + n + " sections");
    return (int) n;
  }

  private MemorySegment readSectionNames() {
    if (shnum == 0) {
      return MemorySegment.NULL;
    }
    int ndx = elf.shstrndx(data());
    if (ndx == SHN_XINDEX) {
      ndx = elf.shLink(data(), shoff);
    }
    verify(ndx > 0 && ndx < shnum, shoff, "invalid section name table index " + Integer.toUnsignedString(ndx));
    return strings(ndx);
  }

  /** A string table, which must end in NUL, so that no name in it runs out of it. */
  private MemorySegment strings(int section) {
    long off = elf.shOffset(data(), header(section));
    long size = elf.shSize(data(), header(section));
    verify(
        type(section) == SHT_STRTAB && inFile(off, size) && size > 0 && ElfClass.u8(data(), off + size - 1) == 0,
        header(section),
        "section " + section + " is not a sound string table");
    return data().asSlice(off, size);
  }

  private boolean inFile(long off, long size) {
    return off >= 0 && size >= 0 && off <= data().byteSize() && size <= data().byteSize() - off;
  }

  private void checkSections() {
    for (int i = 1; i < shnum; i++) {
      long h = header(i);
      verify(ElfClass.shName(data(), h) < shstrtab.byteSize(), h, "section " + i + " has no name in the name table");
      int type = ElfClass.shType(data(), h);
      if (type != SHT_NOBITS && type != SHT_NULL && !inFile(elf.shOffset(data(), h), elf.shSize(data(), h))) {
        throw new LinkException(
            location().section(sectionName(i), -1), "section lies outside of the file: the file is truncated or damaged");
      }
      if (type == SHT_NOBITS) {
        verify(elf.shSize(data(), h) >= 0, h, "section " + i + " has an invalid size");
      }
      long align = elf.shAlign(data(), h);
      if ((align & (align - 1)) != 0 || align < 0 || align > 1L << 32) {
        throw new LinkException(location().section(sectionName(i), -1), "alignment is not a power of two: " + align);
      }
      if ((elf.shFlags(data(), h) & (SHF_LINK_ORDER | SHF_ALLOC)) == (SHF_LINK_ORDER | SHF_ALLOC)) {
        ordered = Arrays.copyOf(ordered, ordered.length + 1);
        ordered[ordered.length - 1] = i;
      }
      switch (type) {
        case SHT_SYMTAB -> {
          verify(symtabIndex == 0, h, "more than one symbol table");
          symtabIndex = i;
        }
        case SHT_REL, SHT_RELA -> checkRelocations(i, h, type);
        case SHT_PROGBITS, SHT_NOTE -> checkNames(h, type);
        default -> {}
      }
    }
  }

  private void checkNames(long h, int type) {
    long flags = elf.shFlags(data(), h);
    if ((flags & SHF_ALLOC) != 0) {
      return;
    }
    long name = ElfClass.shName(data(), h);
    lto |= type == SHT_PROGBITS && Names.startsWith(shstrtab, name, ".gnu.lto_.");
    if (Names.is(shstrtab, name, ".note.GNU-stack")) {
      stackNote = (flags & SHF_EXECINSTR) != 0 ? StackNote.EXECUTABLE : StackNote.PLAIN;
    }
  }

  private void checkRelocations(int i, long h, int type) {
    int target = elf.shInfo(data(), h);
    long entry = (type == SHT_RELA ? 3L : 2L) * elf.wordSize;
    long size = elf.shSize(data(), h);
    if (target <= 0 || target >= shnum || size % entry != 0 || elf.shEntsize(data(), h) != entry) {
      throw new LinkException(location().section(sectionName(i), -1), "invalid relocation section header");
    }
    if (size > 0) {
      if (relocSection[target] != 0) {
        throw new LinkException(location().section(sectionName(i), -1), "more than one relocation section for a section");
      }
      relocSection[target] = i;
    }
  }

  private void readSymbolTable() {
    long h = header(symtabIndex);
    long size = elf.shSize(data(), h);
    verify(
        size % elf.symSize == 0 && size / elf.symSize <= Integer.MAX_VALUE - 8,
        h,
        "symbol table has an invalid size");
    symtab = data().asSlice(elf.shOffset(data(), h), size);
    symbolCount = (int) (size / elf.symSize);
    int link = elf.shLink(data(), h);
    verify(link > 0 && link < shnum, h, "symbol table has no string table");
    strtab = strings(link);
    int info = elf.shInfo(data(), h);
    verify(info >= 0 && info <= symbolCount && (symbolCount == 0 || info > 0), h, "symbol table has an invalid sh_info");
    firstGlobal = info;
    for (int i = 1; i < shnum; i++) {
      if (type(i) == SHT_SYMTAB_SHNDX && elf.shLink(data(), header(i)) == symtabIndex) {
        xindex = data().asSlice(elf.shOffset(data(), header(i)), elf.shSize(data(), header(i)));
        verify(xindex.byteSize() / 4 >= symbolCount, header(i), "SHT_SYMTAB_SHNDX section is too short");
      }
    }
    for (int i = 0; i < symbolCount; i++) {
      verifySymbol(i);
    }
  }

  private void verifySymbol(int i) {
    long off = (long) i * elf.symSize;
    int ndx = elf.stShndx(symtab, off);
    if (ndx == SHN_XINDEX) {
      verify(xindex.byteSize() > 0, symbolAt(i), "symbol " + i + " needs an SHT_SYMTAB_SHNDX section");
      ndx = ElfClass.s32(xindex, i * 4L);
      verify(ndx >= 0 && ndx < shnum, symbolAt(i), "symbol " + i + " has an invalid section index " + ndx);
    } else {
      verify(
          ndx < shnum || ndx == SHN_ABS || ndx == SHN_COMMON,
          symbolAt(i),
          "symbol " + i + " has an invalid section index " + ndx);
    }
    verify(ElfClass.stName(symtab, off) < strtab.byteSize(), symbolAt(i), "symbol " + i + " has an invalid name");
    int bind = elf.stInfo(symtab, off) >> 4;
    verify(
        (bind == STB_LOCAL) == (i < firstGlobal),
        symbolAt(i),
        "symbol " + i + (bind == STB_LOCAL ? " is local but stands among the global ones" : " is not local but stands among the local ones"));
  }

  private long symbolAt(int i) {
    return elf.shOffset(data(), header(symtabIndex)) + (long) i * elf.symSize;
  }

  private void readGroups() {
    for (int i = 1; i < shnum; i++) {
      if (type(i) == SHT_GROUP) {
        readGroup(i);
      } else if (Names.startsWith(shstrtab, nameOffsetOf(i), ".gnu.linkonce.")) {
        groups.add(new Group(-1, true, new int[] {i}, 0));
      }
    }
  }

  private void readGroup(int i) {
    long h = header(i);
    long size = elf.shSize(data(), h);
    int sig = elf.shInfo(data(), h);
    verify(
        size >= 4 && size % 4 == 0 && sig > 0 && sig < symbolCount && elf.shLink(data(), h) == symtabIndex,
        h,
        "section group " + i + " is invalid");
    MemorySegment body = data().asSlice(elf.shOffset(data(), h), size);
    int[] members = new int[(int) (size / 4) - 1];
    for (int k = 0; k < members.length; k++) {
      members[k] = ElfClass.s32(body, 4L * (k + 1));
      verify(members[k] > 0 && members[k] < shnum && members[k] != i, h, "section group " + i + " has an invalid member");
    }
    groups.add(new Group(sig, (ElfClass.s32(body, 0) & GRP_COMDAT) != 0, members, i));
  }

  /** Global symbols' names come first, in their order; then a signature for each group. */
  private void hashNames() {
    int globals = symbolCount - firstGlobal;
    int n = globals + groups.size();
    nameOff = new int[n];
    nameLen = new int[n];
    nameHash = new long[n];
    if (n == 0) {
      return;
    }
    long strBase = symbolCount == 0 ? 0 : strtab.address() - data().address();
    for (int i = 0; i < globals; i++) {
      long name = ElfClass.stName(symtab, (long) (firstGlobal + i) * elf.symSize);
      int len = Names.length(strtab, name);
      setName(i, strBase + name, defaultVersion(strtab, name, len));
    }
    for (int g = 0; g < groups.size(); g++) {
      Group group = groups.get(g);
      if (group.section() == 0) {
        setLinkonceName(globals + g, group.members()[0]);
      } else {
        setSignature(globals + g, group.name(), strBase);
      }
      groups.set(g, new Group(globals + g, group.comdat(), group.members(), group.section()));
    }
  }

  private void setName(int i, long off, int len) {
    verify(off <= 0xffffffffL, off, "names beyond 4 GiB");
    nameOff[i] = (int) off;
    nameLen[i] = len;
    nameHash[i] = Names.hash(data(), off, len);
  }

  /** {@code name@@VERSION} defines {@code name} itself: the length of the name in front of {@code @@}. */
  private int defaultVersion(MemorySegment strtab, long off, int len) {
    for (int i = 1; i + 1 < len; i++) {
      if (ElfClass.u8(strtab, off + i) == '@') {
        versionedNames = true;
        return ElfClass.u8(strtab, off + i + 1) == '@' ? i : len;
      }
    }
    return len;
  }

  /** The signature is a symbol's name; gas gives section symbols none, their section's name stands for it. */
  private void setSignature(int i, int sym, long strBase) {
    long off = (long) sym * elf.symSize;
    long name = ElfClass.stName(symtab, off);
    if (name == 0 && (elf.stInfo(symtab, off) & 15) == STT_SECTION && shndx(sym) < shnum) {
      long sh = nameOffsetOf(shndx(sym));
      setName(i, shstrtab.address() - data().address() + sh, Names.length(shstrtab, sh));
    } else {
      setName(i, strBase + name, Names.length(strtab, name));
    }
  }

  /**
   * {@code .gnu.linkonce.t.NAME} stands for the COMDAT group NAME, as GNU ld has it; the other kinds have their whole
   * name for a signature.
   */
  private void setLinkonceName(int i, int section) {
    long name = nameOffsetOf(section);
    long off = shstrtab.address() - data().address() + name;
    int len = Names.length(shstrtab, name);
    int skip = Names.startsWith(shstrtab, name, ".gnu.linkonce.t.") ? 16 : 0;
    setName(i, off + skip, len - skip);
  }

  // Sections

  public ElfClass elf() {
    return elf;
  }

  /** {@code e_machine}. */
  public int machine() {
    return machine;
  }

  public int sectionCount() {
    return shnum;
  }

  private long header(int section) {
    return shoff + (long) section * elf.shdrSize;
  }

  public int type(int section) {
    return ElfClass.shType(data(), header(section));
  }

  public long flags(int section) {
    return elf.shFlags(data(), header(section));
  }

  /** {@code sh_size}: for a compressed section the compressed size, header included. */
  public long rawSize(int section) {
    return elf.shSize(data(), header(section));
  }

  /** {@code sh_addralign}, at least 1. */
  public long align(int section) {
    return Math.max(1, elf.shAlign(data(), header(section)));
  }

  public long entsize(int section) {
    return elf.shEntsize(data(), header(section));
  }

  public int link(int section) {
    return elf.shLink(data(), header(section));
  }

  public int info(int section) {
    return elf.shInfo(data(), header(section));
  }

  /** Index of {@code .symtab}; 0 where there is none. */
  public int symbolTable() {
    return symtabIndex;
  }

  /** The section's bytes as they stand in the file; empty for {@code SHT_NOBITS}. */
  public MemorySegment rawContent(int section) {
    long h = header(section);
    if (ElfClass.shType(data(), h) == SHT_NOBITS) {
      return MemorySegment.NULL;
    }
    return data().asSlice(elf.shOffset(data(), h), elf.shSize(data(), h));
  }

  /** Where the section's name begins in {@link #sectionNames}. */
  public long nameOffsetOf(int section) {
    return ElfClass.shName(data(), header(section));
  }

  public MemorySegment sectionNames() {
    return shstrtab;
  }

  public String sectionName(int section) {
    return Names.string(shstrtab, nameOffsetOf(section));
  }

  public boolean isNamed(int section, String name) {
    return Names.is(shstrtab, nameOffsetOf(section), name);
  }

  /** The section that relocates this one; 0 if none. */
  public int relocSection(int section) {
    return relocSection[section];
  }

  /** The loaded sections with {@code SHF_LINK_ORDER}, in order; {@link #link} says which section each belongs to. */
  public int[] orderedSections() {
    return ordered;
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
    return location().section(sectionName(section), offset);
  }

  // Symbols

  public int symbolCount() {
    return symbolCount;
  }

  public int firstGlobal() {
    return firstGlobal;
  }

  public int symbolType(int sym) {
    return elf.stInfo(symtab, (long) sym * elf.symSize) & 15;
  }

  public int symbolBinding(int sym) {
    return elf.stInfo(symtab, (long) sym * elf.symSize) >> 4;
  }

  public int symbolInfo(int sym) {
    return elf.stInfo(symtab, (long) sym * elf.symSize);
  }

  /** {@code st_other}; the visibility is its lowest two bits. */
  public int symbolOther(int sym) {
    return elf.stOther(symtab, (long) sym * elf.symSize);
  }

  /** The section, or {@code SHN_UNDEF}, or {@link #ABS} or {@link #COMMON}. */
  public int shndx(int sym) {
    int ndx = elf.stShndx(symtab, (long) sym * elf.symSize);
    if (ndx < SHN_LORESERVE) {
      return ndx;
    }
    return switch (ndx) {
      case SHN_XINDEX -> ElfClass.s32(xindex, sym * 4L);
      case SHN_ABS -> ABS;
      default -> COMMON;
    };
  }

  /** {@link #shndx} of a symbol with {@code SHN_ABS}: no number of a section, of which there may be more than 65,521. */
  public static final int ABS = -1;

  /** {@link #shndx} of a symbol with {@code SHN_COMMON}. */
  public static final int COMMON = -2;

  /** {@code st_value}; for {@link #COMMON} the alignment. */
  public long symbolValue(int sym) {
    return elf.stValue(symtab, (long) sym * elf.symSize);
  }

  public long symbolSize(int sym) {
    return elf.stSize(symtab, (long) sym * elf.symSize);
  }

  /** The symbol's name; a section symbol without one has its section's. */
  public String symbolName(int sym) {
    long name = ElfClass.stName(symtab, (long) sym * elf.symSize);
    if (name == 0 && symbolType(sym) == STT_SECTION && shndx(sym) > 0) {
      return sectionName(shndx(sym));
    }
    return Names.string(strtab, name);
  }

  /** Where the symbol's name begins in {@link #strings}. */
  public long symbolNameOffset(int sym) {
    return ElfClass.stName(symtab, (long) sym * elf.symSize);
  }

  public MemorySegment strings() {
    return strtab;
  }

  // Numbers in the link, given when it is known which files are linked

  /** The number of this file's section 0 among the link's sections. */
  public int firstSection() {
    return firstSection;
  }

  /** The number of this file's symbol 0 among the link's symbols. */
  public int firstLocal() {
    return firstLocal;
  }

  public void setNumbers(int section, int local) {
    firstSection = section;
    firstLocal = local;
  }

  /** Gives a global symbol another name, by its number. */
  public void rename(int sym, int id) {
    nameId[sym - firstGlobal] = id;
  }

  /** The number of a global symbol's name. */
  public int symbolNameId(int sym) {
    return nameId[sym - firstGlobal];
  }

  /** The symbol's number in the link. */
  public int symbolId(int sym) {
    return sym < firstGlobal ? firstLocal + sym : nameId[sym - firstGlobal];
  }
}
