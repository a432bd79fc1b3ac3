package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.arch.Need;
import io.jld.link.LinkOption;
import io.jld.pass.Context;
import io.jld.pass.DynamicRelocs;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code .rel(a).dyn}: first the relative relocations by address, which the loader applies without
 * a look at symbols ({@code DT_RELACOUNT}); then those that name symbols, by symbol, so that it
 * looks each up once; {@code IRELATIVE} last, because a resolver may need what the others have
 * relocated.
 */
public final class RelDyn extends Synthetic {
  private final ArchInfo info;
  private final List<DynamicRelocs> sources = new ArrayList<>();
  private int count;
  private int relative;

  public RelDyn(ArchInfo info) {
    super(
        info.relPrefix() + ".dyn",
        info.rela() ? SHT_RELA : SHT_REL,
        SHF_ALLOC,
        info.wordSize(),
        info.relSize());
    this.info = info;
  }

  /**
   * Takes the relocations of the sections and of {@code .got}; all are known now but for their
   * addresses.
   */
  public void collect(Context ctxt) {
    sources.clear();
    for (DynamicRelocs d : ctxt.dynamicRelocs) {
      if (d != null) {
        sources.add(d);
      }
    }
    if (ctxt.isDynamic()) {
      sources.add(ctxt.synth.got().relocs());
      sources.add(ctxt.synth.copies().relocs());
      sources.add(ctxt.synth.readOnlyCopies().relocs());
    }
    boolean pack = ctxt.option(LinkOption.PACK_RELATIVE_RELOCS);
    for (DynamicRelocs d : sources) {
      for (int i = 0; i < d.count(); i++) {
        boolean isRelative = typeOf(ctxt, d, i) == info.relocations().relative();
        if (isRelative && pack && isWordAligned(ctxt, d, i)) {
          d.setPacked(i);
          ctxt.synth.relrDyn().add(d.section(i), d.offset(i));
        } else {
          count++;
          relative += isRelative ? 1 : 0;
        }
      }
    }
  }

  /**
   * An IFUNC with a canonical PLT entry has that for its address everywhere: nothing is left to
   * resolve.
   */
  private int typeOf(Context ctxt, DynamicRelocs d, int i) {
    boolean canonical =
        d.type(i) == info.relocations().irelative()
            && ctxt.symbols.has(d.symbol(i), Need.CANONICAL_PLT);
    return canonical ? info.relocations().relative() : d.type(i);
  }

  /**
   * Whether {@code .relr.dyn} can hold the place: it has no odd addresses, and sections keep their
   * alignment.
   */
  private boolean isWordAligned(Context ctxt, DynamicRelocs d, int i) {
    return d.offset(i) % info.wordSize() == 0
        && (d.section(i) < 0 || ctxt.alignOf(d.section(i)) >= info.wordSize());
  }

  /** How many relative relocations there are. */
  public int relativeCount() {
    return relative;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return count > 0;
  }

  @Override
  public long size() {
    return (long) count * info.relSize();
  }

  @Override
  public Synthetic link(Context ctxt) {
    return ctxt.isDynamic() ? ctxt.synth.dynSym() : null;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    ArchInfo.DynamicTypes types = info.relocations();
    long[][] relatives = new long[relative][];
    List<long[]> others = new ArrayList<>();
    int n = 0;
    for (DynamicRelocs d : sources) {
      for (int i = 0; i < d.count(); i++) {
        if (d.isPacked(i)) {
          continue;
        }
        long place = DynamicSection.place(ctxt, d, i);
        if (typeOf(ctxt, d, i) == types.relative()) {
          relatives[n++] = new long[] {place, ctxt.symbols.value(d.symbol(i)) + d.addend(i)};
        } else {
          others.add(row(ctxt, d, i, place));
        }
      }
    }
    Arrays.sort(relatives, (a, b) -> Long.compareUnsigned(a[0], b[0]));
    int at = 0;
    for (long[] r : relatives) {
      ctxt.elf.putRel(
          slice, (long) at++ * info.relSize(), info.rela(), r[0], 0, types.relative(), r[1]);
    }
    others.sort((a, b) -> Arrays.compare(a, b));
    for (long[] o : others) {
      ctxt.elf.putRel(
          slice, (long) at++ * info.relSize(), info.rela(), o[2], (int) o[1], (int) o[3], o[4]);
    }
  }

  /** (IRELATIVE or not, dynamic symbol, place, type, addend): the order in which they stand. */
  private long[] row(Context ctxt, DynamicRelocs d, int i, long place) {
    ArchInfo.DynamicTypes types = info.relocations();
    int sym = d.symbol(i);
    int type = d.type(i);
    if (type == types.irelative()) {
      return new long[] {1, 0, place, type, ctxt.values.defined(sym) + d.addend(i)};
    }
    if (sym == 0 || !ctxt.symbols.isPreemptible(sym)) {
      boolean isOffset = type == types.tpOff() || type == types.tlsDesc();
      return new long[] {
        0,
        0,
        place,
        type,
        isOffset ? ctxt.symbols.value(sym) - ctxt.tlsBegin() + d.addend(i) : d.addend(i)
      };
    }
    return new long[] {0, ctxt.synth.dynSym().index(sym), place, type, d.addend(i)};
  }
}
