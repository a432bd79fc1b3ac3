package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.testing.ObjectBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelocTableTest {
  /** An object whose sections have so many relocations; each differs from the others. */
  private static ObjectFile object(boolean wide, boolean rela, int... counts) {
    ObjectBuilder o = new ObjectBuilder(wide, 1, rela);
    int sym = o.undefined("a");
    o.undefined("b");
    for (int c : counts) {
      int s = o.data(".data." + c, new byte[4 * c + 8]);
      for (int i = 0; i < c; i++) {
        o.reloc(s, 4L * i, 1 + i % 200, sym + i % 2, rela ? -i : 0);
      }
    }
    return o.file("t.o");
  }

  private static void check(RelocTable t, ObjectFile f, int i) {
    t.seek(i);
    assertEquals(4L * i, t.offset());
    assertEquals(1 + i % 200, t.type());
    assertEquals(i % 2 == 0 ? "a" : "b", f.symbolName(t.symbol()));
    if (t.hasAddends()) {
      assertEquals(-i, t.addend());
    }
  }

  @ParameterizedTest
  @CsvSource({"true,true", "true,false", "false,true", "false,false"})
  void readsSmallAndLargeTables(boolean wide, boolean rela) {
    int[] counts = {1, 3, 9000, 2, 40_000, 1};
    ObjectFile f = object(wide, rela, counts);
    RelocTable t = new RelocTable();
    int section = 0;
    for (int c : counts) {
      section = next(f, section);
      t.open(f, f.relocSection(section));
      assertEquals(c, t.count());
      assertEquals(rela, t.hasAddends());
      assertEquals((rela ? 3 : 2) * (wide ? 8 : 4), t.entrySize());
      for (int i = 0; i < c; i++) {
        check(t, f, i);
      }
    }
  }

  private static int next(ObjectFile f, int section) {
    int i = section + 1;
    while (f.relocSection(i) == 0) {
      i++;
    }
    return i;
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void goesBackAndForth(boolean wide) {
    ObjectFile f = object(wide, true, 30_000);
    RelocTable t = new RelocTable();
    t.open(f, f.relocSection(next(f, 0)));
    for (int i : new int[] {29_999, 0, 15_000, 14_999, 15_001, 0, 29_998}) {
      check(t, f, i);
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void servesOneFileAfterTheOther(boolean wide) {
    ObjectFile a = object(wide, true, 5);
    ObjectFile b = object(!wide, false, 7, 2);
    RelocTable t = new RelocTable();
    for (ObjectFile f : new ObjectFile[] {a, b, a, b}) {
      t.open(f, f.relocSection(next(f, 0)));
      assertTrue(t.count() > 1);
      check(t, f, t.count() - 1);
      check(t, f, 0);
    }
  }
}
