package io.jld.arch;

/**
 * What code or data does with the symbol of a relocation, where nothing but this output defines it.
 * Identical code folding asks for it: which references are the same, and which let a program see
 * the address.
 *
 * @since 0.1
 */
public enum Reference {
  /** A call or jump to S + A: nobody sees the address. */
  CALL,

  /** As {@link #CALL} in some instructions, and as {@link #ADDRESS} in others. */
  DISPLACEMENT,

  /** What the field holds depends on S + A and the place, and on nothing else of the symbol. */
  ADDRESS,

  /** Anything else: a GOT slot, a size, thread-local storage. */
  OTHER
}
