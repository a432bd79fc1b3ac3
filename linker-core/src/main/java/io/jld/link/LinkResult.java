package io.jld.link;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A link that succeeded.
 *
 * @param arch the architecture's name
 * @param size the output's size in bytes
 * @param bytes the output where it went to memory: of {@link OutputSink#memory()} read-only, for as
 *     long as it is kept; of {@link OutputSink#memory(java.lang.foreign.SegmentAllocator)} the
 *     caller's own, to be changed too, for as long as its arena is open. Otherwise null
 * @param diagnostics warnings and notes, in order
 * @param passes the passes in the order in which they ran, each with its time
 * @param tasks what each thread did within the passes; empty unless {@link LinkOption#TIME_TRACE}
 *     asks for it
 * @param image what the output consists of; null unless {@link LinkOption#IMAGE} asks for it
 * @since 0.1
 */
public record LinkResult(
    String arch,
    long size,
    MemorySegment bytes,
    List<Diagnostic> diagnostics,
    List<PassTime> passes,
    List<TaskTime> tasks,
    Image image) {
  /**
   * One pass of the link.
   *
   * @param name as in {@code --stats}
   * @param startNanos from the link's start
   * @param nanos elapsed time
   */
  public record PassTime(String name, long startNanos, long nanos) {}

  /**
   * One thread's part in one of a pass's parallel loops, or a long round of such a loop. Those of
   * one thread are nested or disjoint.
   *
   * @param name the pass's name, or what the round was
   * @param thread 0 is the one that called {@link Linker#link}
   * @param rounds how many rounds of the loop it did
   * @param startNanos from the link's start
   * @param nanos elapsed time
   */
  public record TaskTime(String name, int thread, int rounds, long startNanos, long nanos) {}
}
