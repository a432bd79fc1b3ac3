package io.jld.model;

import java.lang.foreign.MemorySegment;

/**
 * Content that the linker makes itself: a section of its own, or a piece of one beside input
 * sections (merged strings in {@code .rodata}). First it is asked whether there is any, then for
 * its size, then it gets its place, then it is written.
 */
public abstract class Synthetic {
  private final String section;
  private final int type;
  private final long flags;
  private final long align;
  private final long entsize;
  private OutputSection out;
  private long addr;

  /**
   * @param section name of the output section
   * @param type {@code SHT_*}
   * @param flags {@code SHF_*}
   * @param align in bytes; a power of two
   * @param entsize size of an entry in bytes; 0 where there are none
   */
  protected Synthetic(String section, int type, long flags, long align, long entsize) {
    this.section = section;
    this.type = type;
    this.flags = flags;
    this.align = align;
    this.entsize = entsize;
  }

  public final String section() {
    return section;
  }

  public final int type() {
    return type;
  }

  public final long flags() {
    return flags;
  }

  public long align() {
    return align;
  }

  public long entsize() {
    return entsize;
  }

  public final OutputSection out() {
    return out;
  }

  public final void setOut(OutputSection section) {
    out = section;
  }

  /** Its address; while the section is laid out, its offset in the section. */
  public final long addr() {
    return addr;
  }

  public final void setAddr(long a) {
    addr = a;
  }

  /** Whether the output has it; asked once, when all needs are known. */
  public abstract boolean isNeeded(Context ctxt);

  /**
   * Size in bytes. Asked when the sections are laid out; it may depend on numbers of entries, but
   * not on addresses.
   */
  public abstract long size();

  /** What {@code sh_link} refers to: another synthetic section, or null. */
  public Synthetic link(Context ctxt) {
    return null;
  }

  /** {@code sh_info}; asked after the layout. */
  public int info(Context ctxt) {
    return 0;
  }

  /**
   * Writes all of its bytes; addresses and values are known. Runs beside the writers of all other
   * sections, and may itself spread over the link's tasks.
   *
   * @param slice {@link #size} bytes of the output, of unknown content
   */
  public abstract void write(Context ctxt, MemorySegment slice);
}
