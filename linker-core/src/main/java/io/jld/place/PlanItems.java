package io.jld.place;

import io.jld.model.Context;
import java.util.List;

/** A script's layout once the output's sections are made: what the placer walks through. */
public final class PlanItems {
  private final List<PlanItem> list;
  private List<PlanSection> order = List.of();
  private boolean relro;

  /**
   * @param list in the order of the script
   */
  public PlanItems(List<PlanItem> list) {
    this.list = list;
  }

  public static PlanItems of(Context ctxt) {
    return ctxt.get(PlanItems.class);
  }

  public List<PlanItem> list() {
    return list;
  }

  /** Sections in the order of the file, with those that are dropped. */
  List<PlanSection> order() {
    return order;
  }

  public void setOrder(List<PlanSection> all) {
    order = all;
  }

  /** Whether something lies between {@code DATA_SEGMENT_ALIGN} and the end of RELRO. */
  boolean hasRelro() {
    return relro;
  }

  void setRelro(boolean found) {
    relro = found;
  }

  /** Where an output section is, or would be if it were not dropped; 0 where there is none. */
  public long addressOf(String name) {
    for (PlanSection p : order) {
      if (p.name().equals(name)) {
        return p.out.addr;
      }
    }
    return 0;
  }
}
