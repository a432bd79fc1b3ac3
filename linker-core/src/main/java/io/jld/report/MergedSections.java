package io.jld.report;

import io.jld.frame.EhFrame;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The input sections that have gone into what the linker wrote anew: merged strings and constants,
 * frame records.
 */
public final class MergedSections {
  private final Map<Synthetic, List<Integer>> sections = new IdentityHashMap<>();

  MergedSections(Context ctxt) {
    MergePools pools = MergePools.of(ctxt);
    EhFrame frames = EhFrame.of(ctxt);
    for (LinkedObject o : ctxt.objects()) {
      boolean merges = pools.hasPieces(o);
      for (int i = 1; i < o.file().sectionCount(); i++) {
        int id = o.sectionId(i);
        if (merges && ctxt.sections().has(id, SectionTable.MERGED)) {
          sections.computeIfAbsent(pools.of(o, i), p -> new ArrayList<>()).add(id);
        } else if (ctxt.sections().has(id, SectionTable.EH_FRAME)) {
          sections.computeIfAbsent(frames, p -> new ArrayList<>()).add(id);
        }
      }
    }
  }

  /** The sections whose content is in {@code s}, in the order of the link. */
  List<Integer> of(Synthetic s) {
    return sections.getOrDefault(s, List.of());
  }
}
