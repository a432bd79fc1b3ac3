package io.jld.model;

import io.jld.arch.TlsLayout;
import io.jld.asmb.Segment;
import io.jld.asmb.SymList;
import io.jld.elf.ElfClass;
import java.util.List;

/**
 * Where everything is.
 *
 * @param base address of the file's first byte
 * @param size of the file's sections in bytes; tables that are not part of a segment follow
 */
public record Layout(
    SymList textp,
    SymList datap,
    SymList dwarfp,
    Segment segtext,
    Segment segrodata,
    Segment segrelrodata,
    Segment segdata,
    Segment segdwarf,
    long base,
    long size) {
  /** The same, but for what is not loaded, which ends the file. */
  public Layout withUnloaded(SymList content, Segment sections, long fileSize) {
    return new Layout(
        textp, datap, content, segtext, segrodata, segrelrodata, segdata, sections, base, fileSize);
  }

  /**
   * Where thread-local data is.
   *
   * @param begin address of the segment's first byte
   * @param end its end, aligned as the segment
   * @param threadPointer what the thread pointer stands for
   */
  public record Tls(long begin, long end, long threadPointer) {
    /** That of an output without any. */
    public static final Tls NONE = new Tls(0, 0, 0);

    /** The segment of sections that have addresses. */
    public static Tls of(List<OutputSection> sections, TlsLayout layout) {
      long begin = 0;
      long size = 0;
      long align = 1;
      for (OutputSection s : sections) {
        if (s.isAlloc() && s.isTls()) {
          begin = size == 0 && begin == 0 ? s.addr : begin;
          size = s.addr + s.size - begin;
          align = Math.max(align, s.align());
        }
      }
      return new Tls(
          begin, begin + ElfClass.align(size, align), layout.threadPointer(begin, size, align));
    }
  }
}
