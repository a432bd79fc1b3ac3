package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.elf.TableWriter;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/** {@code .hash} (gABI, "Hash Table"): buckets and chains over all dynamic symbols. */
public final class SysvHash extends Synthetic {
  private int symbols;

  /**
   * @param word the size of an address, to which the table is aligned; its own words have 4 bytes
   */
  public SysvHash(int word) {
    super(".hash", SHT_HASH, SHF_ALLOC, word, 4);
  }

  public void prepare(Context ctxt) {
    symbols = LoaderTables.of(ctxt).dynSym().count();
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
    return LoaderTables.of(ctxt).dynSym();
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    DynSym dynSym = LoaderTables.of(ctxt).dynSym();
    int[] bucket = new int[buckets()];
    int[] chain = new int[symbols];
    for (int i = 1; i < symbols; i++) {
      int h = Versions.hash(dynSym.name(ctxt, i));
      int b = Integer.remainderUnsigned(h, bucket.length);
      chain[i] = bucket[b];
      bucket[b] = i;
    }
    TableWriter table = new TableWriter(ctxt.elf, size());
    table.word(bucket.length);
    table.word(symbols);
    for (int b : bucket) {
      table.word(b);
    }
    for (int c : chain) {
      table.word(c);
    }
    table.flush(slice, 0);
  }
}
