package io.jld.arch;

/**
 * Where thread-local storage lies ("ELF Handling For Thread-Local Storage", section 3): what the
 * thread pointer stands for, and what offsets in a module count from.
 *
 * @param above whether the blocks lie above the thread pointer (variant I) or end at it (variant
 *     II)
 * @param header variant I: bytes between the thread pointer and the first block, to which the
 *     block's alignment is added where it is larger
 * @param dtpBias what offsets in a module's block count from, in bytes from its start: such an
 *     offset is S - block - {@code dtpBias}
 * @since 0.1
 */
public record TlsLayout(boolean above, long header, long dtpBias) {
  /** As on amd64 and x86: the executable's block ends at the thread pointer. */
  public static final TlsLayout VARIANT_II = new TlsLayout(false, 0, 0);

  /**
   * The address that the thread pointer stands for.
   *
   * @param begin address of the executable's TLS segment
   * @param size of that in bytes
   * @param align its alignment; a power of two
   */
  public long threadPointer(long begin, long size, long align) {
    return above ? begin - up(header, align) : begin + up(size, align);
  }

  private static long up(long n, long align) {
    return n + align - 1 & -align;
  }
}
