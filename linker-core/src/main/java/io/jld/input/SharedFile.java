package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A shared library as an input: the names that it offers and asks for, with their versions (gABI,
 * chapter 5; the LSB's "Symbol Versioning"). Names come in rows: one for each global symbol of
 * {@code .dynsym} that others can be bound to or that it refers to; and where objects of the link
 * name versions themselves ({@code f@V1}), one more for each versioned definition under that name.
 */
public final class SharedFile extends InputFile {
  private static final int VERSYM_HIDDEN = 0x8000;

  private final MemorySegment file;
  private final ElfClass elf;
  private final Path path;
  private final SymWords dynsym;
  private final String soname;
  private final List<String> needed = new ArrayList<>();
  private final List<String> searchPath = new ArrayList<>();
  private String[] versions = {};
  private String[] wantedVersions = {};
  private int[] row = {};
  private int[] version = {};

  /**
   * @param name the file's name for messages
   * @param path null for a library in memory
   * @param versionedNames whether definitions are offered as {@code NAME@VERSION} too
   * @throws LinkException where the file is no sound shared library
   */
  public static SharedFile read(
      String name, Path path, MemorySegment bytes, boolean versionedNames) {
    return read(new Tables(name, bytes), path, versionedNames);
  }

  /** As the other, of a library whose tables have been found. */
  public static SharedFile read(Tables tables, Path path, boolean versionedNames) {
    return new SharedFile(tables.file, path, tables.data, tables, versionedNames);
  }

  private SharedFile(
      String name, Path path, MemorySegment bytes, Tables t, boolean versionedNames) {
    super(name, null, t.names(versionedNames));
    this.file = bytes;
    this.elf = t.elf;
    this.path = path;
    this.dynsym = t.dynsym;
    this.versions = t.versions;
    this.wantedVersions = t.wantedVersions;
    this.row = t.row;
    this.version = t.version;
    this.nameOff = t.nameOff;
    this.nameLen = t.nameLen;
    this.nameHash = new long[nameOff.length];
    StringTable names =
        data().byteSize() == t.names.size()
            ? t.names
            : new StringTable(data(), 0, data().byteSize());
    for (int i = 0; i < nameOff.length; i++) {
      nameHash[i] = names.hash(nameOffset(i), nameLen[i]);
    }
    setNameTables(names, 0, null, 0);
    String so = null;
    for (long at = 0; at + 2L * elf.wordSize <= t.dynamic.byteSize(); at += 2L * elf.wordSize) {
      long tag = elf.word(t.dynamic, at);
      long value = elf.word(t.dynamic, at + elf.wordSize);
      if (tag == DT_NULL) {
        break;
      } else if (tag == DT_SONAME) {
        so = t.string(value);
      } else if (tag == DT_NEEDED) {
        needed.add(t.string(value));
      } else if (tag == DT_RUNPATH || tag == DT_RPATH) {
        searchPath.addAll(Arrays.asList(t.string(value).split(":")));
      }
    }
    soname = so;
  }

  /** Finds the tables and makes the rows, before there is a file that has them. */
  public static final class Tables {
    private final String file;
    private final MemorySegment data;
    private final ElfClass elf;
    private final long shoff;
    private final int shnum;
    private SymWords dynsym = SymWords.NONE;
    private MemorySegment strings = MemorySegment.NULL;
    private StringTable names;
    private MemorySegment dynamic = MemorySegment.NULL;
    private MemorySegment versym = MemorySegment.NULL;
    private String[] versions = {"", ""};
    private String[] wantedVersions = {};
    private int[] row = {};
    private int[] version = {};
    private int[] nameOff = {};
    private int[] nameLen = {};

    /**
     * Finds the tables.
     *
     * @throws LinkException where the file is no sound shared library
     */
    public Tables(String file, MemorySegment data) {
      this.file = file;
      this.data = data;
      verify(data.byteSize() >= 64, 0, "file is too short to be a shared library");
      elf = ElfClass.of(ElfClass.u8(data, 4) == ELFCLASS64);
      shoff = elf.shoff(data);
      int n = elf.shnum(data);
      verify(
          elf.shentsize(data) == elf.shdrSize
              && shoff > 0
              && shoff <= data.byteSize() - elf.shdrSize
              && n <= (data.byteSize() - shoff) / elf.shdrSize,
          shoff,
          "section header table lies outside of the file");
      shnum = n;
      for (int i = 1; i < shnum; i++) {
        switch (ElfClass.shType(data, header(i))) {
          case SHT_DYNSYM -> {
            MemorySegment table = body(i);
            dynsym = SymWords.of(elf, table, 0, table.byteSize());
            int link = elf.shLink(data, header(i));
            verify(link > 0 && link < shnum, header(i), ".dynsym has no string table");
            strings = body(link);
            long size = strings.byteSize();
            verify(
                size > 0 && ElfClass.u8(strings, size - 1) == 0,
                header(link),
                ".dynstr is not a sound string table");
          }
          case SHT_DYNAMIC -> dynamic = body(i);
          case SHT_GNU_VERSYM -> versym = body(i);
          default -> {}
        }
      }
      verify(
          dynamic.byteSize() == 0 || strings.byteSize() > 0,
          0,
          "shared library without dynamic symbols");
      verify(
          versym.byteSize() == 0 || versym.byteSize() / 2 >= dynsym.count(),
          0,
          ".gnu.version is shorter than .dynsym");
      names = new StringTable(strings, 0, strings.byteSize());
      for (int i = 1; i < shnum; i++) {
        int type = ElfClass.shType(data, header(i));
        if (type == SHT_GNU_VERDEF) {
          readVersions(body(i), elf.shInfo(data, header(i)));
        } else if (type == SHT_GNU_VERNEED) {
          readWantedVersions(body(i), elf.shInfo(data, header(i)));
        }
      }
    }

    private void verify(boolean condition, long offset, String reason) {
      if (!condition) {
        throw new LinkException(Location.file(file).at(offset), reason);
      }
    }

    private long header(int i) {
      return shoff + (long) i * elf.shdrSize;
    }

    private MemorySegment body(int i) {
      long off = elf.shOffset(data, header(i));
      long size = elf.shSize(data, header(i));
      verify(
          off >= 0 && size >= 0 && off <= data.byteSize() && size <= data.byteSize() - off,
          header(i),
          "section " + i + " lies outside of the file: the file is truncated or damaged");
      return data.asSlice(off, size);
    }

    private String string(long off) {
      verify(off >= 0 && off < strings.byteSize(), 0, "string lies outside of .dynstr");
      return Names.string(strings, off);
    }

    private void readVersions(MemorySegment s, int count) {
      long at = 0;
      for (int k = 0; k < count; k++) {
        verify(at >= 0 && at <= s.byteSize() - 20, at, ".gnu.version_d is damaged");
        int index = ElfClass.u16(s, at + 4) & 0x7fff;
        long aux = at + ElfClass.u32(s, at + 12);
        verify(aux <= s.byteSize() - 8, at, ".gnu.version_d is damaged");
        if (index >= versions.length) {
          versions = Arrays.copyOf(versions, index + 1);
        }
        versions[index] = string(ElfClass.u32(s, aux));
        long next = ElfClass.u32(s, at + 16);
        if (next == 0) {
          break;
        }
        at += next;
      }
    }

    private void readWantedVersions(MemorySegment s, int count) {
      long at = 0;
      for (int k = 0; k < count; k++) {
        verify(at >= 0 && at <= s.byteSize() - 16, at, ".gnu.version_r is damaged");
        long aux = at + ElfClass.u32(s, at + 8);
        for (int n = ElfClass.u16(s, at + 2); n > 0; n--) {
          verify(aux <= s.byteSize() - 16, at, ".gnu.version_r is damaged");
          int index = ElfClass.u16(s, aux + 6) & 0x7fff;
          if (index >= wantedVersions.length) {
            wantedVersions = Arrays.copyOf(wantedVersions, index + 1);
          }
          wantedVersions[index] = string(ElfClass.u32(s, aux + 8));
          long next = ElfClass.u32(s, aux + 12);
          aux += next;
          if (next == 0) {
            break;
          }
        }
        long next = ElfClass.u32(s, at + 12);
        if (next == 0) {
          break;
        }
        at += next;
      }
    }

    /** Makes the rows; returns the segment that their names lie in. */
    MemorySegment names(boolean versioned) {
      int n = dynsym.count();
      short[] indices = indices();
      int capacity = versioned ? 2 * n : n;
      row = new int[capacity];
      version = new int[capacity];
      nameOff = new int[capacity];
      nameLen = new int[capacity];
      ByteArrayOutputStream extra = new ByteArrayOutputStream();
      int rows = 0;
      for (int i = 1; i < n; i++) {
        int bind = dynsym.info(i) >> 4;
        long name = dynsym.name(i);
        int v = indices.length == 0 ? 1 : indices[i] & 0xffff;
        boolean defined = dynsym.shndx(i) != SHN_UNDEF;
        int visibility = dynsym.other(i) & 3;
        if (bind == STB_LOCAL
            || (defined && (v & 0x7fff) == 0)
            || visibility == STV_HIDDEN
            || visibility == STV_INTERNAL) {
          continue;
        }
        int len = nameLength(i);
        if (!defined || (v & VERSYM_HIDDEN) == 0) {
          rows = add(rows, i, v & 0x7fff, (int) name, len);
        }
        int index = v & 0x7fff;
        if (versioned
            && defined
            && index >= 2
            && index < versions.length
            && versions[index] != null) {
          int off = extra.size();
          extra.writeBytes(Bytes.of(strings, name, len));
          extra.writeBytes(NameBytes.bytes("@" + versions[index]));
          len = extra.size() - off;
          extra.write(0);
          rows = add(rows, i, index, (int) strings.byteSize() + off, len);
        }
      }
      row = Arrays.copyOf(row, rows);
      version = Arrays.copyOf(version, rows);
      nameOff = Arrays.copyOf(nameOff, rows);
      nameLen = Arrays.copyOf(nameLen, rows);
      if (extra.size() == 0) {
        return strings;
      }
      byte[] more = extra.toByteArray();
      byte[] all = new byte[(int) strings.byteSize() + more.length];
      MemorySegment whole = MemorySegment.ofArray(all);
      MemorySegment.copy(strings, 0, whole, 0, strings.byteSize());
      MemorySegment.copy(MemorySegment.ofArray(more), 0, whole, strings.byteSize(), more.length);
      return whole;
    }

    /** The length of a symbol's name. */
    private int nameLength(int i) {
      long name = dynsym.name(i);
      if (name >= names.size()) {
        throw new LinkException(
            Location.file(file), "symbol " + i + " of .dynsym has an invalid name");
      }
      return names.length(name);
    }

    /** Hashes of the names that the library refers to and does not define. */
    public long[] wantedNames() {
      long[] wanted = new long[dynsym.count()];
      int n = 0;
      for (int i = 1; i < wanted.length; i++) {
        if (dynsym.shndx(i) == SHN_UNDEF && dynsym.info(i) >> 4 != STB_LOCAL) {
          wanted[n++] = names.hash(dynsym.name(i), nameLength(i));
        }
      }
      return Arrays.copyOf(wanted, n);
    }

    /** {@code .gnu.version}; empty where there is none. */
    private short[] indices() {
      short[] all = new short[versym.byteSize() == 0 ? 0 : dynsym.count()];
      Bytes.copy(versym, 0, all, all.length);
      return all;
    }

    private int add(int rows, int sym, int index, int off, int len) {
      row[rows] = sym;
      version[rows] = index;
      nameOff[rows] = off;
      nameLen[rows] = len;
      return rows + 1;
    }
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
    return Names.string(data(), nameOffset(r), nameLength(r));
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
    return read(file(), path, file, true);
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
    int ndx = dynsym.shndx(row[r]);
    long flags =
        ndx < elf.shnum(file) ? elf.shFlags(file, elf.shoff(file) + (long) ndx * elf.shdrSize) : 0;
    return (flags & SHF_WRITE) == 0 || isInRelro(symbolValue(r));
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

  /** {@code e_machine}. */
  public int machine() {
    return ElfClass.u16(file, 18);
  }

  public ElfClass elf() {
    return elf;
  }

  /** {@code DT_SONAME}; null where it has none. */
  public String soname() {
    return soname;
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
