package io.jld.input;

/**
 * The names that a link knows a file's symbols by, in columns: where each is in the file's {@link
 * InputFile#data data}, how long it is, and its hash ({@link Names}). Those of an object's global
 * symbols come first, in their order, then the signatures of its groups.
 */
public final class FileNames {
  private final int[] offset;
  private final int[] length;
  private final long[] hash;

  /** The columns have one row for each name, and belong to this from now on. */
  public FileNames(int[] offset, int[] length, long[] hash) {
    this.offset = offset;
    this.length = length;
    this.hash = hash;
  }

  public int count() {
    return offset.length;
  }

  /** Where a name begins in the file's data. */
  public long offset(int i) {
    return offset[i] & 0xffffffffL;
  }

  /** Bytes of a name, without its NUL. */
  public int length(int i) {
    return length[i];
  }

  public long hash(int i) {
    return hash[i];
  }

  /** The hashes of all. */
  public long[] hashes() {
    return hash.clone();
  }
}
