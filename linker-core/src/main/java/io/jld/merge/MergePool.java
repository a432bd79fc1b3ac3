package io.jld.merge;

import io.jld.elf.Elf;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;

/**
 * The merged pieces of sections with {@code SHF_MERGE} of one kind (gABI, "Section Attribute
 * Flags"), each once.
 */
public final class MergePool extends Synthetic {
  private final MergePools pools;
  private final int number;
  private long size;

  /**
   * @param pools where the pieces are
   * @param number of the pool in the order of the link
   * @param section name of the output section
   * @param align that of the input sections: each piece starts at a multiple of it
   * @param entsize size of a character or constant in bytes
   */
  public MergePool(
      MergePools pools,
      int number,
      String section,
      int type,
      long flags,
      long align,
      long entsize) {
    super(section, type, flags, align, entsize);
    this.pools = pools;
    this.number = number;
  }

  public boolean isStrings() {
    return (flags() & Elf.SHF_STRINGS) != 0;
  }

  /** Its number in the order of the link, from 0. */
  public int number() {
    return number;
  }

  void setSize(long bytes) {
    size = bytes;
  }

  /**
   * Offset in the pool of what stood at {@code offset} in an input section; -1 where that lies
   * outside of the section. The section's end is the end of its last piece.
   */
  public long map(LinkedObject object, int section, long offset) {
    MergePieces p = pools.pieces(object);
    int s = p.slotOf(section);
    long length = p.content(s).byteSize();
    if (offset < 0 || offset > length) {
      return -1;
    }
    int piece =
        isStrings()
            ? p.find(s, offset)
            : p.first(s) + (int) (Math.min(offset, length - 1) / entsize());
    return (p.place[piece] & 0xffffffffL) + (offset - p.start(piece));
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return size > 0;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    pools.write(ctxt, this, slice);
  }
}
