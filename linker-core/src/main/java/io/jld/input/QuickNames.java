package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Whether a file has a name, without reading the rest of it: for the hints of a link that has
 * failed, which ask hundreds of libraries. What is damaged has no names.
 */
public final class QuickNames {
  private static final int WINDOW = 1 << 16;

  /** A name is the end of others' names, too, and stands in a table as often. */
  private static final int MAX_PLACES = 64;

  private final MemorySegment file;
  private final ElfClass elf;

  /**
   * @param file an ELF file's bytes, or what only seems to be one
   */
  public QuickNames(MemorySegment file) {
    this.file = file;
    this.elf = ElfClass.of(file.byteSize() > 4 && ElfClass.u8(file, 4) == ELFCLASS64);
  }

  /** Whether it is a shared library for this machine. */
  public boolean isLibrary(int machine, ElfClass of) {
    return ObjectFile.isElf(file)
        && file.byteSize() >= elf.ehdrSize
        && elf == of
        && ElfClass.u16(file, 16) == ET_DYN
        && ElfClass.u16(file, 18) == machine;
  }

  /** Whether a shared library defines the name for others, as its {@code .gnu.hash} says. */
  public boolean exports(String name) {
    long header = find(SHT_GNU_HASH);
    long symbols = header == 0 ? 0 : linked(header);
    return symbols != 0 && isInTable(body(header), body(symbols), body(linked(symbols)), name);
  }

  /** Whether the symbol table has a definition of this name that is for the file alone. */
  public boolean keepsToItself(String name) {
    long header = find(SHT_SYMTAB);
    if (header == 0) {
      return false;
    }
    MemorySegment table = body(header);
    MemorySegment strings = body(linked(header));
    byte[] wanted = NameBytes.bytes(name + '\0');
    long locals = Math.min(elf.shInfo(file, header) & 0xffffffffL, table.byteSize() / elf.symSize);
    long at = indexOf(strings, wanted, 0);
    for (int n = 0; at >= 0 && n < MAX_PLACES; n++, at = indexOf(strings, wanted, at + 1)) {
      for (long i = 1; i < locals; i++) {
        long sym = i * elf.symSize;
        if (ElfClass.stName(table, sym) == at && elf.stShndx(table, sym) != SHN_UNDEF) {
          return true;
        }
      }
    }
    return false;
  }

  /** The bytes of strings that {@link #keepsToItself} would look at. */
  public long stringBytes() {
    long header = find(SHT_SYMTAB);
    return header == 0 ? 0 : body(linked(header)).byteSize();
  }

  /**
   * Looks a name up in a table of GNU's kind: four numbers, a Bloom filter, the buckets with the
   * first symbol of each, and for each symbol its hash, whose lowest bit says that it is the last
   * of its bucket.
   */
  private boolean isInTable(
      MemorySegment table, MemorySegment symbols, MemorySegment strings, String name) {
    if (table.byteSize() < 16) {
      return false;
    }
    byte[] wanted = NameBytes.bytes(name + '\0');
    int hash = Names.gnuHash(Arrays.copyOf(wanted, wanted.length - 1));
    long count = ElfClass.u32(table, 0);
    long first = ElfClass.u32(table, 4);
    long buckets = 16 + ElfClass.u32(table, 8) * elf.wordSize;
    long hashes = buckets + 4 * count;
    if (count == 0 || hashes > table.byteSize()) {
      return false;
    }
    long sym = ElfClass.u32(table, buckets + 4 * (Integer.toUnsignedLong(hash) % count));
    for (; sym >= first && hashes + 4 * (sym - first) <= table.byteSize() - 4; sym++) {
      int its = ElfClass.s32(table, hashes + 4 * (sym - first));
      if ((its | 1) == (hash | 1) && is(symbols, sym, strings, wanted)) {
        return elf.stShndx(symbols, sym * elf.symSize) != SHN_UNDEF;
      }
      if ((its & 1) != 0) {
        return false;
      }
    }
    return false;
  }

  private boolean is(MemorySegment symbols, long sym, MemorySegment strings, byte[] wanted) {
    if (sym >= symbols.byteSize() / elf.symSize) {
      return false;
    }
    long at = ElfClass.stName(symbols, sym * elf.symSize);
    return at <= strings.byteSize() - wanted.length
        && Arrays.equals(Bytes.of(strings, at, wanted.length), wanted);
  }

  /** Where the first section header of a type is in the file; 0 where there is none. */
  private long find(int type) {
    if (!ObjectFile.isElf(file) || file.byteSize() < elf.ehdrSize) {
      return 0;
    }
    for (int i = 1; i < elf.shnum(file); i++) {
      long header = header(i);
      if (header != 0 && ElfClass.shType(file, header) == type) {
        return header;
      }
    }
    return 0;
  }

  private long header(long i) {
    long shoff = elf.shoff(file);
    boolean inside =
        shoff > 0
            && shoff <= file.byteSize() - elf.shdrSize
            && i <= (file.byteSize() - elf.shdrSize - shoff) / elf.shdrSize;
    return inside ? shoff + i * elf.shdrSize : 0;
  }

  private long linked(long header) {
    int link = elf.shLink(file, header);
    return link <= 0 ? 0 : header(link);
  }

  private MemorySegment body(long header) {
    if (header == 0) {
      return MemorySegment.NULL;
    }
    long off = elf.shOffset(file, header);
    long size = elf.shSize(file, header);
    boolean inside =
        off >= 0 && size >= 0 && off <= file.byteSize() && size <= file.byteSize() - off;
    return inside ? file.asSlice(off, size) : MemorySegment.NULL;
  }

  /** Where the bytes stand in the segment, from {@code from} on; -1 where they don't. */
  private static long indexOf(MemorySegment in, byte[] wanted, long from) {
    for (long start = from; start <= in.byteSize() - wanted.length; start += WINDOW) {
      int size = (int) Math.min(WINDOW + wanted.length - 1L, in.byteSize() - start);
      byte[] window = Bytes.of(in, start, size);
      for (int i = 0; i <= size - wanted.length; i++) {
        if (window[i] == wanted[0]
            && Arrays.equals(window, i, i + wanted.length, wanted, 0, wanted.length)) {
          return start + i;
        }
      }
    }
    return -1;
  }
}
