package io.jld.arch;

import io.jld.asmb.Link;

/**
 * Linker relaxation: instructions that are shorter once addresses are known. What of a section's
 * code goes away an architecture says while addresses are given, in rounds: each round shows it the
 * relocations of every section of code again, at the addresses of the round before, until nothing
 * changes. The core moves all that stands behind: symbols and their sizes, relocations, addends of
 * section symbols. Asked from many threads; the answer may depend on the arguments alone.
 *
 * @since 0.1
 */
public interface Relaxer {
  /**
   * Goes through the relocations of one section of code ({@code while (relocs.next())}) and says of
   * each what becomes of it. Of those of which nothing is said all bytes stay.
   *
   * <p>Offsets and {@link Relocs#content} are those of the section as it was read; {@link
   * Relocs#place} and the values of symbols are those of the last round. What is wrong with a
   * relocation is not reported here, but where it is applied.
   */
  void relax(Link ctxt, Relocs relocs, Relaxation to);
}
