package io.jld.place;

import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The output sections that are dropped because they are empty. What they define is in one of their
 * neighbours then, as {@link NearbySection} chooses it.
 */
public final class DroppedSections {
  private record Place(PlanSection dropped, PlanSection before, PlanSection next) {}

  private final Map<OutputSection, Place> places = new IdentityHashMap<>();

  /** Those of a link whose sections are placed. */
  public DroppedSections(Context ctxt) {
    List<PlanSection> order = PlanItems.of(ctxt).order();
    PlanSection[] next = new PlanSection[order.size()];
    PlanSection kept = null;
    for (int i = order.size() - 1; i >= 0; i--) {
      next[i] = kept;
      kept = order.get(i).kept ? order.get(i) : kept;
    }
    kept = null;
    for (int i = 0; i < next.length; i++) {
      PlanSection p = order.get(i);
      if (p.kept) {
        kept = p;
      } else {
        places.put(p.out, new Place(p, kept, next[i]));
      }
    }
  }

  /** Whether this section is dropped. */
  public boolean has(OutputSection section) {
    return places.containsKey(section);
  }

  /**
   * The section of the output that stands for a dropped one.
   *
   * @param addr of what is defined in it
   * @return null where there is none
   */
  public OutputSection neighbour(OutputSection dropped, long addr) {
    Place p = places.get(dropped);
    PlanSection near =
        p == null ? null : NearbySection.choose(p.before(), p.next(), p.dropped(), addr);
    return near == null ? null : near.out;
  }
}
