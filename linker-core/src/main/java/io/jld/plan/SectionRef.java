package io.jld.plan;

/** What the value of an expression counts from: an output section. */
public interface SectionRef {
  /** What absolute values count from. */
  SectionRef ABSOLUTE = () -> 0;

  /** The address as far as it is known: that of this round. */
  long address();
}
