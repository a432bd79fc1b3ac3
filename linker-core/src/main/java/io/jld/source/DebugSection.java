package io.jld.source;

import io.jld.arch.Arch;
import io.jld.asmb.Slice;
import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A debug section of an object with its relocations, which no link has applied: a field that refers
 * to another section is read as that section and an offset in it. Which type a relocation has
 * doesn't matter: in debug information all of them mean S + A.
 */
public final class DebugSection {
  private final ObjectFile file;
  private final MemorySegment content;

  /** Where the relocated fields are, in ascending order; then for each its symbol and addend. */
  private final long[] offset;

  private final int[] symbol;
  private final long[] addend;

  /**
   * @param budget the most bytes that content and relocations may have together
   * @throws RuntimeException where anything about the section is wrong
   */
  DebugSection(ObjectFile file, int section, Arch arch, long budget) {
    this.file = file;
    boolean compressed = Decompress.isCompressed(file, section);
    int rel = file.relocSection(section);
    MemorySegment table = rel == 0 ? MemorySegment.NULL : file.rawContent(rel);
    if (Decompress.size(file, section) + table.byteSize() > budget) {
      throw new IllegalArgumentException("debug information out of proportion");
    }
    content = compressed ? Decompress.section(file, section) : file.rawContent(section);
    ElfClass elf = file.elf();
    boolean rela = rel != 0 && file.type(rel) == Elf.SHT_RELA;
    int entry = (rela ? 3 : 2) * elf.wordSize;
    int n = (int) (table.byteSize() / entry);
    offset = new long[n];
    symbol = new int[n];
    addend = new long[n];
    Slice fields = new Slice();
    fields.open(content, 0, content.byteSize());
    for (int i = 0; i < n; i++) {
      long at = (long) i * entry;
      offset[i] = elf.rOffset(table, at);
      symbol[i] = elf.rSym(table, at);
      addend[i] =
          rela
              ? elf.rAddend(table, at)
              : arch.implicitAddend(elf.rType(table, at), fields, offset[i]);
      if (i > 0 && offset[i] < offset[i - 1]) {
        throw new IllegalArgumentException("relocations are not in order");
      }
    }
  }

  MemorySegment content() {
    return content;
  }

  /** Bytes that it has cost. */
  long cost() {
    return content.byteSize() + offset.length * 24L;
  }

  /**
   * The relocation of the field at {@code at}, for the methods below; negative where it has none.
   */
  int relocation(long at) {
    return Arrays.binarySearch(offset, at);
  }

  /** The section that a relocation refers to; 0 or less where it is no section of the object. */
  int target(int relocation) {
    int sym = symbol[relocation];
    return sym > 0 && sym < file.symbolCount() ? file.shndx(sym) : 0;
  }

  /** The offset in {@link #target} that it refers to. */
  long targetOffset(int relocation) {
    return file.symbolValue(symbol[relocation]) + addend[relocation];
  }
}
