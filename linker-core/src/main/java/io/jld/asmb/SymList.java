package io.jld.asmb;

import java.lang.foreign.MemorySegment;

/**
 * The symbols of the output that have content, in address order: {@code textp}, {@code datap},
 * {@code dwarfp}. An input section is a symbol here, and so is each piece that the linker makes
 * itself; the ELF symbols inside an input section are its sub-symbols, which the writers skip.
 *
 * <p>Values never decrease. A symbol that is no sub-symbol overlaps no other such symbol.
 *
 * @since 0.1
 */
public interface SymList {
  /**
   * This list for one task: the same symbols, with whatever {@link #finish} keeps from one symbol
   * to the next.
   */
  default SymList forTask() {
    return this;
  }

  /** How many there are; indices run from 0 to this. */
  int count();

  /**
   * The address of symbol {@code i}; for the debug symbols, which have none in memory, their place
   * in Segdwarf.
   */
  long value(int i);

  /** Size of the content in bytes; may be 0. */
  long size(int i);

  /** Whether symbol {@code i} lies inside the nearest symbol before it that is none of these. */
  default boolean isSubSymbol(int i) {
    return false;
  }

  /**
   * The content to copy for symbol {@code i}, {@code size(i)} bytes; null where {@link #finish}
   * makes it from nothing.
   */
  MemorySegment content(int i);

  /**
   * Finishes symbol {@code i} in the slice of the output that {@link OutBuf#writeSym} returned:
   * applies its relocations; or makes all of the slice's bytes, where there was no content to copy.
   * Called for many symbols at once, each time on another {@link #forTask} list, once for each
   * slice, and not for symbols of size 0. Wrong inputs are reported to {@code ctxt}; what this
   * throws is a bug's and ends asmb. It must not wait for other threads that write blocks ({@link
   * Writers}).
   */
  void finish(Link ctxt, int i, MemorySegment slice);
}
