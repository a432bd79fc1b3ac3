package io.jld.dwarf;

/** A place in one of an object's sections. One object serves many, one after the other. */
public final class Place {
  private int section;
  private long offset;

  /** The section's index in the object; 0 where it is none of it. */
  public int section() {
    return section;
  }

  /** In bytes, not checked. */
  public long offset() {
    return offset;
  }

  public void set(int inSection, long at) {
    section = inSection;
    offset = at;
  }

  public void set(Place other) {
    section = other.section;
    offset = other.offset;
  }

  /** Takes what a relocation refers to. */
  void set(DebugSection of, int relocation) {
    int target = of.target(relocation);
    section = Math.max(0, target);
    offset = of.targetOffset(relocation);
  }
}
