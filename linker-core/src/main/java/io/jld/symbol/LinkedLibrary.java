package io.jld.symbol;

import io.jld.input.SharedFile;

/** A shared library's part in one link: whether the output names it, and how. */
public final class LinkedLibrary extends LinkedFile {
  private final SharedFile file;
  private final String soname;
  private final boolean asNeeded;
  private boolean wanted;

  /**
   * @param nameIds as {@link LinkedFile} has them
   * @param called what has the place of the library's {@code DT_SONAME} where it has none: its path
   *     as it was given, or the file's name where it was searched for
   * @param asNeeded whether the output names it only if something needs it
   */
  public LinkedLibrary(SharedFile file, int[] nameIds, String called, boolean asNeeded) {
    super(file, nameIds);
    this.file = file;
    this.soname = file.soname(called);
    this.asNeeded = asNeeded;
  }

  @Override
  public SharedFile file() {
    return file;
  }

  /**
   * What those that use it have as {@code DT_NEEDED}: its {@code DT_SONAME}, or what it was called.
   */
  public String soname() {
    return soname;
  }

  /** Whether the output names it only if something needs it. */
  public boolean asNeeded() {
    return asNeeded;
  }

  /** Notes that an object's reference is bound to this library; from any thread. */
  public void want() {
    wanted = true; // all writers write the same
  }

  /** Whether the output names the library. */
  public boolean isNeeded() {
    return !asNeeded || wanted;
  }
}
