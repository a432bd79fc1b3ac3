package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.arch.ArchInfo;
import io.jld.arch.Need;
import io.jld.elf.Rows;
import io.jld.elf.TableWriter;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.model.Synthetic;
import io.jld.synth.Synthetics;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.function.LongUnaryOperator;

/**
 * {@code .rel(a).dyn}: first the relative relocations by address, which the loader applies without
 * a look at symbols ({@code DT_RELACOUNT}); then those that name symbols, by symbol, so that it
 * looks each up once; {@code IRELATIVE} last, because a resolver may need what the others have
 * relocated.
 */
public final class RelDyn extends Synthetic {
  /** Rows that one task writes. */
  private static final int GRAIN = 1 << 14;

  private final ArchInfo info;
  private final int relativeType;
  private final int irelativeType;
  private final List<DynamicRelocs> sources = new ArrayList<>();

  // For each source, how many relocations of each kind stand before its own, in the order in which
  // they were found.
  private int[] relatives = {0};
  private int[] others = {0};

  public RelDyn(ArchInfo info) {
    super(
        info.relPrefix() + ".dyn",
        info.rela() ? SHT_RELA : SHT_REL,
        SHF_ALLOC,
        info.wordSize(),
        info.relSize());
    this.info = info;
    this.relativeType = info.relocations().relative();
    this.irelativeType = info.relocations().irelative();
  }

  /**
   * Takes the relocations of the sections and of {@code .got}; all are known now, except for their
   * addresses.
   */
  public void collect(Context ctxt) {
    sources.clear();
    for (DynamicRelocs d : ctxt.dynamicRelocs()) {
      if (d != null) {
        sources.add(d);
      }
    }
    if (ctxt.isDynamic()) {
      sources.add(Synthetics.of(ctxt).got().relocs());
      Synthetics.of(ctxt).copies().forEach(c -> sources.add(c.relocs()));
    }
    RelrDyn packed = LoaderTables.of(ctxt).relrDyn();
    boolean pack = ctxt.option(LinkOption.PACK_RELATIVE_RELOCS);
    relatives = new int[sources.size() + 1];
    others = new int[sources.size() + 1];
    for (int s = 0; s < sources.size(); s++) {
      DynamicRelocs d = sources.get(s);
      int n = 0;
      int rest = 0;
      for (int i = 0; i < d.count(); i++) {
        boolean isRelative = typeOf(ctxt, d, i) == relativeType;
        if (isRelative && pack && isWordAligned(ctxt, d, i)) {
          d.setPacked(i);
          packed.add(d.section(i), d.offset(i));
        } else if (isRelative) {
          n++;
        } else {
          rest++;
        }
      }
      relatives[s + 1] = relatives[s] + n;
      others[s + 1] = others[s] + rest;
    }
  }

  /**
   * An IFUNC with a canonical PLT entry has that for its address everywhere: nothing is left to
   * resolve.
   */
  private int typeOf(Context ctxt, DynamicRelocs d, int i) {
    int type = d.type(i);
    return type == irelativeType && ctxt.symbols().has(d.symbol(i), Need.CANONICAL_PLT)
        ? relativeType
        : type;
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
    return relatives[relatives.length - 1];
  }

  private int otherCount() {
    return others[others.length - 1];
  }

  /** Whether there are any, here or {@linkplain AndroidRelocs packed}. */
  boolean isEmpty() {
    return size() == 0;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return !isEmpty() && !AndroidRelocs.isAskedFor(ctxt);
  }

  @Override
  public long size() {
    return ((long) relativeCount() + otherCount()) * info.relSize();
  }

  @Override
  public Synthetic link(Context ctxt) {
    return ctxt.isDynamic() ? LoaderTables.of(ctxt).dynSym() : null;
  }

  /**
   * The relocations in the order in which they stand.
   *
   * @param relative by place, with the value for it
   * @param rest rows of (IRELATIVE or not, dynamic symbol, place, type, addend)
   */
  record Sorted(Rows relative, long[][] rest) {}

  /**
   * Finds places and values.
   *
   * @param value what a symbol is worth
   * @param offset what an address is worth as an offset in thread-local storage
   */
  Sorted sorted(Context ctxt, IntToLongFunction value, LongUnaryOperator offset) {
    DynamicSection places = new DynamicSection(ctxt);
    Sorted all = new Sorted(new Rows(relativeCount()), new long[otherCount()][]);
    ctxt.tasks()
        .forRanges(
            sources.size(),
            16,
            (from, to) -> {
              for (int s = from; s < to; s++) {
                place(ctxt, places, s, all, value, offset);
              }
            });
    all.relative.sort();
    Arrays.sort(all.rest, (a, b) -> Arrays.compare(a, b));
    return all;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    Sorted all = sorted(ctxt, ctxt.symbols()::value, at -> at - ctxt.tlsBegin());
    Rows rows = all.relative;
    ctxt.tasks()
        .forRanges(
            rows.count(),
            GRAIN,
            (from, to) -> {
              TableWriter table = new TableWriter(ctxt.elf, (to - from) * info.relSize());
              for (int i = from; i < to; i++) {
                table.relocation(info.rela(), rows.key[i], 0, relativeType, rows.value[i]);
              }
              table.flush(slice, (long) from * info.relSize());
            });
    TableWriter table = new TableWriter(ctxt.elf, (long) all.rest.length * info.relSize());
    for (long[] r : all.rest) {
      table.relocation(info.rela(), r[2], (int) r[1], (int) r[3], r[4]);
    }
    table.flush(slice, (long) rows.count() * info.relSize());
  }

  /** Puts the relocations of a source where they are to be sorted: all addresses are known. */
  private void place(
      Context ctxt,
      DynamicSection places,
      int source,
      Sorted all,
      IntToLongFunction value,
      LongUnaryOperator offset) {
    DynamicRelocs d = sources.get(source);
    int relative = relatives[source];
    int other = others[source];
    DynSym dynSym = LoaderTables.of(ctxt).dynSym();
    for (int i = 0; i < d.count(); i++) {
      if (d.isPacked(i)) {
        continue;
      }
      long place = places.place(d, i);
      if (typeOf(ctxt, d, i) == relativeType) {
        all.relative.key[relative] = place;
        all.relative.value[relative++] = value.applyAsLong(d.symbol(i)) + places.addend(d, i);
      } else {
        long[] row = {0, 0, place, d.type(i), places.addend(d, i)};
        complete(ctxt, dynSym, d.symbol(i), row, value, offset);
        all.rest[other++] = row;
      }
    }
  }

  /**
   * Makes a row of (IRELATIVE or not, dynamic symbol, place, type, addend): the order in which they
   * stand.
   */
  private void complete(
      Context ctxt,
      DynSym dynSym,
      int sym,
      long[] row,
      IntToLongFunction value,
      LongUnaryOperator offset) {
    ArchInfo.DynamicTypes types = info.relocations();
    long type = row[3];
    if (type == types.irelative()) {
      row[0] = 1;
      row[4] += value.applyAsLong(sym);
    } else if (sym != 0 && ctxt.symbols().isPreemptible(sym)) {
      row[1] = dynSym.index(sym);
    } else if (type == types.tpOff() || type == types.tlsDesc()) {
      row[4] += offset.applyAsLong(value.applyAsLong(sym));
    }
  }
}
