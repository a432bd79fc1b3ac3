package tern.elf;

import java.util.ArrayList;
import java.util.List;

/** A section of an object (gABI, ch. 4, "Sections"): its content and the relocations in it. */
public final class Section {
  public static final int PROGBITS = 1;
  public static final int NOBITS = 8;
  public static final int WRITE = 1;
  public static final int ALLOC = 2;
  public static final int EXEC = 4;
  public static final int MERGE = 0x10;
  public static final int STRINGS = 0x20;

  /**
   * A field that the linker fills in.
   *
   * @param type a number of the processor's psABI
   */
  record Relocation(int offset, int type, Symbol symbol, int addend) {}

  public final Bytes bytes = new Bytes();
  final String name;
  final int type;
  final int flags;
  final int align;
  final List<Relocation> relocations = new ArrayList<>();

  /** Of {@link #NOBITS}, which has a size and no content. */
  private int reserved;

  Section(String name, int type, int flags, int align) {
    this.name = name;
    this.type = type;
    this.flags = flags;
    this.align = align;
  }

  public String name() {
    return name;
  }

  /** In bytes, also where the object has none of them. */
  public int size() {
    return type == NOBITS ? reserved : bytes.size();
  }

  /** Makes room in a section of zeros and says where. */
  public int reserve(int size) {
    int at = reserved + size - 1 & -size;
    reserved = at + size;
    return at;
  }

  /** Says that the field of 4 or 8 bytes that is written next depends on the symbol. */
  public void relocate(int relocationType, Symbol symbol, int addend) {
    relocations.add(new Relocation(bytes.size(), relocationType, symbol, addend));
  }
}
