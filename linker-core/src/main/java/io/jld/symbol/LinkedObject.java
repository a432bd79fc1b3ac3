package io.jld.symbol;

import io.jld.input.ObjectFile;

/**
 * An object's part in one link: beside what each file has, the numbers of its sections and symbols
 * there. These are given when it is known which objects are linked.
 */
public final class LinkedObject extends LinkedFile {
  private final ObjectFile file;
  private final int firstGlobal;
  private int firstSection;
  private int firstLocal;

  /**
   * @param nameIds as {@link LinkedFile} has them
   */
  public LinkedObject(ObjectFile file, int[] nameIds) {
    super(file, nameIds);
    this.file = file;
    this.firstGlobal = file.firstGlobal();
  }

  @Override
  public ObjectFile file() {
    return file;
  }

  /** The number of this object's section 0 among the link's sections. */
  public int firstSection() {
    return firstSection;
  }

  /** The number of a section in the link: an index in the {@link SectionTable}. */
  public int sectionId(int section) {
    return firstSection + section;
  }

  /** The number of this object's symbol 0 among the link's symbols. */
  public int firstLocal() {
    return firstLocal;
  }

  public void setNumbers(int section, int local) {
    firstSection = section;
    firstLocal = local;
  }

  /** The number of a global symbol's name, which is that of the symbol. */
  public int symbolNameId(int sym) {
    return nameIds[sym - firstGlobal];
  }

  /** Gives a global symbol another name, by its number. */
  public void rename(int sym, int id) {
    nameIds[sym - firstGlobal] = id;
  }

  /** The symbol's number in the link. */
  public int symbolId(int sym) {
    return sym < firstGlobal ? firstLocal + sym : nameIds[sym - firstGlobal];
  }
}
