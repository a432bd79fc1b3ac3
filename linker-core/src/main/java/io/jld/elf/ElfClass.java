package io.jld.elf;

import java.lang.foreign.MemorySegment;

/**
 * The one codec for ELFCLASS32 and ELFCLASS64, little endian: where a field lies in each structure,
 * and how wide it is. Offsets are in bytes from the structure's start (gABI, figures 4-3, 4-8,
 * 4-15, 4-21 and 5-1).
 */
public enum ElfClass {
  ELF32(4, 52, 40, 16, 32),
  ELF64(8, 64, 64, 24, 56);

  /** Bytes of an address. */
  public final int wordSize;

  /** Bytes of {@code Ehdr}. */
  public final int ehdrSize;

  /** Bytes of {@code Shdr}. */
  public final int shdrSize;

  /** Bytes of {@code Sym}. */
  public final int symSize;

  /** Bytes of {@code Phdr}. */
  public final int phdrSize;

  private final boolean is64;

  ElfClass(int wordSize, int ehdrSize, int shdrSize, int symSize, int phdrSize) {
    this.wordSize = wordSize;
    this.ehdrSize = ehdrSize;
    this.shdrSize = shdrSize;
    this.symSize = symSize;
    this.phdrSize = phdrSize;
    this.is64 = wordSize == 8;
  }

  /** The first multiple of {@code a}, a power of 2, that is not below {@code x}. */
  public static long align(long x, long a) {
    return (x + a - 1) & -a;
  }

  public static ElfClass of(boolean is64) {
    return is64 ? ELF64 : ELF32;
  }

  public boolean is64() {
    return is64;
  }

  public static int u8(MemorySegment s, long off) {
    return Bytes.u8(s, off);
  }

  public static int u16(MemorySegment s, long off) {
    return Bytes.u16(s, off);
  }

  public static int s32(MemorySegment s, long off) {
    return Bytes.s32(s, off);
  }

  public static long u32(MemorySegment s, long off) {
    return Bytes.s32(s, off) & 0xffffffffL;
  }

  public static long u64(MemorySegment s, long off) {
    return Bytes.u64(s, off);
  }

  public static void put8(MemorySegment s, long off, int v) {
    Bytes.put(s, off, v, 1);
  }

  public static void put16(MemorySegment s, long off, int v) {
    Bytes.put(s, off, v, 2);
  }

  public static void put32(MemorySegment s, long off, long v) {
    Bytes.put(s, off, v, 4);
  }

  public static void put64(MemorySegment s, long off, long v) {
    Bytes.put(s, off, v, 8);
  }

  /** An address, offset or size: 4 bytes without sign, or 8. */
  public long word(MemorySegment s, long off) {
    return is64 ? u64(s, off) : u32(s, off);
  }

  public void putWord(MemorySegment s, long off, long v) {
    Bytes.put(s, off, v, wordSize);
  }

  // Ehdr: e_ident[16], e_type, e_machine, e_version, then words

  public long shoff(MemorySegment ehdr) {
    return word(ehdr, is64 ? 40 : 32);
  }

  public long phoff(MemorySegment ehdr) {
    return word(ehdr, is64 ? 32 : 28);
  }

  public int phnum(MemorySegment ehdr) {
    return u16(ehdr, is64 ? 56 : 44);
  }

  public int shentsize(MemorySegment ehdr) {
    return u16(ehdr, is64 ? 58 : 46);
  }

  public int shnum(MemorySegment ehdr) {
    return u16(ehdr, is64 ? 60 : 48);
  }

  public int shstrndx(MemorySegment ehdr) {
    return u16(ehdr, is64 ? 62 : 50);
  }

  // Shdr; off is that of the header in s

  public static long shName(MemorySegment s, long off) {
    return u32(s, off);
  }

  public static int shType(MemorySegment s, long off) {
    return s32(s, off + 4);
  }

  public long shFlags(MemorySegment s, long off) {
    return word(s, off + 8);
  }

  public long shAddr(MemorySegment s, long off) {
    return word(s, off + (is64 ? 16 : 12));
  }

  public long shOffset(MemorySegment s, long off) {
    return word(s, off + (is64 ? 24 : 16));
  }

  public long shSize(MemorySegment s, long off) {
    return word(s, off + (is64 ? 32 : 20));
  }

  public int shLink(MemorySegment s, long off) {
    return s32(s, off + (is64 ? 40 : 24));
  }

  public int shInfo(MemorySegment s, long off) {
    return s32(s, off + (is64 ? 44 : 28));
  }

  public long shAlign(MemorySegment s, long off) {
    return word(s, off + (is64 ? 48 : 32));
  }

  public long shEntsize(MemorySegment s, long off) {
    return word(s, off + (is64 ? 56 : 36));
  }

  public void putShdr(
      MemorySegment s,
      long off,
      int name,
      int type,
      long flags,
      long addr,
      long offset,
      long size,
      int link,
      int info,
      long align,
      long entsize) {
    put32(s, off, name);
    put32(s, off + 4, type);
    int w = wordSize;
    long p = off + 8;
    putWord(s, p, flags);
    putWord(s, p + w, addr);
    putWord(s, p + 2L * w, offset);
    putWord(s, p + 3L * w, size);
    put32(s, p + 4L * w, link);
    put32(s, p + 4L * w + 4, info);
    putWord(s, p + 4L * w + 8, align);
    putWord(s, p + 5L * w + 8, entsize);
  }

  // Sym; off is that of the symbol in s

  public static long stName(MemorySegment s, long off) {
    return u32(s, off);
  }

  public int stInfo(MemorySegment s, long off) {
    return u8(s, off + (is64 ? 4 : 12));
  }

  public int stOther(MemorySegment s, long off) {
    return u8(s, off + (is64 ? 5 : 13));
  }

  /** {@code st_shndx} as it stands; {@link Elf#SHN_XINDEX} is not resolved. */
  public int stShndx(MemorySegment s, long off) {
    return u16(s, off + (is64 ? 6 : 14));
  }

  public long stValue(MemorySegment s, long off) {
    return word(s, off + (is64 ? 8 : 4));
  }

  public long stSize(MemorySegment s, long off) {
    return word(s, off + (is64 ? 16 : 8));
  }

  public void putSym(
      MemorySegment s, long off, int name, int info, int other, int shndx, long value, long size) {
    put32(s, off, name);
    if (is64) {
      put8(s, off + 4, info);
      put8(s, off + 5, other);
      put16(s, off + 6, shndx);
      put64(s, off + 8, value);
      put64(s, off + 16, size);
    } else {
      put32(s, off + 4, value);
      put32(s, off + 8, size);
      put8(s, off + 12, info);
      put8(s, off + 13, other);
      put16(s, off + 14, shndx);
    }
  }

  // Rel and Rela; off is that of the relocation in s

  public long rOffset(MemorySegment s, long off) {
    return word(s, off);
  }

  public int rSym(MemorySegment s, long off) {
    return is64 ? s32(s, off + 12) : s32(s, off + 4) >>> 8;
  }

  public int rType(MemorySegment s, long off) {
    return is64 ? s32(s, off + 8) : u8(s, off + 4);
  }

  public long rAddend(MemorySegment s, long off) {
    return is64 ? u64(s, off + 16) : s32(s, off + 8);
  }

  /** Writes a relocation; the addend only where {@code rela}. */
  public void putRel(
      MemorySegment s, long off, boolean rela, long offset, int sym, int type, long addend) {
    putWord(s, off, offset);
    if (is64) {
      put32(s, off + 8, type);
      put32(s, off + 12, sym);
    } else {
      put32(s, off + 4, (sym << 8) | (type & 0xff));
    }
    if (rela) {
      putWord(s, off + 2L * wordSize, addend);
    }
  }

  public static int pType(MemorySegment s, long off) {
    return s32(s, off);
  }

  public long pVaddr(MemorySegment s, long off) {
    return word(s, off + (is64 ? 16 : 8));
  }

  public long pMemsz(MemorySegment s, long off) {
    return word(s, off + (is64 ? 40 : 20));
  }

  /**
   * @param addr {@code p_vaddr}
   * @param loadAddr {@code p_paddr}
   */
  public void putPhdr(
      MemorySegment s,
      long off,
      int type,
      int flags,
      long offset,
      long addr,
      long loadAddr,
      long filesz,
      long memsz,
      long align) {
    put32(s, off, type);
    if (is64) {
      put32(s, off + 4, flags);
      put64(s, off + 8, offset);
      put64(s, off + 16, addr);
      put64(s, off + 24, loadAddr);
      put64(s, off + 32, filesz);
      put64(s, off + 40, memsz);
      put64(s, off + 48, align);
    } else {
      put32(s, off + 4, offset);
      put32(s, off + 8, addr);
      put32(s, off + 12, loadAddr);
      put32(s, off + 16, filesz);
      put32(s, off + 20, memsz);
      put32(s, off + 24, flags);
      put32(s, off + 28, align);
    }
  }
}
