package io.jld.model;

import io.jld.asmb.SymList;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of some of the output's sections in the order of the file, each known by the number
 * of the input section; numbers below 0 are complements of synthetic ones.
 */
public abstract class SectionSyms implements SymList {
  public final Context ctxt;
  public final SectionTable sections;
  public final int[] ids;
  private final List<Synthetic> synthetics;
  private final boolean shifted;

  /**
   * @param of the sections with content, in the order of the file
   */
  public SectionSyms(Context ctxt, List<OutputSection> of) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.synthetics = new ArrayList<>();
    int n = 0;
    boolean anyShift = false;
    for (OutputSection s : of) {
      n += s.itemCount();
      anyShift |= s.shift != 0;
    }
    shifted = anyShift;
    ids = new int[n];
    int at = 0;
    for (OutputSection s : of) {
      for (int i = 0; i < s.itemCount(); i++) {
        int item = s.item(i);
        if (item < 0) {
          ids[at++] = ~synthetics.size();
          synthetics.add(s.synthetic(item));
        } else {
          ids[at++] = item;
        }
      }
    }
  }

  /** The same contents. */
  public SectionSyms(SectionSyms all) {
    ctxt = all.ctxt;
    sections = all.sections;
    ids = all.ids;
    synthetics = all.synthetics;
    shifted = all.shifted;
  }

  public final Synthetic synthetic(int id) {
    return synthetics.get(~id);
  }

  @Override
  public final int count() {
    return ids.length;
  }

  @Override
  public final long value(int i) {
    int id = ids[i];
    long addr = id < 0 ? synthetic(id).addr() : sections.addr[id];
    return shifted ? addr + shift(id) : addr;
  }

  private long shift(int id) {
    return (id < 0 ? synthetic(id).out() : ctxt.outputOf(id)).shift;
  }

  @Override
  public final long size(int i) {
    int id = ids[i];
    return id < 0 ? synthetic(id).size() : sections.size[id];
  }
}
