package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tern.Tern.Way;
import tern.run.Run;

/** The programs of the directory {@code programs}: what they print is computed here, too. */
class ProgramsTest {
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void hello(Way way) throws Exception {
    Run.Result r = Tern.run(way, List.of(Tern.program("hello.tern")), "a", "ö b");
    assertEquals(new Run.Result(0, "Hello, 2 arguments.\n1: a\n2: ö b\n", ""), r);
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void sieve(Way way) throws Exception {
    Run.Result r = Tern.run(way, List.of(Tern.program("sieve.tern")), "20000");
    int count = 0;
    for (int n = 2; n < 20_000; n++) {
      count += BigInteger.valueOf(n).isProbablePrime(30) ? 1 : 0;
    }
    assertEquals(new Run.Result(0, count + " primes below 20000\n", ""), r);
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void queens(Way way) throws Exception {
    Run.Result r = Tern.run(way, List.of(Tern.program("queens.tern")), "7");
    assertEquals(new Run.Result(0, "7 queens: " + place(new int[7], 0) + "\n", ""), r);
    assertEquals(2, Tern.run(way, List.of(Tern.program("queens.tern"))).status());
  }

  /** Column by column, without bits. */
  private static int place(int[] rows, int column) {
    if (column == rows.length) {
      return 1;
    }
    int found = 0;
    for (int row = 0; row < rows.length; row++) {
      boolean free = true;
      for (int c = 0; c < column; c++) {
        free &= rows[c] != row && Math.abs(rows[c] - row) != column - c;
      }
      if (free) {
        rows[column] = row;
        found += place(rows, column + 1);
      }
    }
    return found;
  }

  /** Two files, each an object of its own. */
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void calculator(Way way) throws Exception {
    String[] words = "1 2 3 4 5 6 7 8 9 + - * + - * + - 100 -7 /".split(" ");
    int seven = -7;
    int first = 1 - (2 + 3 * (4 - (5 + 6 * (7 - (8 + 9)))));
    Run.Result r =
        Tern.run(way, List.of(Tern.program("calculator.tern"), Tern.program("stack.tern")), words);
    assertEquals(new Run.Result(0, 100 / seven + "\n" + first + "\n", ""), r);
  }

  @ParameterizedTest
  @MethodSource("tern.CTest#ways")
  void sort(Way way) throws Exception {
    String[] words = "the quick brown fox jumps over the lazy dog".split(" ");
    Run.Result r = Tern.run(way, List.of(Tern.program("sort.tern")), words);
    Arrays.sort(words);
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < words.length; i++) {
      expected.append("%2d %-8s %d\n".formatted(i, words[i], words[i].length()));
    }
    assertEquals(new Run.Result(0, expected.toString(), ""), r);
  }
}
