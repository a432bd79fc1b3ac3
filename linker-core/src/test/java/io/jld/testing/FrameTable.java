package io.jld.testing;

import io.jld.elf.ElfClass;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code .eh_frame} of an output whose addresses are encoded as pcrel sdata4. */
public final class FrameTable {
  /** An FDE: where it is, its CIE, and the code that it describes. */
  public record Fde(long addr, long cie, long pc, long length) {}

  private final List<Long> cies = new ArrayList<>();
  private final List<Fde> fdes = new ArrayList<>();
  private int terminators;

  public FrameTable(Linked linked) {
    Linked.Section s = linked.section(".eh_frame");
    MemorySegment b = s.bytes();
    long at = 0;
    while (at < b.byteSize()) {
      long length = ElfClass.u32(b, at);
      int head = 4;
      if (length == 0xffffffffL) {
        length = ElfClass.u64(b, at + 4);
        head = 12;
      }
      long id = length == 0 ? 0 : ElfClass.u32(b, at + head);
      if (length == 0) {
        terminators++;
      } else if (id == 0) {
        cies.add(s.addr() + at);
      } else {
        long field = at + head + 4;
        long pc = s.addr() + field + ElfClass.s32(b, field);
        pc = linked.elf().is64() ? pc : pc & 0xffffffffL;
        fdes.add(new Fde(s.addr() + at, s.addr() + at + head - id, pc, ElfClass.u32(b, field + 4)));
      }
      at += head + length;
    }
  }

  public List<Long> cies() {
    return cies;
  }

  public List<Fde> fdes() {
    return fdes;
  }

  public int terminators() {
    return terminators;
  }
}
