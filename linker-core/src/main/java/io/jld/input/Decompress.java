package io.jld.input;

import static io.jld.elf.Elf.ELFCOMPRESS_ZLIB;
import static io.jld.elf.Elf.ELFCOMPRESS_ZSTD;
import static io.jld.elf.Elf.SHF_ALLOC;
import static io.jld.elf.Elf.SHF_COMPRESSED;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Compressed sections (gABI, "Section Compression"): {@code Chdr}, then a zlib or zstd stream. Or,
 * as GNU tools had it before: {@code ZLIB}, the size in eight bytes, highest first, and the stream,
 * in a section whose name begins with {@code .zdebug}.
 */
public final class Decompress {
  /**
   * A stream of zlib can't grow by more than this: a larger {@code ch_size} is damage, not content.
   */
  private static final long MAX_RATIO = 1032;

  /** Of zstd: four bytes are a block of 128 KiB where it repeats one byte (RFC 8878, 3.1.1.2). */
  private static final long MAX_ZSTD_RATIO = (128 << 10) / 4;

  private static final int ZLIB = 0x42494c5a;
  private static final int GNU_HEADER = 12;

  private Decompress() {}

  /** Whether the content stands compressed in the file. */
  public static boolean isCompressed(ObjectFile file, int section) {
    return mayBe(file, section)
        && ((file.flags(section) & SHF_COMPRESSED) != 0 || isGnuCompressed(file, section));
  }

  /** What can be said of most sections without a look at their content. */
  private static boolean mayBe(ObjectFile file, int section) {
    return (file.flags(section) & SHF_COMPRESSED) != 0 || file.kind(section) == SectionKind.ZDEBUG;
  }

  /** Whether the section has the older form, which changes its name. */
  public static boolean isGnuCompressed(ObjectFile file, int section) {
    if ((file.flags(section) & (SHF_ALLOC | SHF_COMPRESSED)) != 0
        || file.kind(section) != SectionKind.ZDEBUG) {
      return false;
    }
    MemorySegment raw = file.rawContent(section);
    return raw.byteSize() >= GNU_HEADER && ElfClass.s32(raw, 0) == ZLIB;
  }

  private static int headerSize(ObjectFile file, int section) {
    return (file.flags(section) & SHF_COMPRESSED) == 0 ? GNU_HEADER : file.elf().is64() ? 24 : 12;
  }

  /**
   * Size of the content once decompressed, as {@code ch_size} has it; of the raw content where it
   * is not compressed.
   */
  public static long size(ObjectFile file, int section) {
    return mayBe(file, section) ? fullSize(file, section) : file.rawSize(section);
  }

  private static long fullSize(ObjectFile file, int section) {
    if ((file.flags(section) & SHF_COMPRESSED) == 0) {
      return isGnuCompressed(file, section) ? gnuSize(file, section) : file.rawSize(section);
    }
    MemorySegment raw = file.rawContent(section);
    Location where = file.location(section, 0);
    int header = file.elf().is64() ? 24 : 12;
    if (raw.byteSize() < header) {
      throw new LinkException(
          DiagnosticCode.DAMAGED_COMPRESSION, where, "compressed section is too short");
    }
    int type = ElfClass.s32(raw, 0);
    if (type != ELFCOMPRESS_ZLIB && type != ELFCOMPRESS_ZSTD) {
      throw new LinkException(
          DiagnosticCode.UNSUPPORTED_COMPRESSION,
          where,
          "section is compressed in an unknown way (ch_type "
              + type
              + "): only zlib and zstd are known");
    }
    long ratio = type == ELFCOMPRESS_ZLIB ? MAX_RATIO : MAX_ZSTD_RATIO;
    return checked(where, raw, file.elf().word(raw, file.elf().is64() ? 8 : 4), ratio);
  }

  private static long gnuSize(ObjectFile file, int section) {
    MemorySegment raw = file.rawContent(section);
    long size = 0;
    for (int i = 4; i < GNU_HEADER; i++) {
      size = size << 8 | ElfClass.u8(raw, i);
    }
    return checked(file.location(section, 0), raw, size, MAX_RATIO);
  }

  private static long checked(Location where, MemorySegment raw, long size, long ratio) {
    if (size < 0 || size > Integer.MAX_VALUE - 16 || size / ratio > raw.byteSize()) {
      throw new LinkException(
          DiagnosticCode.DAMAGED_COMPRESSION,
          where,
          "compressed section has an invalid size " + size);
    }
    return size;
  }

  /** Alignment of the content, {@code ch_addralign}; of the section where it is not compressed. */
  public static long align(ObjectFile file, int section) {
    return (file.flags(section) & SHF_COMPRESSED) == 0
        ? file.align(section)
        : fullAlign(file, section);
  }

  private static long fullAlign(ObjectFile file, int section) {
    size(file, section);
    long align = file.elf().word(file.rawContent(section), file.elf().is64() ? 16 : 8);
    if (align < 0 || (align & (align - 1)) != 0) {
      throw new LinkException(
          DiagnosticCode.DAMAGED_COMPRESSION,
          file.location(section, 0),
          "compressed section has an invalid alignment " + align);
    }
    return Math.max(1, align);
  }

  /** The content of a compressed section, on the heap. */
  public static MemorySegment section(ObjectFile file, int section) {
    int size = (int) size(file, section);
    MemorySegment raw = file.rawContent(section);
    MemorySegment stream = raw.asSlice(headerSize(file, section));
    byte[] out = new byte[size];
    if ((file.flags(section) & SHF_COMPRESSED) != 0 && ElfClass.s32(raw, 0) == ELFCOMPRESS_ZSTD) {
      return zstd(file, section, stream, MemorySegment.ofArray(out));
    }
    byte[] in = Bytes.of(stream);
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(in);
      int at = 0;
      while (at < size) {
        int n = inflater.inflate(out, at, size - at);
        if (n == 0) {
          throw new LinkException(
              DiagnosticCode.DAMAGED_COMPRESSION,
              file.location(section, 0),
              "compressed section ends too early");
        }
        at += n;
      }
      return MemorySegment.ofArray(out);
    } catch (DataFormatException e) {
      throw new LinkException(
          DiagnosticCode.DAMAGED_COMPRESSION,
          file.location(section, 0),
          "compressed section is damaged: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  private static MemorySegment zstd(
      ObjectFile file, int section, MemorySegment in, MemorySegment out) {
    Long n = Zstd.decompress(in, out);
    if (n == null) {
      throw new LinkException(
          DiagnosticCode.UNSUPPORTED_COMPRESSION,
          file.location(section, 0),
          "section is compressed with zstd, and libzstd.so.1 is not here to be used; compile with"
              + " -gz=zlib or -gz=none");
    }
    if (n != out.byteSize()) {
      throw new LinkException(
          DiagnosticCode.DAMAGED_COMPRESSION,
          file.location(section, 0),
          "compressed section is damaged");
    }
    return out;
  }
}
