package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * The header of a relocatable object (gABI, "ELF Header"), read at once: there are thousands of
 * them, and a {@link MemorySegment} is slow where little is compiled.
 */
final class FileHeader {
  private static final int WORDS32 = 13;
  private static final int WORDS64 = 16;

  final ElfClass elf;

  /** {@code e_machine}. */
  final int machine;

  /** {@code e_shoff}. */
  final long shoff;

  /** {@code e_shnum}, as it stands. */
  final int shnum;

  /** {@code e_shstrndx}, as it stands. */
  final int shstrndx;

  /**
   * Reads the header of a file that begins as an ELF file does.
   *
   * @throws LinkException where it is not the header of a little-endian object
   */
  FileHeader(InputFile file) {
    MemorySegment data = file.data();
    long size = data.byteSize();
    if (size < 4 * WORDS32) {
      throw tooShort(file);
    }
    int[] words = new int[WORDS64];
    Bytes.copy(data, 0, words, size < 4 * WORDS64 ? WORDS32 : WORDS64);
    int cls = u16(words, 4) & 0xff;
    if (cls != ELFCLASS32 && cls != ELFCLASS64) {
      throw bad(file, 4, "invalid ELF class " + cls);
    }
    if (u16(words, 4) >> 8 != ELFDATA2LSB) {
      throw bad(file, 5, "not a little-endian ELF file");
    }
    elf = ElfClass.of(cls == ELFCLASS64);
    if (size < elf.ehdrSize) {
      throw tooShort(file);
    }
    int type = u16(words, 16);
    if (type != ET_REL) {
      throw bad(file, 16, "not a relocatable object (e_type " + type + ")");
    }
    machine = u16(words, 18);
    boolean is64 = elf.is64();
    shoff = is64 ? words[10] & 0xffffffffL | (long) words[11] << 32 : words[8] & 0xffffffffL;
    if (shoff != 0 && u16(words, is64 ? 58 : 46) != elf.shdrSize) {
      throw bad(file, 46, "invalid e_shentsize");
    }
    shnum = u16(words, is64 ? 60 : 48);
    shstrndx = u16(words, is64 ? 62 : 50);
  }

  /** The two bytes at an even offset. */
  private static int u16(int[] words, int at) {
    return words[at >> 2] >>> 8 * (at & 2) & 0xffff;
  }

  private static LinkException tooShort(InputFile file) {
    return bad(file, 0, "file is too short to be an ELF object");
  }

  private static LinkException bad(InputFile file, long at, String reason) {
    return new LinkException(DiagnosticCode.MALFORMED_OBJECT, file.location().at(at), reason);
  }
}
