package io.jld.dynamic;

import static io.jld.elf.Elf.*;

import io.jld.arch.Need;
import io.jld.elf.Rows;
import io.jld.elf.TableWriter;
import io.jld.model.Context;
import io.jld.model.SymbolRows;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code .dynsym}: the null symbol, the symbols that the loader is to find elsewhere, then those
 * that it may find here, sorted by the bucket of {@code .gnu.hash}, which covers only these.
 */
public final class DynSym extends Synthetic {
  private final int entry;
  private final List<Integer> ids = new ArrayList<>();
  private final Map<Integer, Integer> index = new HashMap<>();
  private int firstExported;
  private int[] names = {};

  /** {@link GnuHash#hash} of the exported names. */
  private int[] hashes = {};

  public DynSym(Context ctxt) {
    super(".dynsym", SHT_DYNSYM, SHF_ALLOC, ctxt.elf.wordSize, ctxt.elf.symSize);
    entry = ctxt.elf.symSize;
  }

  /** Gives the dynamic symbols their places; needs are complete. */
  public void collect(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    List<Integer> imported = new ArrayList<>();
    List<Integer> exported = new ArrayList<>();
    for (int id = 1; id < symbols.globals(); id++) {
      boolean bound = symbols.isPreemptible(id);
      if (symbols.has(id, SymbolTable.EXPORTED) || (bound && symbols.has(id, Need.CANONICAL_PLT))) {
        exported.add(
            id); // a canonical PLT entry is what other modules find as the function's address
      } else if (bound && symbols.has(id, Need.DYNSYM | Need.PLT)) {
        imported.add(id);
      }
    }
    int buckets = GnuHash.buckets(exported.size());
    Rows byBucket = new Rows(exported.size());
    for (int i = 0; i < byBucket.count(); i++) {
      int hash = GnuHash.hash(Versions.base(symbols.name(exported.get(i))));
      byBucket.key[i] = Integer.remainderUnsigned(hash, buckets);
      byBucket.value[i] = (long) hash << 32 | exported.get(i);
    }
    byBucket.sort();
    ids.addAll(imported);
    firstExported = ids.size() + 1;
    hashes = new int[byBucket.count()];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = (int) (byBucket.value[i] >>> 32);
      ids.add((int) byBucket.value[i]);
    }
    DynStr strings = LoaderTables.of(ctxt).dynStr();
    names = new int[ids.size()];
    for (int i = 0; i < ids.size(); i++) {
      index.put(ids.get(i), i + 1);
      names[i] = strings.add(Versions.base(symbols.name(ids.get(i))));
    }
    for (LinkedLibrary l : ctxt.shared()) {
      strings.add(l.soname()); // .gnu.version_r names it
    }
  }

  /** The name of the symbol with the given index, without a version. */
  String name(Context ctxt, int i) {
    return Versions.base(ctxt.symbols().name(symbol(i)));
  }

  /** Symbols, the null symbol among them. */
  public int count() {
    return ids.size() + 1;
  }

  /** Index of the first symbol that {@code .gnu.hash} covers. */
  public int firstExported() {
    return firstExported;
  }

  /** The hashes of the names that {@code .gnu.hash} covers, in order. */
  int[] hashes() {
    return hashes;
  }

  /** The symbol with the given index, from 1. */
  public int symbol(int i) {
    return ids.get(i - 1);
  }

  /** Index of a symbol; 0 where it is none of these. */
  public int index(int id) {
    return index.getOrDefault(id, 0);
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return ctxt.isDynamic();
  }

  @Override
  public long size() {
    return (long) count() * entry;
  }

  @Override
  public Synthetic link(Context ctxt) {
    return LoaderTables.of(ctxt).dynStr();
  }

  @Override
  public int info(Context ctxt) {
    return 1;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    SymbolRows rows = SymbolRows.of(ctxt);
    TableWriter table = new TableWriter(ctxt.elf, size());
    table.symbol(0, 0, 0, 0, 0, 0);
    for (int i = 0; i < ids.size(); i++) {
      rows.put(table, i + 1, ids.get(i), names[i], null);
    }
    table.flush(slice, 0);
  }
}
