package io.jld.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An ELF file as the tests look at it: read by code that shares nothing with the linker's. */
public final class ElfImage {
  public record Section(
      String name,
      int type,
      long flags,
      long addr,
      long offset,
      long size,
      int link,
      int info,
      long align,
      long entsize) {
    boolean holds(long address) {
      return addr <= address && address < addr + size;
    }
  }

  public record Segment(
      int type,
      int flags,
      long offset,
      long addr,
      long load,
      long filesz,
      long memsz,
      long align) {}

  public record Symbol(
      String name, long value, long size, int type, int bind, int visibility, int shndx) {}

  public record Reloc(long offset, int type, int symbol, long addend) {}

  final byte[] bytes;
  final boolean is64;
  public final int type;
  final int machine;
  public final long entry;
  public final List<Section> sections = new ArrayList<>();
  public final List<Segment> segments = new ArrayList<>();
  private final ByteBuffer b;

  public static ElfImage read(Path file) {
    try {
      return new ElfImage(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ElfImage(byte[] bytes) {
    this.bytes = bytes;
    b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (b.getInt(0) != 0x464c457f) {
      throw new AssertionError("not an ELF file");
    }
    is64 = bytes[4] == 2;
    type = u16(16);
    machine = u16(18);
    entry = word(24);
    long phoff = word(is64 ? 32 : 28);
    long shoff = word(is64 ? 40 : 32);
    int sizes = is64 ? 54 : 42;
    for (int i = 0; i < u16(sizes + 2); i++) {
      segments.add(segment((int) phoff + i * u16(sizes)));
    }
    int count = u16(sizes + 6);
    int names = u16(sizes + 8);
    if (shoff != 0 && count == 0) {
      count = (int) word((int) shoff + (is64 ? 32 : 20));
    }
    if (names == 0xffff) {
      names = b.getInt((int) shoff + (is64 ? 40 : 24));
    }
    for (int i = 0; i < count; i++) {
      sections.add(section((int) shoff + i * u16(sizes + 4), (int) shoff + names * u16(sizes + 4)));
    }
  }

  private Segment segment(int at) {
    return is64
        ? new Segment(
            b.getInt(at),
            b.getInt(at + 4),
            word(at + 8),
            word(at + 16),
            word(at + 24),
            word(at + 32),
            word(at + 40),
            word(at + 48))
        : new Segment(
            b.getInt(at),
            b.getInt(at + 24),
            word(at + 4),
            word(at + 8),
            word(at + 12),
            word(at + 16),
            word(at + 20),
            word(at + 28));
  }

  private Section section(int at, int names) {
    int w = is64 ? 8 : 4;
    int p = at + 8;
    int strings = (int) word(names + (is64 ? 24 : 16));
    return new Section(
        string(strings + b.getInt(at)),
        b.getInt(at + 4),
        word(p),
        word(p + w),
        word(p + 2 * w),
        word(p + 3 * w),
        b.getInt(p + 4 * w),
        b.getInt(p + 4 * w + 4),
        word(p + 4 * w + 8),
        word(p + 5 * w + 8));
  }

  private int u16(int at) {
    return b.getShort(at) & 0xffff;
  }

  private long word(int at) {
    return is64 ? b.getLong(at) : b.getInt(at) & 0xffffffffL;
  }

  private String string(int at) {
    int end = at;
    while (bytes[end] != 0) {
      end++;
    }
    return new String(bytes, at, end - at, StandardCharsets.UTF_8);
  }

  /** A string of a string table. */
  public String string(Section table, long offset) {
    return string((int) (table.offset() + offset));
  }

  boolean hasSection(String name) {
    return sections.stream().anyMatch(s -> s.name().equals(name));
  }

  Section section(String name) {
    return sections.stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no section " + name));
  }

  byte[] content(String section) {
    return content(section(section));
  }

  /** The bytes of a section that has some in the file. */
  public byte[] content(Section s) {
    return Arrays.copyOfRange(bytes, (int) s.offset(), (int) (s.offset() + s.size()));
  }

  /** The words of a section. */
  public long[] words(String section) {
    Section s = section(section);
    int w = is64 ? 8 : 4;
    long[] words = new long[(int) s.size() / w];
    for (int i = 0; i < words.length; i++) {
      words[i] = word((int) s.offset() + i * w);
    }
    return words;
  }

  public List<Symbol> symbols() {
    return symbols(".symtab");
  }

  public List<Symbol> symbols(String table) {
    List<Symbol> symbols = new ArrayList<>();
    if (!hasSection(table)) {
      return symbols;
    }
    Section s = section(table);
    int strings = (int) sections.get(s.link()).offset();
    for (int at = (int) s.offset(); at < s.offset() + s.size(); at += is64 ? 24 : 16) {
      String name = string(strings + b.getInt(at));
      int info = bytes[is64 ? at + 4 : at + 12];
      int other = bytes[is64 ? at + 5 : at + 13];
      int shndx = u16(is64 ? at + 6 : at + 14);
      long value = word(is64 ? at + 8 : at + 4);
      long size = word(is64 ? at + 16 : at + 8);
      symbols.add(new Symbol(name, value, size, info & 15, (info & 0xff) >> 4, other & 3, shndx));
    }
    return symbols;
  }

  boolean hasSymbol(String name) {
    return symbols().stream().anyMatch(s -> s.name().equals(name));
  }

  Symbol symbol(String name) {
    return symbols().stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no symbol " + name));
  }

  /** The relocations of a section of them. */
  public List<Reloc> relocs(String section) {
    return relocs(section(section));
  }

  public List<Reloc> relocs(Section s) {
    boolean rela = s.type() == 4;
    int w = is64 ? 8 : 4;
    List<Reloc> relocs = new ArrayList<>();
    for (int at = (int) s.offset(); at < s.offset() + s.size(); at += (rela ? 3 : 2) * w) {
      long info = word(at + w);
      int relType = is64 ? (int) info : (int) info & 0xff;
      int sym = (int) (is64 ? info >>> 32 : info >>> 8);
      relocs.add(new Reloc(word(at), relType, sym, rela ? word(at + 2 * w) : 0));
    }
    return relocs;
  }

  /** The first segment of a type; null if there is none. */
  Segment segment(SegmentType wanted) {
    return segments.stream().filter(s -> s.type() == wanted.number).findFirst().orElse(null);
  }

  enum SegmentType {
    LOAD(1),
    DYNAMIC(2),
    INTERP(3),
    NOTE(4),
    TLS(7),
    EH_FRAME(0x6474e550),
    STACK(0x6474e551),
    RELRO(0x6474e552),
    PROPERTY(0x6474e553);

    private final int number;

    SegmentType(int number) {
      this.number = number;
    }
  }

  /** The word at an address of the loaded image. */
  public long wordAt(long address) {
    for (Segment s : segments) {
      if (s.type() == 1 && s.addr() <= address && address < s.addr() + s.filesz()) {
        return word((int) (address - s.addr() + s.offset()));
      }
    }
    throw new AssertionError("0x" + Long.toHexString(address) + " is not loaded from the file");
  }
}
