package io.jld.relax;

import io.jld.arch.Relaxation;
import io.jld.arch.Relaxer;
import io.jld.elf.Rows;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.model.Context;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionEdit;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Takes what the architecture says of one section's relocations, and makes an edit of it. Paddings
 * are found out last, when it is known what goes away before them. One serves one task.
 */
final class SectionRelaxer implements Relaxation {
  private final Context ctxt;
  private final Relaxer relaxer;
  private final RelocReader reader;

  private Edit before;
  private LinkedObject object;
  private int section;
  private long size;

  // What has been said, in the order of the relocations.
  private int said;
  private int[] reloc = new int[64];
  private long[] from = new long[64];
  private int[] count = new int[64];
  private int[] form = new int[64];

  /** 0: not of padding. */
  private long[] alignment = new long[64];

  SectionRelaxer(Context ctxt, Relaxer relaxer) {
    this.ctxt = ctxt;
    this.relaxer = relaxer;
    this.reader = new RelocReader(ctxt);
  }

  /**
   * Asks about a section.
   *
   * @param old the edit of the round before; null where there was none
   * @return null where nothing is said of any relocation, nor was before
   */
  SectionEdit of(LinkedObject in, int index, SectionEdit old) {
    MemorySegment content = ctxt.content(in.file(), index);
    if (!reader.openInput(in, index, content, ctxt.sections().addr[in.sectionId(index)])) {
      return null;
    }
    before = (Edit) old;
    object = in;
    section = index;
    size = content.byteSize();
    said = 0;
    relaxer.relax(ctxt, reader, this);
    return said == 0 && before == null ? null : make();
  }

  // What the architecture says

  @Override
  public int limit() {
    return before == null ? Integer.MAX_VALUE : before.limit(reader.index());
  }

  @Override
  public void delete(long at, int bytes, int becomes) {
    if (bytes < 0 || bytes > limit() || becomes == 0) {
      throw new IllegalArgumentException(bytes + " bytes, of at most " + limit());
    }
    add(at, bytes, becomes, 0);
  }

  @Override
  public void align(long at, int available, long to) {
    if (available < 0 || to < 1 || (to & (to - 1)) != 0) {
      throw new IllegalArgumentException(available + " bytes to align to " + to);
    }
    add(at, available, 0, to);
  }

  private void add(long at, int bytes, int becomes, long to) {
    if (at < 0 || at > size - bytes) {
      throw new IllegalArgumentException(bytes + " bytes at " + at + " of " + size);
    }
    if (said == reloc.length) {
      int n = said * 2;
      reloc = Arrays.copyOf(reloc, n);
      from = Arrays.copyOf(from, n);
      count = Arrays.copyOf(count, n);
      form = Arrays.copyOf(form, n);
      alignment = Arrays.copyOf(alignment, n);
    }
    reloc[said] = reader.index();
    from[said] = at;
    count[said] = bytes;
    form[said] = becomes;
    alignment[said++] = to;
  }

  // What is made of it

  private SectionEdit make() {
    Rows order = new Rows(said);
    for (int i = 0; i < said; i++) {
      order.key[i] = from[i];
      order.value[i] = i;
    }
    order.sort();
    long[] starts = new long[said];
    long[] removed = new long[said];
    int n = 0;
    long gone = 0;
    long end = 0;
    for (int k = 0; k < said; k++) {
      int i = (int) order.value[k];
      if (from[i] < end) {
        throw overlap(i);
      }
      end = from[i] + count[i];
      if (alignment[i] != 0) {
        long wanted = -(from[i] - gone) & (alignment[i] - 1);
        form[i] = (int) Math.min(wanted, count[i]);
        count[i] -= form[i];
      }
      if (count[i] > 0) {
        gone += count[i];
        starts[n] = end - count[i];
        removed[n++] = gone;
      }
    }
    return new Edit(
        size,
        Arrays.copyOf(starts, n),
        Arrays.copyOf(removed, n),
        Arrays.copyOf(reloc, said),
        Arrays.copyOf(form, said),
        Arrays.copyOf(count, said),
        limits());
  }

  private LinkException overlap(int i) {
    return new LinkException(
        DiagnosticCode.MALFORMED_RELOCATION,
        object.file().location(section, from[i]),
        "several relocations make the same instructions shorter");
  }

  /** Those of the round before, and those of relocations of which less goes away than then. */
  private Map<Integer, Integer> limits() {
    if (before == null) {
      return Map.of();
    }
    Map<Integer, Integer> all = before.limits;
    int i = 0;
    for (int k = 0; k < before.relocs().length; k++) {
      while (i < said && reloc[i] < before.relocs()[k]) {
        i++;
      }
      boolean same = i < said && reloc[i] == before.relocs()[k];
      int now = same ? count[i] : 0;
      boolean isPadding = same && alignment[i] != 0;
      if (!isPadding && now < before.count[k]) {
        all = all == before.limits ? new HashMap<>(all) : all;
        all.put(before.relocs()[k], now);
      }
    }
    return all;
  }

  /** An edit with what the next round has to know of it. */
  private static final class Edit extends SectionEdit {
    final int[] count;
    final Map<Integer, Integer> limits;

    Edit(
        long size,
        long[] starts,
        long[] removed,
        int[] reloc,
        int[] form,
        int[] count,
        Map<Integer, Integer> limits) {
      super(size, starts, removed, reloc, form);
      this.count = count;
      this.limits = limits;
    }

    int[] relocs() {
      return relocs;
    }

    int limit(int relocation) {
      return limits.isEmpty()
          ? Integer.MAX_VALUE
          : limits.getOrDefault(relocation, Integer.MAX_VALUE);
    }
  }
}
