package io.jld.segment;

import io.jld.model.OutputSection;

/**
 * The segments of the built-in layouts, in their order: a section's rank is that of its segment
 * plus its place inside, below 100.
 */
public final class SegmentRank {
  public static final int RODATA = 0;
  public static final int TEXT = 100;
  public static final int RELRO = 200;
  public static final int DATA = 300;

  /** Of what is not loaded. */
  public static final int DEBUG = 400;

  private SegmentRank() {}

  /** The rank of the segment that a section is in. */
  public static int of(OutputSection s) {
    return s.rank / 100 * 100;
  }
}
