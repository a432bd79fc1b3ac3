package io.jld.arch;

/**
 * What becomes of a relocation that the cursor of {@link Relaxer#relax} stands at. At most one of
 * the methods that change something is called for each.
 *
 * @since 0.1
 */
public interface Relaxation {
  /**
   * Bytes that may go away at the current relocation. Any number in the first rounds; once fewer
   * have gone than in the round before, because something has moved out of reach, it is that number
   * for good: so each relocation gets shorter for some rounds, then longer for some, and rounds
   * end.
   */
  int limit();

  /**
   * Takes bytes away.
   *
   * @param from their offset in the section as it was read; they lie inside of it
   * @param count from 0 to {@link #limit}
   * @param form what {@link Arch#apply} is to write instead: {@link Relocs#form} gives it then; not
   *     0, which means that nothing has been said
   */
  void delete(long from, int count, int form);

  /**
   * Takes bytes of padding away, as many as can be such that what follows them is aligned. {@link
   * Relocs#form} is the number of bytes that are left then; it is all of them where more would be
   * needed. It counts from the start of the section, which has that alignment itself.
   *
   * @param from offset of the padding in the section as it was read
   * @param available bytes of it; they lie inside of the section
   * @param alignment a power of two
   */
  void align(long from, int available, long alignment);
}
