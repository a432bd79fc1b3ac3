package io.jld.place;

/** What the placer meets on its way through a script's layout, in order. */
public sealed interface PlanItem permits PlanSection, PlanItem.Formula {
  /**
   * An assignment or an assertion outside of output sections.
   *
   * @param statement its number in the list of assignments
   */
  record Formula(int statement) implements PlanItem {}
}
