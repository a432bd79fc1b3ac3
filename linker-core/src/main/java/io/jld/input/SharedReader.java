package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Reads a shared library's tables, checks them, and makes the rows of a {@link SharedFile}. */
final class SharedReader {
  private static final int VERSYM_HIDDEN = 0x8000;

  final String file;
  final MemorySegment data;
  final ElfClass elf;
  private final long shoff;
  private final int shnum;
  SymWords dynsym = SymWords.NONE;

  /** The string table, and its copy; names with versions stand after those of the file. */
  MemorySegment strings = MemorySegment.NULL;

  StringTable table;
  private MemorySegment dynamic = MemorySegment.NULL;
  private MemorySegment versym = MemorySegment.NULL;
  String[] versions = {"", ""};
  String[] wantedVersions = {};

  // By row: the symbol in .dynsym, the index of its version, its name.
  int[] row = {};
  int[] version = {};

  /** The rows that are references. */
  final BitSet references = new BitSet();

  private int[] nameOff = {};
  private int[] nameLen = {};
  final FileNames names;

  /** {@code DT_SONAME}; null where there is none. */
  String soname;

  final List<String> needed = new ArrayList<>();
  final List<String> searchPath = new ArrayList<>();

  /**
   * Reads all of it.
   *
   * @param versioned whether definitions are offered as {@code NAME@VERSION} too
   * @throws LinkException where the file is no sound shared library
   */
  SharedReader(String file, MemorySegment data, boolean versioned) {
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
          MemorySegment symbols = body(i);
          dynsym = SymWords.of(elf, symbols, 0, symbols.byteSize());
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
    table = new StringTable(strings, 0, strings.byteSize());
    for (int i = 1; i < shnum; i++) {
      int type = ElfClass.shType(data, header(i));
      if (type == SHT_GNU_VERDEF) {
        readVersions(body(i), elf.shInfo(data, header(i)));
      } else if (type == SHT_GNU_VERNEED) {
        readWantedVersions(body(i), elf.shInfo(data, header(i)));
      }
    }
    readDynamic();
    names = makeRows(versioned);
  }

  private void verify(boolean condition, long offset, String reason) {
    if (!condition) {
      throw new LinkException(
          DiagnosticCode.MALFORMED_LIBRARY, Location.file(file).at(offset), reason);
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

  private void readDynamic() {
    for (long at = 0; at + 2L * elf.wordSize <= dynamic.byteSize(); at += 2L * elf.wordSize) {
      long tag = elf.word(dynamic, at);
      long value = elf.word(dynamic, at + elf.wordSize);
      if (tag == DT_NULL) {
        break;
      } else if (tag == DT_SONAME) {
        soname = string(value);
      } else if (tag == DT_NEEDED) {
        needed.add(string(value));
      } else if (tag == DT_RUNPATH || tag == DT_RPATH) {
        searchPath.addAll(Arrays.asList(string(value).split(":")));
      }
    }
  }

  /** Makes the rows; returns their names. */
  private FileNames makeRows(boolean versioned) {
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
      if (!defined) {
        references.set(rows);
      }
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
    if (extra.size() > 0) {
      append(extra.toByteArray());
    }
    long[] hash = new long[rows];
    for (int i = 0; i < rows; i++) {
      hash[i] = table.hash(nameOff[i] & 0xffffffffL, nameLen[i]);
    }
    return new FileNames(Arrays.copyOf(nameOff, rows), Arrays.copyOf(nameLen, rows), hash);
  }

  /** Makes names with versions part of the string table. */
  private void append(byte[] more) {
    MemorySegment whole = MemorySegment.ofArray(new byte[(int) strings.byteSize() + more.length]);
    MemorySegment.copy(strings, 0, whole, 0, strings.byteSize());
    MemorySegment.copy(MemorySegment.ofArray(more), 0, whole, strings.byteSize(), more.length);
    strings = whole;
    table = new StringTable(whole, 0, whole.byteSize());
  }

  /** The length of a symbol's name. */
  private int nameLength(int i) {
    long name = dynsym.name(i);
    if (name >= table.size()) {
      throw new LinkException(
          DiagnosticCode.MALFORMED_LIBRARY,
          Location.file(file),
          "symbol " + i + " of .dynsym has an invalid name");
    }
    return table.length(name);
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
