package io.jld.input;

import io.jld.link.Location;
import java.lang.foreign.MemorySegment;

/** A file that defines or refers to symbols: an object, a shared library, or the linker itself. */
public abstract class InputFile {
  private final String file;
  private final String member;
  private final MemorySegment data;
  private int order = -1;

  /**
   * Where the names of this file's global symbols begin in {@link #data}; then those of its groups'
   * signatures.
   */
  protected int[] nameOff = {};

  protected int[] nameLen = {};
  protected long[] nameHash = {};

  /** The names' numbers in the symbol table; set by interning. */
  protected int[] nameId = {};

  protected InputFile(String file, String member, MemorySegment data) {
    this.file = file;
    this.member = member;
    this.data = data;
  }

  public final MemorySegment data() {
    return data;
  }

  public final String file() {
    return file;
  }

  /** The archive member's name; null for a file of its own. */
  public final String member() {
    return member;
  }

  /** {@code FILE(MEMBER)}. */
  public final String displayName() {
    return member == null ? file : file + "(" + member + ")";
  }

  public final Location location() {
    return Location.file(file, member);
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

  public final boolean isLinked() {
    return order >= 0;
  }

  public final int nameCount() {
    return nameOff.length;
  }

  public final long nameOffset(int i) {
    return nameOff[i] & 0xffffffffL;
  }

  public final int nameLength(int i) {
    return nameLen[i];
  }

  public final long nameHash(int i) {
    return nameHash[i];
  }

  public final int nameId(int i) {
    return nameId[i];
  }

  public final void setNameIds(int[] ids) {
    nameId = ids;
    nameHash = null; // hashed once, used once
  }
}
