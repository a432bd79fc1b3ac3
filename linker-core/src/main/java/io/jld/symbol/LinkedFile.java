package io.jld.symbol;

import io.jld.input.InputFile;

/**
 * A file's part in one link. The {@linkplain #file parsed file} never changes, and other links may
 * have it too at the same time; what the link finds out about it stands here: its place in the
 * order, and the numbers of its names.
 *
 * <p>There is one for each file that is read. Which of them are linked is known when archive
 * members have been extracted.
 */
public class LinkedFile {
  private final InputFile file;

  /** For each name of the file its number: what {@link NameTable#add} has given. */
  final int[] nameIds;

  private int order = -1;

  /**
   * @param nameIds the numbers of the file's names, in their order; final once {@link
   *     NameTable#finish} has run
   */
  public LinkedFile(InputFile file, int[] nameIds) {
    this.file = file;
    this.nameIds = nameIds;
  }

  /** What has been read, the same in each link. */
  public InputFile file() {
    return file;
  }

  /**
   * The file's place in the order of the link, which decides between definitions; -1 where it is
   * not linked.
   */
  public final int order() {
    return order;
  }

  public final void setOrder(int order) {
    this.order = order;
  }

  /**
   * The number of a name, in the {@link NameTable}.
   *
   * @param i its index among the file's names
   */
  public final int nameId(int i) {
    return nameIds[i];
  }

  /** Gives a name another one's number, which takes its place in this link. */
  public final void setNameId(int i, int id) {
    nameIds[i] = id;
  }
}
