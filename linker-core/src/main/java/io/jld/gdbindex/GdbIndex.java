package io.jld.gdbindex;

import static io.jld.elf.Elf.SHT_PROGBITS;

import io.jld.asmb.Tasks;
import io.jld.elf.Bytes;
import io.jld.elf.TableWriter;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.symbol.SectionTable;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * {@code .gdb_index} (GDB manual, appendix "Index Section Format"), version 7: what gold, lld and
 * mold write, and what GDB reads from 7.5 on. Version 9 says in addition which function is the main
 * one; GDB 13 does not read it. All fields are little-endian.
 *
 * <pre>
 *   header         version, then where each of the parts begins
 *   CU list        offset and length of each compilation unit in .debug_info: 8 bytes each
 *   TU list        of each type unit its offset, that of the type in it, and its signature
 *   address area   lowest address, the one after the highest, number of the unit (4 bytes)
 *   symbol table   a hash table: where a name and its CU vector begin in the constant pool
 *   constant pool  CU vectors: how many elements, then the elements; behind them the names
 * </pre>
 *
 * <p>An element is the number of a unit, those of type units following those of compilation units,
 * in its lowest 24 bits, and the {@link Kind} in its highest 8.
 */
public final class GdbIndex extends Synthetic {
  private static final int VERSION = 7;
  private static final int HEADER = 24;
  private static final int CU = 16;
  private static final int TU = 24;
  private static final int AREA = 20;
  private static final int SLOT = 8;

  /** GDB can't look into an empty table. */
  private static final int LEAST_SLOTS = 16;

  private final List<ObjectIndex> objects;
  private final NamePool pool;
  private final CuVectors vectors;

  /** By object the number of each of its units. */
  private final int[][] numbers;

  private final int compileUnits;
  private final int typeUnits;

  /** By object where its entries begin in the address area. */
  private final int[] firstArea;

  /** Where each name begins behind the vectors. */
  private final long[] nameAt;

  /** The symbol table: places of names plus 1. */
  private final int[] slots;

  private final long size;

  /**
   * @param numbers by object the number of each of its units
   * @param vectors null where there were too many
   */
  GdbIndex(
      Tasks tasks,
      List<ObjectIndex> objects,
      NamePool pool,
      int[][] numbers,
      int typeUnits,
      CuVectors vectors) {
    super(".gdb_index", SHT_PROGBITS, 0, 4, 0);
    this.objects = objects;
    this.pool = pool;
    this.numbers = numbers;
    this.vectors = vectors;
    this.typeUnits = typeUnits;
    int units = 0;
    firstArea = new int[objects.size() + 1];
    for (int o = 0; o < objects.size(); o++) {
      units += numbers[o].length;
      firstArea[o + 1] = firstArea[o] + objects.get(o).areas();
    }
    compileUnits = units - typeUnits;
    nameAt = new long[pool.count() + 1];
    slots = fill(tasks);
    for (int i = 0; i < pool.count(); i++) {
      nameAt[i + 1] += nameAt[i]; // which were lengths
    }
    size = pool() + 4L * vectors.count() + nameAt[pool.count()];
  }

  /** Makes the symbol table, and takes the names' lengths. */
  private int[] fill(Tasks tasks) {
    int[] hashes = new int[pool.count()];
    tasks.forRanges(
        hashes.length,
        1 << 14,
        (from, to) ->
            pool.forEach(
                from,
                to,
                (place, text, at, n) -> {
                  hashes[place] = hash(text, at, n);
                  nameAt[place + 1] = n + 1; // NUL
                }));
    int most = (int) Math.min(1 << 28, hashes.length * 4L / 3);
    int n = Math.max(LEAST_SLOTS, Integer.highestOneBit(Math.max(1, most)) << 1);
    int[] table = new int[n];
    for (int i = 0; i < hashes.length; i++) {
      int slot = hashes[i] & n - 1;
      int step = hashes[i] * 17 & n - 1 | 1;
      while (table[slot] != 0) {
        slot = slot + step & n - 1;
      }
      table[slot] = i + 1;
    }
    return table;
  }

  /** The format's hash: of names that differ in the case of letters it is the same. */
  static int hash(byte[] text, int at, int n) {
    int r = 0;
    for (int i = at; i < at + n; i++) {
      int c = text[i] & 0xff;
      r = r * 67 + (c >= 'A' && c <= 'Z' ? c + 32 : c) - 113;
    }
    return r;
  }

  private long compileList() {
    return HEADER;
  }

  private long typeList() {
    return compileList() + (long) CU * compileUnits;
  }

  private long areaList() {
    return typeList() + (long) TU * typeUnits;
  }

  private long table() {
    return areaList() + (long) AREA * firstArea[objects.size()];
  }

  private long pool() {
    return table() + (long) SLOT * slots.length;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    TableWriter out = new TableWriter(ctxt.elf, HEADER);
    out.word(VERSION);
    for (long at : new long[] {compileList(), typeList(), areaList(), table(), pool()}) {
      out.word((int) at);
    }
    out.flush(slice, 0);
    Tasks tasks = ctxt.tasks();
    tasks.forRanges(
        objects.size(),
        64,
        (from, to) -> {
          for (int o = from; o < to; o++) {
            writeUnits(ctxt, o, slice);
            writeAreas(ctxt, o, slice);
          }
        });
    tasks.forRanges(slots.length, 1 << 15, (from, to) -> writeSlots(ctxt, from, to, slice));
    Bytes.copy(vectors.words(), vectors.count(), slice, pool());
    tasks.forRanges(pool.count(), 1 << 14, (from, to) -> writeNames(from, to, slice));
  }

  private void writeUnits(Context ctxt, int o, MemorySegment slice) {
    ObjectIndex x = objects.get(o);
    TableWriter out = new TableWriter(ctxt.elf, TU);
    for (int u = 0; u < x.units(); u++) {
      int id = x.object().sectionId(x.section(u));
      wide(out, ctxt.sections().addr[id] - ctxt.outputOf(id).addr + x.start(u));
      int number = numbers[o][u];
      if (x.isType(u)) {
        wide(out, x.typeOffset(u));
        wide(out, x.signature(u));
        out.flush(slice, typeList() + (long) TU * (number - compileUnits));
      } else {
        wide(out, x.length(u));
        out.flush(slice, compileList() + (long) CU * number);
      }
    }
  }

  private void writeAreas(Context ctxt, int o, MemorySegment slice) {
    ObjectIndex x = objects.get(o);
    SectionTable sections = ctxt.sections();
    TableWriter out = new TableWriter(ctxt.elf, (long) AREA * x.areas());
    for (int a = 0; a < x.areas(); a++) {
      long addr = sections.addr[x.object().sectionId(x.areaSection(a))];
      wide(out, addr + x.areaFrom(a));
      wide(out, addr + x.areaTo(a));
      out.word(numbers[o][x.areaUnit(a)]);
    }
    out.flush(slice, areaList() + (long) AREA * firstArea[o]);
  }

  private static void wide(TableWriter out, long v) {
    out.word((int) v);
    out.word((int) (v >>> 32));
  }

  private void writeSlots(Context ctxt, int from, int to, MemorySegment slice) {
    TableWriter out = new TableWriter(ctxt.elf, (long) SLOT * (to - from));
    int names = 4 * vectors.count();
    for (int i = from; i < to; i++) {
      int place = slots[i] - 1;
      out.word(place < 0 ? 0 : names + (int) nameAt[place]);
      out.word(place < 0 ? 0 : 4 * vectors.offset(place));
    }
    out.flush(slice, table() + (long) SLOT * from);
  }

  private void writeNames(int from, int to, MemorySegment slice) {
    byte[] bytes = new byte[(int) (nameAt[to] - nameAt[from])];
    pool.forEach(
        from,
        to,
        (place, text, at, n) ->
            System.arraycopy(text, at, bytes, (int) (nameAt[place] - nameAt[from]), n));
    Bytes.copy(bytes, 0, slice, pool() + 4L * vectors.count() + nameAt[from], bytes.length);
  }
}
