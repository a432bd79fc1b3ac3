package io.jld.arch;

import io.jld.asmb.Link;
import io.jld.asmb.Slice;

/**
 * Range-extension thunks: what an architecture says whose branches may not reach their targets. A
 * thunk is a few instructions within reach of the branch, which go on to the target from there.
 *
 * <p>The core decides where thunks are: in pools between the input sections of code. It makes them
 * while addresses are given, round by round: each round asks of every branch whether it reaches its
 * target, and gives those that don't a thunk, of which all branches within reach share one. A thunk
 * never goes away and never gets smaller, so that there is an end. What is written goes where
 * {@link Relocs#branchTarget} says.
 *
 * <p>Methods are asked from many threads, and answer by their arguments alone.
 *
 * @since 0.1
 * @since 0.1
 */
public interface Thunks {
  /**
   * How far the branches reach in each direction at least, in bytes. Pools are less than that
   * apart; a link whose code is smaller has none.
   */
  long reach();

  /** Alignment of a thunk in bytes; a power of two. {@link #size} is a multiple of it. */
  long align();

  /**
   * Whether the current relocation is that of a branch that may go by a thunk: one whose target
   * takes no notice of the registers that a thunk changes (psABI: those that the linker may use
   * between a call and its target), and that has a target at all.
   */
  boolean isExtensible(Link ctxt, Relocs relocs);

  /** Whether the branch of a relocation of this type at {@code place} reaches {@code target}. */
  boolean reaches(int type, long place, long target);

  /**
   * Bytes of a thunk. Asked in each round, since it may depend on the distance.
   *
   * @param addr the thunk's address
   * @param target where it leads
   */
  int size(Link ctxt, long addr, long target);

  /**
   * Writes a thunk.
   *
   * @param slice zeros; offsets count from the thunk's start
   * @param size its bytes: what {@link #size} says for these addresses, or more where it said so in
   *     an earlier round
   */
  void write(Link ctxt, Slice slice, int size, long addr, long target);

  /**
   * The name that {@code .symtab} has for a thunk: a local function.
   *
   * @param target the name of the symbol that it leads to; that of the section where the symbol has
   *     none
   */
  default String symbol(String target) {
    return "__" + target + "_veneer";
  }

  /**
   * The symbol that says what kind of code a pool holds, for architectures that mark code and data
   * with symbols ({@code $x}); empty for none.
   */
  default String mappingSymbol() {
    return "";
  }
}
