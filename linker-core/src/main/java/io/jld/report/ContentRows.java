package io.jld.report;

import static io.jld.elf.Elf.SHF_COMPRESSED;

import io.jld.frame.EhFrame;
import io.jld.link.MapSink;
import io.jld.link.MapSink.Content;
import io.jld.link.MapSink.Kind;
import io.jld.merge.MergePool;
import io.jld.merge.MergePools;
import io.jld.merge.PoolShares;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.resolve.Commons;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import io.jld.write.Tables;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The parts of each output section, for a {@link MapSink}. They add up to the section: what is
 * merged or compressed is shared out among those it comes from, and what is left are gaps.
 */
final class ContentRows {
  private final Context ctxt;
  private final SectionTable sections;
  private final SymbolTable symbols;
  private final Consumer<Content> sink;
  private final MergedSections merged;
  private final PoolShares shares;
  private final EhFrame frames;

  /** The input sections that have been told. */
  private final BitSet told = new BitSet();

  /** The output section whose parts are told. */
  private OutputSection out;

  /** Where the last part ended. */
  private long end;

  ContentRows(Context ctxt, Consumer<Content> sink) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.symbols = ctxt.symbols();
    this.sink = sink;
    this.merged = new MergedSections(ctxt);
    this.shares = new PoolShares(ctxt);
    this.frames = EhFrame.of(ctxt);
  }

  /** Returns the input sections that have been told. */
  BitSet run() {
    for (OutputSection s : Tables.of(ctxt).sections()) {
      out = s;
      end = s.addr;
      if (s.itemCount() == 1 && s.item(0) < 0 && (s.flags() & SHF_COMPRESSED) != 0) {
        compressed(s);
        continue;
      }
      for (int i = 0; i < s.itemCount(); i++) {
        int item = s.item(i);
        if (item < 0) {
          fill(s.synthetic(item).addr());
          synthetic(s.synthetic(item));
        } else {
          fill(sections.addr[item]);
          section(Kind.SECTION, item, sections.size[item]);
        }
      }
      fill(s.addr + s.size);
    }
    return told;
  }

  /** What is between the last part and the next one. */
  private void fill(long next) {
    if (Long.compareUnsigned(next, end) > 0) {
      row(Kind.FILL, 0, -1, "", next - end);
    }
  }

  private void section(Kind kind, int id, long size) {
    told.set(id);
    row(kind, id, sections.object(id).order(), sections.name(id), size);
  }

  private void made(String name, long size) {
    if (size > 0) {
      row(Kind.MADE, 0, -1, name, size);
    }
  }

  private void row(Kind kind, int id, int input, String name, long size) {
    sink.accept(new Content(kind, out.index, id, input, name, out.seen(end), size));
    end += size;
  }

  private void synthetic(Synthetic y) {
    if (y instanceof MergePool pool) {
      pool(pool);
    } else if (y == frames) {
      frames();
    } else if (y instanceof Commons commons) {
      commons(commons);
    } else {
      made(y.section(), y.size());
    }
  }

  /** Each section has as large a part of the compressed bytes as of those that were compressed. */
  private void compressed(OutputSection s) {
    Map<Integer, Long> parts = new LinkedHashMap<>();
    for (int id = 1; id < sections.count(); id++) {
      if (sections.isLive(id) && sections.out[id] == s.number()) {
        parts.put(id, sections.size[id]);
      }
    }
    for (MergePool pool : MergePools.of(ctxt).pools()) {
      if (pool.out() == s) {
        merged.of(pool).forEach(id -> parts.put(id, shares.of(id)));
      }
    }
    double all = Math.max(1, parts.values().stream().mapToLong(size -> size).sum());
    long start = end;
    long left = s.size;
    for (Map.Entry<Integer, Long> e : parts.entrySet()) {
      long share = Math.min(left, (long) (e.getValue() / all * s.size));
      section(Kind.MERGED, e.getKey(), share);
      left -= share;
      end = start;
    }
    made(s.name(), left);
  }

  private void pool(MergePool pool) {
    long start = end;
    for (int id : merged.of(pool)) {
      section(Kind.MERGED, id, shares.of(id));
      end = start;
    }
    long left = pool.size();
    for (int id : merged.of(pool)) {
      left -= shares.of(id);
    }
    made(pool.section(), left);
    end = start + pool.size();
  }

  /** Each section has the records of its own that are left; those about the PLT follow. */
  private void frames() {
    List<Integer> ids = merged.of(frames);
    long size = frames.size();
    long next = size == 0 ? 0 : frames.pltOffset();
    long[] at = new long[ids.size() + 1];
    at[ids.size()] = next;
    for (int k = ids.size() - 1; k >= 0; k--) {
      LinkedObject o = sections.object(ids.get(k));
      next = Math.min(next, frames.map(o, sections.index(ids.get(k)), 0));
      at[k] = k == 0 ? 0 : next;
    }
    for (int k = 0; k < ids.size(); k++) {
      section(Kind.MERGED, ids.get(k), at[k + 1] - at[k]);
    }
    made(frames.section(), frames.addr() + size - end);
  }

  /** Common symbols that lie side by side and come from one file are one part. */
  private void commons(Commons commons) {
    int[] ids = commons.ids();
    for (int i = 0; i < ids.length; ) {
      int input = symbols.order(ids[i]);
      fill(symbols.value(ids[i]));
      long last = end;
      for (; i < ids.length && symbols.order(ids[i]) == input; i++) {
        last = symbols.value(ids[i]) + symbols.size(ids[i]);
      }
      row(Kind.COMMON, 0, input, "COMMON", last - end);
    }
  }
}
