package io.jld.content;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.IntUnaryOperator;

/**
 * {@code .note.gnu.property}: one note with the properties that the output has (Linux gABI
 * extensions, "Program Property").
 */
public final class NoteProperty extends Synthetic {
  private static final int HEADER = 16;

  private final ElfClass elf;
  private final SortedMap<Integer, Long> properties;
  private final IntUnaryOperator width;

  /** Null where no object has properties. */
  public static NoteProperty of(Context ctxt) {
    return ctxt.find(NoteProperty.class);
  }

  /**
   * @param properties values by number, in the order in which they are written
   * @param width bytes of the value of a property with the given number: 0, 4 or 8
   */
  public NoteProperty(ElfClass elf, SortedMap<Integer, Long> properties, IntUnaryOperator width) {
    super(".note.gnu.property", SHT_NOTE, SHF_ALLOC, elf.wordSize, 0);
    this.elf = elf;
    this.properties = properties;
    this.width = width;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  @Override
  public long size() {
    long size = HEADER;
    for (int type : properties.keySet()) {
      size += 8 + padded(width.applyAsInt(type));
    }
    return size;
  }

  private int padded(int bytes) {
    return (bytes + elf.wordSize - 1) & -elf.wordSize;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0);
    ElfClass.put32(slice, 0, 4);
    ElfClass.put32(slice, 4, size() - HEADER);
    ElfClass.put32(slice, 8, NT_GNU_PROPERTY_TYPE_0);
    ElfClass.put32(slice, 12, 0x554e47); // "GNU"
    long at = HEADER;
    for (Map.Entry<Integer, Long> p : properties.entrySet()) {
      int bytes = width.applyAsInt(p.getKey());
      ElfClass.put32(slice, at, p.getKey());
      ElfClass.put32(slice, at + 4, bytes);
      if (bytes == 4) {
        ElfClass.put32(slice, at + 8, p.getValue());
      } else if (bytes == 8) {
        ElfClass.put64(slice, at + 8, p.getValue());
      }
      at += 8 + padded(bytes);
    }
  }
}
