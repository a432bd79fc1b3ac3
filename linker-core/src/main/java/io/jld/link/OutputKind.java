package io.jld.link;

/**
 * What is linked. Whether an executable is dynamic follows from its inputs, as with GNU ld.
 *
 * @since 0.1
 */
public enum OutputKind {
  /** {@code ET_EXEC} at a fixed address; dynamic if there is a shared library among the inputs. */
  EXECUTABLE,
  /** {@code ET_DYN} with an entry: {@code -pie}. */
  PIE,
  /** {@code ET_DYN}: {@code -shared}. */
  SHARED,
  /** {@code ET_REL}: {@code -r}. */
  RELOCATABLE;

  /** Whether the output may be loaded at any address. */
  public boolean pic() {
    return this == PIE || this == SHARED;
  }
}
