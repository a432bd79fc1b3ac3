package io.jld.asmb;

/**
 * Writes the bytes of one address range: what {@link WriteParallel} schedules.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface WriteFn {
  /**
   * Writes exactly {@code size} bytes at {@code out}'s offset and leaves the offset after them.
   *
   * @param out the output or a view of it, for this call's use alone
   * @param addr the address of the first byte, as the symbols' values count
   * @param size in bytes, not negative
   */
  void write(Link ctxt, OutBuf out, long addr, long size);
}
