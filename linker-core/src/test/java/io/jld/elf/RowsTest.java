package io.jld.elf;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowsTest {
  /** The reference: a stable sort of objects. */
  private static void check(long[] keys) {
    List<long[]> expected = new ArrayList<>();
    Rows rows = new Rows(keys.length);
    for (int i = 0; i < keys.length; i++) {
      rows.key[i] = keys[i];
      rows.value[i] = i;
      expected.add(new long[] {keys[i], i});
    }
    expected.sort(Comparator.comparing((long[] r) -> r[0], Long::compareUnsigned));
    rows.sort();
    for (int i = 0; i < keys.length; i++) {
      assertEquals(expected.get(i)[0], rows.key[i], "key " + i);
      assertEquals(expected.get(i)[1], rows.value[i], "value " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 11, 12, 24, 33, 63, 64})
  void sortsNumbersOfAnyWidth(int bits) {
    check(new Random(bits).longs(5000).map(k -> k >>> (64 - bits)).toArray());
  }

  /** Only a digit in the middle differs; all others are skipped. */
  @Test
  void sortsByTheDigitsThatDiffer() {
    check(new Random(1).longs(1000).map(k -> 0x7f00000000000123L | (k & 0x7ff) << 22).toArray());
  }

  @Test
  void numbersHaveNoSign() {
    check(new long[] {-1, 1, Long.MIN_VALUE, 0, Long.MAX_VALUE});
  }

  @Test
  void whatIsSortedStays() {
    check(new long[] {1, 1, 2, 3, 3, -1});
    check(new long[] {7});
    check(new long[] {});
  }
}
