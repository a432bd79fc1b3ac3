package io.jld.place;

import io.jld.model.Context;
import java.util.ArrayList;
import java.util.List;

/** A script's layout once the output's sections are made: what the placer walks through. */
public final class PlanItems {
  private final List<PlanItem> list;
  private List<PlanSection> order = List.of();
  private boolean relro;

  /** Those that have a part in the layout. */
  private List<PlanItem> walked = List.of();

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

  /**
   * What the placer walks through, once it is known which sections there are: one that nothing
   * makes has a part only where its address would be the location counter's.
   *
   * @param all whether sections leave traces that are not there: their regions
   */
  public void prune(boolean all) {
    List<PlanItem> kept = new ArrayList<>();
    boolean setsCounter = true; // the next one says where it is, or there is none
    for (int i = list.size() - 1; i >= 0; i--) {
      if (!(list.get(i) instanceof PlanSection p)) {
        kept.add(list.get(i));
        setsCounter = false;
        continue;
      }
      boolean hasAddress = p.statement != null && p.statement.address() != null;
      if (all || p.overlay != null || p.isMade() || (hasAddress && !setsCounter)) {
        kept.add(p);
        setsCounter = hasAddress && p.overlay == null;
      }
    }
    walked = kept.reversed();
  }

  List<PlanItem> walked() {
    return walked;
  }

  /** Takes the order of the input sections from the output sections. */
  public void takeOrder() {
    for (PlanItem item : list) {
      if (item instanceof PlanSection p) {
        p.takeOrder();
      }
    }
  }

  /** Sections in the order of the file, with those that are dropped. */
  List<PlanSection> order() {
    return order;
  }

  public void setOrder(List<PlanSection> all) {
    order = all;
  }

  /** Whether something lies between {@code DATA_SEGMENT_ALIGN} and the end of RELRO. */
  public boolean hasRelro() {
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
