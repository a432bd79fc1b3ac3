package io.jld.input;

import io.jld.elf.Bytes;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;

/**
 * An object's section header table in words of four bytes (gABI, "Sections"), as {@link SymWords}
 * and for the same reason. It is checked to lie in the file; what it says is not.
 */
final class SectionHeaders {
  private final long at;
  private final int count;
  private final int[] words;
  private final int stride;
  private final int size;
  private final boolean is64;

  /**
   * @throws LinkException where the table does not lie in the file
   */
  SectionHeaders(InputFile file, FileHeader header) {
    at = header.shoff;
    size = header.elf.shdrSize;
    stride = size / 4;
    is64 = header.elf.is64();
    count = at == 0 ? 0 : count(file, header);
    long bytes = (long) count * size;
    if (bytes >> 2 > Integer.MAX_VALUE - 8) {
      throw bad(file, "table is too large: " + bytes + " bytes");
    }
    words = new int[(int) (bytes >> 2)];
    Bytes.copy(file.data(), at, words, words.length);
  }

  private int count(InputFile file, FileHeader header) {
    long length = file.data().byteSize();
    if (at < 0 || at > length - size) {
      throw bad(file, "section header table lies outside of the file");
    }
    long n = header.shnum;
    if (n == 0) {
      n = header.elf.shSize(file.data(), at); // gABI: more than 65,279 sections
    }
    if (n < 1 || n > (length - at) / size) {
      throw bad(file, "section header table lies outside of the file: " + n + " sections");
    }
    return (int) n;
  }

  private LinkException bad(InputFile file, String reason) {
    return new LinkException(DiagnosticCode.MALFORMED_OBJECT, file.location().at(at), reason);
  }

  /** Number of sections, that with the number 0 included; 0 where there is no table. */
  int count() {
    return count;
  }

  /** Where a section's header begins in the file. */
  long place(int section) {
    return at + (long) section * size;
  }

  /** A field that is 8 bytes wide in the 64-bit class: where it is in words, in each class. */
  private long field(int section, int word64, int word32) {
    int i = section * stride;
    return is64 ? wide(i + word64) : words[i + word32] & 0xffffffffL;
  }

  private long wide(int i) {
    return (words[i] & 0xffffffffL) | (long) words[i + 1] << 32;
  }

  /** {@code sh_name}. */
  long name(int section) {
    return words[section * stride] & 0xffffffffL;
  }

  /** {@code sh_type}. */
  int type(int section) {
    return words[section * stride + 1];
  }

  /** {@code sh_flags}. */
  long flags(int section) {
    return field(section, 2, 2);
  }

  /** {@code sh_offset}. */
  long offset(int section) {
    return field(section, 6, 4);
  }

  /** {@code sh_size}. */
  long size(int section) {
    return field(section, 8, 5);
  }

  /** {@code sh_addralign}, as it stands. */
  long align(int section) {
    return field(section, 12, 8);
  }

  /** {@code sh_entsize}. */
  long entsize(int section) {
    return field(section, 14, 9);
  }

  /** {@code sh_link}. */
  int link(int section) {
    return words[section * stride + (is64 ? 10 : 6)];
  }

  /** {@code sh_info}. */
  int info(int section) {
    return words[section * stride + (is64 ? 11 : 7)];
  }
}
