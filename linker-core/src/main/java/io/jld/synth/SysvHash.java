package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.elf.ElfClass;
import io.jld.link.LinkOption;
import io.jld.pass.Context;
import java.lang.foreign.MemorySegment;

/** {@code .hash} (gABI, "Hash Table"): buckets and chains over all dynamic symbols. */
public final class SysvHash extends Synthetic {
  private int symbols;

  public SysvHash() {
    super(".hash", SHT_HASH, SHF_ALLOC, 8, 4);
  }

  public void prepare(Context ctxt) {
    symbols = ctxt.synth.dynSym().count();
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic() && ctxt.option(LinkOption.HASH_STYLE) != LinkOption.HashStyle.GNU;
  }

  private int buckets() {
    return Math.max(1, symbols / 2);
  }

  @Override
  public long size() {
    return 4L * (2 + buckets() + symbols);
  }

  @Override
  public Synthetic link(Context ctxt) {
    return ctxt.synth.dynSym();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0);
    ElfClass.put32(slice, 0, buckets());
    ElfClass.put32(slice, 4, symbols);
    for (int i = 1; i < symbols; i++) {
      int h = Versions.hash(ctxt.synth.dynSym().name(ctxt, i));
      long bucket = 8 + 4L * Integer.remainderUnsigned(h, buckets());
      ElfClass.put32(slice, 8 + 4L * (buckets() + i), ElfClass.s32(slice, bucket));
      ElfClass.put32(slice, bucket, i);
    }
  }
}
