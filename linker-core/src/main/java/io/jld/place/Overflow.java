package io.jld.place;

/**
 * Asked, while sections get places for the first time, what moves from an output section whose
 * memory region is full to another one.
 */
@FunctionalInterface
public interface Overflow {
  /**
   * Whether an item that ends after the region does moves elsewhere, and takes no space here.
   *
   * @param item as those of the output section
   */
  boolean moves(PlanSection p, int item);
}
