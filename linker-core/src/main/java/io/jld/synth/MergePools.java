package io.jld.synth;

import io.jld.input.ObjectFile;

/** Which input section's pieces are in which pool. */
public final class MergePools {
  /** Whether any section of the object is merged. */
  public boolean hasPieces(ObjectFile file) {
    return false;
  }

  /** The pool with the pieces of a section; null where the section is not merged. */
  public MergePool of(ObjectFile file, int section) {
    return null;
  }

  public java.util.List<MergePool> pools() {
    return java.util.List.of();
  }
}
