package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A shared library as an input: the names that it offers and asks for, with their versions (gABI,
 * chapter 5; the LSB's "Symbol Versioning"). Names come in rows: one for each global symbol of
 * {@code .dynsym} that others can be bound to or that it refers to; and where objects of the link
 * name versions themselves ({@code f@V1}), one more for each versioned definition under that name.
 */
public final class SharedFile extends InputFile {
  private final MemorySegment file;
  private final ElfClass elf;
  private final Path path;
  private final SymWords dynsym;
  private final FileNames names;
  private final StringTable strings;
  private final String soname;
  private final List<String> needed;
  private final List<String> searchPath;
  private final String[] versions;
  private final String[] wantedVersions;
  private final int[] row;
  private final int[] version;
  private final int[] references;

  /**
   * @param name the file's name for messages
   * @param path null for a library in memory
   * @throws LinkException where the file is no sound shared library
   */
  public SharedFile(String name, Path path, MemorySegment bytes) {
    this(new SharedReader(name, bytes, false), path);
  }

  private SharedFile(SharedReader r, Path path) {
    super(r.file, null, r.strings);
    this.file = r.data;
    this.elf = r.elf;
    this.path = path;
    this.dynsym = r.dynsym;
    this.names = r.names;
    this.strings = r.table;
    this.soname = r.soname;
    this.needed = List.copyOf(r.needed);
    this.searchPath = List.copyOf(r.searchPath);
    this.versions = r.versions;
    this.wantedVersions = r.wantedVersions;
    this.row = r.row;
    this.version = r.version;
    this.references = rowsOf(r.references);
  }

  @Override
  public FileNames names() {
    return names;
  }

  @Override
  public NameWords nameWords(ReadBuffers buffers) {
    return new NameWords(names, strings);
  }

  @Override
  public long heapBytes() {
    long versions = 64L * (this.versions.length + wantedVersions.length);
    return (long) dynsym.count() * elf.symSize + 28L * rows() + strings.size() + versions;
  }

  /** Hashes of the names that the library refers to and does not define. */
  public long[] wantedNames() {
    long[] wanted = new long[rows()];
    int n = 0;
    for (int r = 0; r < wanted.length; r++) {
      if (!isDefined(r)) {
        wanted[n++] = names.hash(r);
      }
    }
    return Arrays.copyOf(wanted, n);
  }

  /** Whether two rows are names of one symbol: with its version, and without. */
  public boolean isSameSymbol(int r, int s) {
    return row[r] == row[s];
  }

  /** Number of rows. */
  public int rows() {
    return row.length;
  }

  /** The row's name, for a library whose names are not interned. */
  public String rowName(int r) {
    return Names.string(data(), names.offset(r), names.length(r));
  }

  private static int[] rowsOf(BitSet set) {
    int[] rows = new int[set.cardinality()];
    int n = 0;
    for (int r = set.nextSetBit(0); r >= 0; r = set.nextSetBit(r + 1)) {
      rows[n++] = r;
    }
    return rows;
  }

  /** The rows that are references, in order. */
  public int[] references() {
    return references.clone();
  }

  /** Whether the row is a definition, not a reference. */
  public boolean isDefined(int r) {
    return dynsym.shndx(row[r]) != SHN_UNDEF;
  }

  public boolean isWeak(int r) {
    return dynsym.info(row[r]) >> 4 == STB_WEAK;
  }

  public int symbolInfo(int r) {
    return dynsym.info(row[r]);
  }

  public int symbolType(int r) {
    return dynsym.info(row[r]) & 15;
  }

  public boolean isProtected(int r) {
    return (dynsym.other(row[r]) & 3) == STV_PROTECTED;
  }

  /** The address in the library. */
  public long symbolValue(int r) {
    return dynsym.value(row[r]);
  }

  public long symbolSize(int r) {
    return dynsym.size(row[r]);
  }

  /** The version of a definition; empty where it has none. */
  public String versionName(int r) {
    int v = version[r];
    return v < 2 || v >= versions.length || versions[v] == null ? "" : versions[v];
  }

  /** The version in which a reference asks for its symbol; empty where it asks for none. */
  public String wantedVersion(int r) {
    int v = version[r];
    return v < 2 || v >= wantedVersions.length || wantedVersions[v] == null
        ? ""
        : wantedVersions[v];
  }

  /** The library with {@code NAME@VERSION} for all of its definitions, hidden ones too. */
  public SharedFile withVersionedNames() {
    return new SharedFile(new SharedReader(fileName(), file, true), path);
  }

  /** Whether the library defines {@code NAME@VERSION}, by default or not. */
  public boolean definesVersioned(String name) {
    SharedFile all = withVersionedNames();
    for (int r = 0; r < all.rows(); r++) {
      if (all.isDefined(r) && all.rowName(r).equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the library defines any versions, beside its own name. */
  public boolean definesVersions() {
    return versions.length > 2;
  }

  /** Whether the library defines the version, which an object may ask for. */
  public boolean definesVersion(String name) {
    return Arrays.asList(versions).subList(2, versions.length).contains(name);
  }

  /** Whether the row defines data that has a value in the file, and not weakly. */
  public boolean isInitialisedData(int r) {
    if (!isDefined(r) || isWeak(r) || isFunction(r)) {
      return false;
    }
    int ndx = dynsym.shndx(row[r]);
    return ndx < elf.shnum(file)
        && ElfClass.shType(file, elf.shoff(file) + (long) ndx * elf.shdrSize) != SHT_NOBITS;
  }

  private boolean isFunction(int r) {
    int type = symbolType(r);
    return type == STT_FUNC || type == STT_GNU_IFUNC;
  }

  /** Whether a definition is in memory that is not written to, or not after it is relocated. */
  public boolean isReadOnly(int r) {
    return (sectionFlags(r) & SHF_WRITE) == 0 || isInRelro(symbolValue(r));
  }

  /** Whether a definition may be more than 2 GiB away from the rest of the library. */
  public boolean isLarge(int r) {
    return machine() == EM_X86_64 && (sectionFlags(r) & SHF_X86_64_LARGE) != 0;
  }

  /** {@code sh_flags} of the section that holds a definition; 0 where it is not known. */
  private long sectionFlags(int r) {
    int ndx = dynsym.shndx(row[r]);
    return ndx < elf.shnum(file)
        ? elf.shFlags(file, elf.shoff(file) + (long) ndx * elf.shdrSize)
        : 0;
  }

  private boolean isInRelro(long address) {
    int n = elf.phnum(file);
    long phoff = elf.phoff(file);
    if (phoff < 0 || n > (file.byteSize() - phoff) / elf.phdrSize) {
      return false; // nothing else depends on the program headers
    }
    for (int i = 0; i < n; i++) {
      long at = phoff + (long) i * elf.phdrSize;
      if (ElfClass.pType(file, at) == PT_GNU_RELRO
          && Long.compareUnsigned(address - elf.pVaddr(file, at), elf.pMemsz(file, at)) < 0) {
        return true;
      }
    }
    return false;
  }

  /** Alignment of the section that holds a definition, in bytes. */
  public long sectionAlign(int r) {
    int ndx = dynsym.shndx(row[r]);
    long a =
        ndx < elf.shnum(file) ? elf.shAlign(file, elf.shoff(file) + (long) ndx * elf.shdrSize) : 1;
    return Math.max(1, a);
  }

  /**
   * Calls {@code sink} with the name and content of each section whose name begins with {@code
   * prefix}.
   */
  public void forEachWarning(String prefix, BiConsumer<String, MemorySegment> sink) {
    int ndx = elf.shstrndx(file);
    int n = elf.shnum(file);
    if (ndx <= 0 || ndx >= n) {
      return;
    }
    MemorySegment names = section(ndx);
    for (int i = 1; i < n; i++) {
      long name = ElfClass.shName(file, elf.shoff(file) + (long) i * elf.shdrSize);
      if (name < names.byteSize() && Names.startsWith(names, name, prefix)) {
        sink.accept(Names.string(names, name), section(i));
      }
    }
  }

  /** A section's bytes; none where they don't lie in the file. */
  private MemorySegment section(int i) {
    long h = elf.shoff(file) + (long) i * elf.shdrSize;
    long off = elf.shOffset(file, h);
    long size = elf.shSize(file, h);
    boolean inside =
        off >= 0 && size >= 0 && off <= file.byteSize() && size <= file.byteSize() - off;
    return inside && ElfClass.shType(file, h) != SHT_NOBITS
        ? file.asSlice(off, size)
        : MemorySegment.NULL;
  }

  /** Its names, also those that it does not export. */
  public QuickNames quickNames() {
    return new QuickNames(file);
  }

  /** {@code e_machine}. */
  public int machine() {
    return ElfClass.u16(file, 18);
  }

  public ElfClass elf() {
    return elf;
  }

  /**
   * What those that use it have as {@code DT_NEEDED}: its {@code DT_SONAME}.
   *
   * @param called what has that one's place where it has none
   */
  public String soname(String called) {
    return soname == null ? called : soname;
  }

  /** {@code DT_NEEDED}, in order. */
  public List<String> needed() {
    return needed;
  }

  /** {@code DT_RUNPATH} or {@code DT_RPATH}, split. */
  public List<String> searchPath() {
    return searchPath;
  }

  public Path path() {
    return path;
  }
}
