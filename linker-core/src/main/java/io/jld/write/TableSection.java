package io.jld.write;

import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/** A table after the contents, as a section: {@code .symtab}, {@code .shstrtab} and their like. */
final class TableSection extends Synthetic {
  private final long size;
  private final TableSection link;
  private final int info;

  /**
   * @param link what {@code sh_link} refers to; null for nothing
   * @param info {@code sh_info}
   */
  TableSection(
      String name, int type, long align, long entsize, long size, TableSection link, int info) {
    super(name, type, 0, align, entsize);
    this.size = size;
    this.link = link;
    this.info = info;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Synthetic link(Context ctxt) {
    return link;
  }

  @Override
  public int info(Context ctxt) {
    return info;
  }

  /** {@link FileTables} writes them, several at once. */
  @Override
  public void write(Context ctxt, MemorySegment slice) {
    throw new UnsupportedOperationException(section());
  }
}
