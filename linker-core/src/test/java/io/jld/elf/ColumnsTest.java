package io.jld.elf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filling does what {@link Arrays#fill} does. */
class ColumnsTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 31, 32, 33, 1000})
  void fillsAll(int n) {
    int[] ints = new int[n];
    int[] expectedInts = new int[n];
    Arrays.fill(expectedInts, -7);
    Columns.fill(ints, -7);
    assertArrayEquals(expectedInts, ints);

    long[] longs = new long[n];
    long[] expectedLongs = new long[n];
    Arrays.fill(expectedLongs, Long.MAX_VALUE);
    Columns.fill(longs, Long.MAX_VALUE);
    assertArrayEquals(expectedLongs, longs);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 17, 100})
  void fillsARangeAndNothingElse(int n) {
    int[] a = new int[n + 10];
    int[] expected = new int[n + 10];
    Arrays.fill(expected, 3, 3 + n, 5);
    Columns.fill(a, 3, 3 + n, 5);
    assertArrayEquals(expected, a);
  }
}
