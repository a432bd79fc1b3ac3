package io.jld.input;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/**
 * A file whose bytes are data as they are ({@code --format=binary}): they become the section {@code
 * .data} of an object, with the symbols {@code _binary_NAME_start}, {@code _end} and {@code _size},
 * where NAME is the file's name as it was given, and each character that is no letter and no digit
 * has become {@code _}. The names are BFD's.
 */
public final class BinaryInput {
  private static final int GLOBAL = STB_GLOBAL << 4;

  /** Largest {@code sh_size} of ELFCLASS32. */
  private static final long MAX_32 = 0xffffffffL;

  private BinaryInput() {}

  /**
   * The object.
   *
   * @param allocate gives memory of a size in bytes, filled with zeros
   * @throws LinkException where no section can hold so much
   */
  public static MemorySegment object(
      String file,
      MemorySegment bytes,
      ElfClass elf,
      int machine,
      LongFunction<MemorySegment> allocate) {
    if (!elf.is64() && bytes.byteSize() > MAX_32) {
      throw new LinkException(
          DiagnosticCode.TOO_LARGE,
          Location.file(file),
          "file is too large for a section: " + bytes.byteSize() + " bytes");
    }
    String name = "_binary_" + mangled(file);
    MadeObject o = new MadeObject(elf, machine);
    o.add(name + "_start", GLOBAL, 0, MadeObject.DATA, 0, 0);
    o.add(name + "_end", GLOBAL, 0, MadeObject.DATA, bytes.byteSize(), 0);
    o.add(name + "_size", GLOBAL, 0, ObjectFile.ABS, bytes.byteSize(), 0);
    return o.finish(bytes, allocate);
  }

  /** BFD goes by bytes: a character of several bytes becomes as many underscores. */
  private static String mangled(String file) {
    StringBuilder s = new StringBuilder();
    for (byte b : NameBytes.bytes(file)) {
      boolean keeps = (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z');
      s.append(keeps ? (char) b : '_');
    }
    return s.toString();
  }
}
