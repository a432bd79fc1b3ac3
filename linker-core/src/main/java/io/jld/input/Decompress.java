package io.jld.input;

import static io.jld.elf.Elf.ELFCOMPRESS_ZLIB;
import static io.jld.elf.Elf.SHF_COMPRESSED;

import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Compressed sections (gABI, "Section Compression"): {@code Chdr}, then a zlib stream. */
public final class Decompress {
  /** A stream of zlib can't grow by more than this: a larger {@code ch_size} is damage, not content. */
  private static final long MAX_RATIO = 1032;

  private Decompress() {}

  /** Size of the content once decompressed, as {@code ch_size} has it; of the raw content where it is not compressed. */
  public static long size(ObjectFile file, int section) {
    if ((file.flags(section) & SHF_COMPRESSED) == 0) {
      return file.rawSize(section);
    }
    MemorySegment raw = file.rawContent(section);
    Location where = file.location(section, 0);
    int header = file.elf().is64() ? 24 : 12;
    if (raw.byteSize() < header) {
      throw new LinkException(where, "compressed section is too short");
    }
    int type = ElfClass.s32(raw, 0);
    if (type != ELFCOMPRESS_ZLIB) {
      throw new LinkException(
          where,
          (type == 2 ? "zstd" : "type " + type)
              + " compressed section: only zlib is supported; compile with -gz=zlib or -gz=none");
    }
    long size = file.elf().word(raw, file.elf().is64() ? 8 : 4);
    if (size < 0 || size > Integer.MAX_VALUE - 16 || size / MAX_RATIO > raw.byteSize()) {
      throw new LinkException(where, "compressed section has an invalid size " + size);
    }
    return size;
  }

  /** Alignment of the content, {@code ch_addralign}; of the section where it is not compressed. */
  public static long align(ObjectFile file, int section) {
    if ((file.flags(section) & SHF_COMPRESSED) == 0) {
      return file.align(section);
    }
    size(file, section);
    long align = file.elf().word(file.rawContent(section), file.elf().is64() ? 16 : 8);
    if (align < 0 || (align & (align - 1)) != 0) {
      throw new LinkException(file.location(section, 0), "compressed section has an invalid alignment " + align);
    }
    return Math.max(1, align);
  }

  /** The content of a compressed section, on the heap. */
  public static MemorySegment section(ObjectFile file, int section) {
    int size = (int) size(file, section);
    MemorySegment raw = file.rawContent(section);
    byte[] in = raw.asSlice(file.elf().is64() ? 24 : 12).toArray(ValueLayout.JAVA_BYTE);
    byte[] out = new byte[size];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(in);
      int at = 0;
      while (at < size) {
        int n = inflater.inflate(out, at, size - at);
        if (n == 0) {
          throw new LinkException(file.location(section, 0), "compressed section ends too early");
        }
        at += n;
      }
      return MemorySegment.ofArray(out);
    } catch (DataFormatException e) {
      throw new LinkException(file.location(section, 0), "compressed section is damaged: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }
}
