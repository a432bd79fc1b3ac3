package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tern.Tern.Way;
import tern.run.Run;

/** Programs that go wrong while they run say where, and end with status 70. */
class FailureTest {
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void sayWhere(Way way) throws Exception {
    String program =
        """
        fn main(args: string[]) {
            var a = [1, 2, 3];
            var none: int[];
            var n = number(args[2]);
            print("begun");
            if equal(args[1], "read") { println(a[n]); }
            if equal(args[1], "write") { a[n - 1 + 1] = 1; }
            if equal(args[1], "divide") { println(1 + 7 / n); }
            if equal(args[1], "rest") { println(1 + (7 + 1) % (n * 1)); }
            if equal(args[1], "null") { println(none[n]); }
            if equal(args[1], "length") { println(len(none)); }
            if equal(args[1], "new") { a = new int[n]; }
            println(args[n + 10]);
        }
        """;
    check(way, program, "read", "3", "test.tern:6:42: index 3 is outside of an array of 3");
    check(way, program, "read", "-1", "test.tern:6:42: index -1 is outside of an array of 3");
    check(way, program, "write", "99", "test.tern:7:35: index 99 is outside of an array of 3");
    check(way, program, "divide", "0", "test.tern:8:49: division by zero");
    check(way, program, "rest", "0", "test.tern:9:53: division by zero");
    check(way, program, "null", "0", "test.tern:10:45: there is no array");
    check(way, program, "length", "0", "test.tern:11:43: there is no array");
    check(way, program, "new", "-5", "there is no array of -5 elements");
    check(way, program, "new", "600000000", "there is no array of 600000000 elements");
    check(way, program, "other", "1", "test.tern:13:17: index 11 is outside of an array of 3");
  }

  private static void check(Way way, String program, String kind, String n, String message)
      throws Exception {
    assertEquals(
        new Run.Result(70, "begun", message + "\n"), Tern.run(way, program, kind, n), kind);
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void statusIsMains(Way way) throws Exception {
    assertEquals(7, Tern.run(way, "fn main(): int { return 7; }").status());
    assertEquals(
        8, Tern.run(way, "fn f() { exit(8); } fn main(): int { f(); return 7; }").status());
    assertEquals(0, Tern.run(way, "fn main() { if true { return; } exit(1); }").status());
  }
}
