package io.jld.pass;

import io.jld.asmb.SymList;
import io.jld.symbol.SectionTable;
import io.jld.synth.OutputSection;
import io.jld.synth.Synthetic;
import java.util.ArrayList;
import java.util.List;

/**
 * The contents of some of the output's sections in the order of the file, each known by the number
 * of the input section; numbers below 0 are complements of synthetic ones.
 */
abstract class SectionSyms implements SymList {
  final Context ctxt;
  final SectionTable sections;
  final int[] ids;
  private final List<Synthetic> synthetics;

  /**
   * @param of the sections with content, in the order of the file
   */
  SectionSyms(Context ctxt, List<OutputSection> of) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections;
    this.synthetics = new ArrayList<>();
    int n = 0;
    for (OutputSection s : of) {
      n += s.itemCount();
    }
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
  SectionSyms(SectionSyms all) {
    ctxt = all.ctxt;
    sections = all.sections;
    ids = all.ids;
    synthetics = all.synthetics;
  }

  final Synthetic synthetic(int id) {
    return synthetics.get(~id);
  }

  @Override
  public final int count() {
    return ids.length;
  }

  @Override
  public final long value(int i) {
    int id = ids[i];
    return id < 0 ? synthetic(id).addr() : sections.addr[id];
  }

  @Override
  public final long size(int i) {
    int id = ids[i];
    return id < 0 ? synthetic(id).size() : sections.size[id];
  }
}
