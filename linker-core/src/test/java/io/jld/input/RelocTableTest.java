package io.jld.input;

import static io.jld.elf.Elf.STB_GLOBAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.testing.ObjectBuilder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both classes, with and without addends, through a window that is smaller than the tables. */
class RelocTableTest {
  private static final int SYMBOLS = 200;

  /** More than a window has of the largest kind, few, none, and what no window ends with. */
  private static final int[] COUNTS = {5000, 1, 3, 0, 341, 342, 2049, 7, 12289, 2};

  private record Reloc(long offset, int type, int symbol, long addend) {}

  private static final class Case {
    final ObjectFile file;
    final List<List<Reloc>> tables = new ArrayList<>();
    final List<Integer> sections = new ArrayList<>();

    Case(boolean is64, boolean rela, int[] counts, long seed) {
      Random random = new Random(seed);
      ObjectBuilder o = new ObjectBuilder(is64, is64 ? 62 : 3, rela);
      for (int i = 0; i < SYMBOLS; i++) {
        o.symbol("s" + i, STB_GLOBAL, 0, 0, 0, 0, 0);
      }
      for (int count : counts) {
        int section = o.data(".data", new byte[8]);
        List<Reloc> table = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          // High offsets, so that addends without a field of their own are not written anywhere.
          long offset = is64 ? random.nextLong() : random.nextInt() & 0xffffffffL;
          int type = is64 ? random.nextInt() : random.nextInt(256);
          int symbol = 1 + random.nextInt(SYMBOLS);
          long addend = !rela ? 0 : is64 ? random.nextLong() : random.nextInt();
          table.add(new Reloc(offset, type, symbol, addend));
          o.reloc(section, offset, type, symbol, addend);
        }
        sections.add(section);
        tables.add(table);
      }
      file = o.file("a.o");
    }

    void open(RelocTable t, int k) {
      t.open(file, file.relocSection(sections.get(k)));
      assertEquals(tables.get(k).size(), t.count());
    }

    void check(RelocTable t, int k, int i, boolean rela) {
      t.seek(i);
      Reloc want = tables.get(k).get(i);
      assertEquals(
          want,
          new Reloc(t.offset(), t.type(), t.symbol(), rela ? t.addend() : 0),
          () -> "table " + k + ", relocation " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void forwardsBackwardsAndAnywhere(boolean is64, boolean rela) {
    Case c = new Case(is64, rela, COUNTS, 1);
    RelocTable t = new RelocTable();
    Random random = new Random(2);
    for (int k = 0; k < COUNTS.length; k++) {
      if (COUNTS[k] == 0) {
        assertEquals(0, c.file.relocSection(c.sections.get(k)));
        continue;
      }
      c.open(t, k);
      assertEquals(rela, t.hasAddends());
      assertEquals((rela ? 3 : 2) * (is64 ? 8 : 4), t.entrySize());
      for (int i = 0; i < t.count(); i++) {
        c.check(t, k, i, rela);
      }
      for (int i = t.count() - 1; i >= 0; i -= 1 + random.nextInt(40)) {
        c.check(t, k, i, rela);
      }
      for (int n = 0; n < 200; n++) {
        c.check(t, k, random.nextInt(t.count()), rela);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void tablesInAnyOrderAndOfSeveralFiles(boolean is64, boolean rela) {
    Case[] files = {
      new Case(is64, rela, new int[] {1, 2, 3, 400, 1, 6000, 5}, 3),
      new Case(is64, rela, new int[] {2, 1, 700, 9}, 4),
      new Case(!is64, rela, new int[] {4, 1, 1, 1}, 5)
    };
    RelocTable t = new RelocTable();
    Random random = new Random(6);
    for (int n = 0; n < 3000; n++) {
      Case c = files[random.nextInt(files.length)];
      int k = random.nextInt(c.tables.size());
      c.open(t, k);
      c.check(t, k, random.nextInt(t.count()), rela);
      c.check(t, k, t.count() - 1, rela);
    }
  }

  /** Many small tables, one behind the other, as {@code -ffunction-sections} makes them. */
  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void smallTables(boolean is64, boolean rela) {
    int[] counts = new int[3000];
    for (int k = 0; k < counts.length; k++) {
      counts[k] = 1 + k % 4;
    }
    Case c = new Case(is64, rela, counts, 7);
    RelocTable t = new RelocTable();
    for (int k = 0; k < counts.length; k++) {
      c.open(t, k);
      for (int i = 0; i < counts[k]; i++) {
        c.check(t, k, i, rela);
      }
    }
  }

  /** The window must not reach behind the end of the file. */
  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void tableAtTheEndOfTheFile(boolean is64, boolean rela) {
    for (int count : new int[] {1, 2, 100, 9000}) {
      Case c = new Case(is64, rela, new int[] {3, count}, 8);
      int rel = c.file.relocSection(c.sections.get(1));
      long end = c.file.data().byteSize();
      byte[] table = c.file.rawContent(rel).toArray(ValueLayout.JAVA_BYTE);
      for (int odd = 0; odd < 4; odd++) { // a table may stand anywhere: nothing aligns it
        byte[] bytes = new byte[(int) end + odd + table.length];
        MemorySegment m = MemorySegment.ofArray(bytes);
        m.copyFrom(c.file.data());
        System.arraycopy(table, 0, bytes, (int) end + odd, table.length);
        long header = c.file.elf().shoff(m) + (long) rel * c.file.elf().shdrSize;
        c.file.elf().putWord(m, header + (is64 ? 24 : 16), end + odd);
        ObjectFile moved = new ObjectFile("b.o", null, m);
        assertEquals(moved.data().byteSize(), moved.offset(rel) + moved.rawSize(rel));
        RelocTable t = new RelocTable();
        t.open(moved, rel);
        assertTrue(t.count() == count);
        for (int i = count - 1; i >= 0; i -= 1 + count / 50) {
          c.check(t, 1, i, rela);
        }
        t.open(moved, moved.relocSection(c.sections.get(0)));
        c.check(t, 0, 2, rela);
        t.open(moved, rel);
        for (int i = 0; i < count; i++) {
          c.check(t, 1, i, rela);
        }
      }
    }
  }

  /**
   * What a hostile symbol index reads as is the callers' to check: it must only be what is there.
   */
  @ParameterizedTest
  @CsvSource({"true,true", "false,false"})
  void symbolIndexOutOfRange(boolean is64, boolean rela) {
    ObjectBuilder o = new ObjectBuilder(is64, is64 ? 62 : 3, rela);
    int section = o.data(".data", new byte[8]);
    int symbol = is64 ? 0x7ffffff0 : 0xfffff0;
    o.reloc(section, 0, 1, symbol, 0);
    ObjectFile f = o.file("a.o");
    RelocTable t = new RelocTable();
    t.open(f, f.relocSection(section));
    t.seek(0);
    assertEquals(symbol, t.symbol());
    assertEquals(1, t.type());
  }
}
