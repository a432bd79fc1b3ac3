package io.jld.model;

/** Where branches go that do not reach their targets. */
public interface BranchTargets {
  /**
   * The address for a branch.
   *
   * @param type of its relocation
   * @param place the address of the field
   * @param symbol what it refers to
   * @param target where it is to go in the end, the addend included
   * @return {@code target} where the branch reaches it, or nothing else does
   */
  long of(int type, long place, int symbol, long addend, long target);
}
