package io.jld.link;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A link that succeeded.
 *
 * @param arch the architecture's name
 * @param size the output's size in bytes
 * @param bytes the output where it went to memory, read-only and on the heap; otherwise null
 * @param diagnostics warnings and notes, in order
 * @param passes the passes in the order in which they ran, each with its time
 */
public record LinkResult(
    String arch,
    long size,
    MemorySegment bytes,
    List<Diagnostic> diagnostics,
    List<PassTime> passes) {
  /**
   * One pass of the link.
   *
   * @param name as in {@code --stats}
   * @param startNanos from the link's start
   * @param nanos elapsed time
   */
  public record PassTime(String name, long startNanos, long nanos) {}
}
