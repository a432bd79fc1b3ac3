package io.jld.dwarf;

import io.jld.arch.Arch;
import io.jld.asmb.Slice;
import io.jld.elf.Bytes;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.input.RelocTable;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import java.lang.foreign.MemorySegment;

/**
 * A debug section of an object with its relocations, which no link has applied: a field that refers
 * to another section is read as that section and an offset in it. Which type a relocation has
 * doesn't matter: in debug information all of them mean S + A.
 *
 * <p>Relocations are read where they are asked for, and fastest in ascending order. It serves one
 * task.
 */
public final class DebugSection {
  private final ObjectFile file;
  private final int section;
  private final Arch arch;
  private final byte[] bytes;

  private final RelocTable relocs = new RelocTable();
  private final int relocCount;
  private final boolean rela;

  /** For addends that stand in the content; null where they do not. */
  private final Slice fields;

  /** The relocation that was found last. */
  private int last;

  /**
   * @param budget the most bytes that content and relocations may have together
   * @throws LinkException where it is larger or can't be decompressed, or its relocations are not
   *     in the order of their offsets
   */
  public DebugSection(ObjectFile file, int section, Arch arch, long budget) {
    this.file = file;
    this.section = section;
    this.arch = arch;
    int rel = file.relocSection(section);
    long size = Decompress.size(file, section);
    if (size + (rel == 0 ? 0 : file.rawSize(rel)) > budget || size > Integer.MAX_VALUE - 16) {
      throw bad(0, "debug information is out of proportion to its file");
    }
    MemorySegment content =
        Decompress.isCompressed(file, section)
            ? Decompress.section(file, section)
            : file.rawContent(section);
    bytes = Bytes.of(content);
    if (rel == 0) {
      relocCount = 0;
      rela = true;
    } else {
      relocs.open(file, rel);
      relocCount = relocs.count();
      rela = relocs.hasAddends();
      checkOrder();
    }
    if (rela) {
      fields = null;
    } else {
      fields = new Slice();
      fields.open(bytes, 0, bytes.length);
    }
  }

  private void checkOrder() {
    long before = 0;
    for (int i = 0; i < relocCount; i++) {
      relocs.seek(i);
      long at = relocs.offset();
      if (at < before) {
        throw bad(at, "relocations are not in the order of their offsets");
      }
      before = at;
    }
  }

  public ObjectFile file() {
    return file;
  }

  /** An error of the section at an offset in it. */
  public LinkException bad(long offset, String message) {
    return new LinkException(
        DiagnosticCode.MALFORMED_CONTENT, file.location(section, offset), message);
  }

  /** Its index in the object. */
  public int index() {
    return section;
  }

  /** Its content, decompressed; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** Bytes that it has cost. */
  public long cost() {
    return bytes.length + (long) relocCount * 24;
  }

  public DwarfReader reader(long at) {
    if (at < 0 || at > bytes.length) {
      throw bad(at, "offset lies outside of the section");
    }
    return reader((int) at, bytes.length);
  }

  /** Reads from one offset to another. */
  public DwarfReader reader(int at, int end) {
    return new DwarfReader(file, section, bytes, at, end);
  }

  /**
   * The relocation of the field at {@code at}, for the methods below; negative where it has none.
   */
  public int relocation(long at) {
    if (relocCount == 0) {
      return -1;
    }
    int lo = offset(last) <= at ? last : 0;
    int hi = lo + 1;
    for (int step = 1; hi < relocCount && offset(hi) <= at; step *= 2) {
      lo = hi;
      hi = Math.min(relocCount, hi + step);
    }
    while (lo < hi - 1) { // the last one that is not behind the field
      int mid = (lo + hi) >>> 1;
      if (offset(mid) <= at) {
        lo = mid;
      } else {
        hi = mid;
      }
    }
    last = lo;
    return offset(lo) == at ? lo : -1;
  }

  private long offset(int relocation) {
    relocs.seek(relocation);
    return relocs.offset();
  }

  /** The index of the symbol that a relocation refers to; 0 where it is none of the object. */
  public int symbol(int relocation) {
    relocs.seek(relocation);
    int sym = relocs.symbol();
    return sym > 0 && sym < file.symbolCount() ? sym : 0;
  }

  /** The section that a relocation refers to; 0 or less where it is no section of the object. */
  public int target(int relocation) {
    int sym = symbol(relocation);
    int ndx = sym == 0 ? 0 : file.shndx(sym);
    return ndx < file.sectionCount() ? ndx : 0;
  }

  /** The offset in {@link #target} that it refers to. */
  public long targetOffset(int relocation) {
    int sym = symbol(relocation);
    return (sym == 0 ? 0 : file.symbolValue(sym)) + addend(relocation);
  }

  /** What it adds to its symbol's value. */
  public long addend(int relocation) {
    relocs.seek(relocation);
    return rela ? relocs.addend() : arch.implicitAddend(relocs.type(), fields, relocs.offset());
  }

  /**
   * An offset into another section: what the relocation says, or else the field itself.
   *
   * @param at where the field is
   * @param value what stands in it
   */
  public long relocated(long at, long value) {
    int r = relocation(at);
    return r >= 0 && target(r) > 0 ? targetOffset(r) : value;
  }
}
