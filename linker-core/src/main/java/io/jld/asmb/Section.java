package io.jld.asmb;

/**
 * A section of the output, as far as its bytes are concerned.
 *
 * @since 0.1
 */
public interface Section {
  String name();

  /**
   * The address of its first byte; for a section that is not loaded, its place in Segdwarf, which
   * is its file offset.
   */
  long vaddr();

  /** Size in bytes of what is written to the file; 0 for {@code SHT_NOBITS}. */
  long length();

  /** Offset of its first byte in the output file. */
  long fileOffset();

  /** Whether it has {@code SHF_EXECINSTR}: its symbols are in {@code textp}. */
  boolean isCode();

  /**
   * Whether gaps are run through ({@code .init}, {@code .fini}), so that they need no-operations.
   */
  boolean isRunThrough();
}
