package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tern.Tern.Way;
import tern.lang.Source;
import tern.run.Run;

/** What the language's parts do. */
class LanguageTest {
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void loops(Way way) throws Exception {
    String program =
        """
        fn main() {
            for i in 0..10 {
                if i == 2 { continue; }
                if i == 6 { break; }
                for k in i..i { print("never"); }
                print(i);
            }
            var n = 27;
            var steps = 0;
            while n != 1 {
                if n % 2 == 0 { n = n / 2; } else { n = 3 * n + 1; }
                steps = steps + 1;
            }
            println(" ", steps);
        }
        """;
    int steps = 0;
    for (int n = 27; n != 1; n = n % 2 == 0 ? n / 2 : 3 * n + 1) {
      steps++;
    }
    assertEquals("01345 " + steps + "\n", Tern.output(way, program));
  }

  /** The right side of && and || is evaluated only where it matters. */
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void logic(Way way) throws Exception {
    String program =
        """
        fn say(name: string, value: bool): bool { print(name); return value; }
        fn main() {
            println(" ", say("a", false) && say("b", true));
            println(" ", say("a", true) && say("b", false));
            println(" ", say("a", true) || say("b", false));
            println(" ", say("a", false) || !say("b", false) && say("c", true));
            if !(say("a", true) && say("b", true)) || say("c", false) { println("no"); }
        }
        """;
    assertEquals(" afalse\n abfalse\n atrue\n abctrue\nabc", Tern.output(way, program));
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void arraysOfArrays(Way way) throws Exception {
    String program =
        """
        fn main() {
            var table = new int[][9];
            for i in 0..len(table) {
                table[i] = new int[i + 1];
                table[i][0] = 1;
                table[i][i] = 1;
                for k in 1..i { table[i][k] = table[i - 1][k - 1] + table[i - 1][k]; }
            }
            for k in 0..9 { print(table[8][k], " "); }
            var mixed = [[1, 2], [3]];
            println(mixed[0][1] * mixed[1][0], len(mixed), len(mixed[1]), len(["a", "b"][1]));
        }
        """;
    String row =
        IntStream.rangeClosed(0, 8).mapToObj(k -> choose(8, k) + " ").collect(Collectors.joining());
    assertEquals(row + "6211\n", Tern.output(way, program));
  }

  private static long choose(int n, int k) {
    return k == 0 ? 1 : choose(n, k - 1) * (n - k + 1) / k;
  }

  /** More arguments than amd64 has registers for, at every alignment of the stack. */
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void manyArguments(Way way) throws Exception {
    StringBuilder program = new StringBuilder();
    StringBuilder main = new StringBuilder("fn main() {\n");
    StringBuilder expected = new StringBuilder();
    for (int n = 0; n <= 10; n++) {
      String parameters =
          IntStream.range(0, n).mapToObj(i -> "p" + i + ": int").collect(Collectors.joining(", "));
      String sum =
          IntStream.range(0, n)
              .mapToObj(i -> " + p" + i + " * " + (i + 1))
              .collect(Collectors.joining());
      program.append("fn f%d(%s): int { return %d%s; }\n".formatted(n, parameters, n, sum));
      String arguments =
          IntStream.range(0, n)
              .mapToObj(i -> i == 3 ? "f2(-5, 1)" : "" + (10 - i))
              .collect(Collectors.joining(", "));
      main.append(
          "println(1 + f%d(%s), 2 + (3 + f%d(%s)));\n".formatted(n, arguments, n, arguments));
      int value = n;
      for (int i = 0; i < n; i++) {
        value += (i == 3 ? 2 - 5 + 2 : 10 - i) * (i + 1);
      }
      expected.append(1 + value).append(5 + value).append("\n");
    }
    assertEquals(
        expected.toString(), Tern.output(way, program.append(main).append("}\n").toString()));
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void stringsAndBytes(Way way) throws Exception {
    String program =
        """
        fn reversed(s: string): string {
            var n = len(s);
            var r = new byte[n + 1];
            for i in 0..n { r[i] = s[n - 1 - i]; }
            return r;
        }
        fn main(args: string[]) {
            println(reversed(args[1]), " ", equal(reversed("otto"), "otto"), equal("a", "ab"));
            println("tab\\t\\"quoted\\" back\\\\slash", 'A', '\\n');
            var s = "after";
            println(s + 2, s[0], number("-12x"), number("x"));
        }
        """;
    assertEquals(
        "edcba truefalse\ntab\t\"quoted\" back\\slash6510\nter97-120\n",
        Tern.output(way, program, "abcde"));
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void variablesOfSeveralFiles(Way way) throws Exception {
    Source main =
        new Source(
            "main.tern",
            """
            extern var shared: int;
            extern var name: string;
            extern var ready: bool;
            extern fn next(): int;
            private var hidden: int = 1;
            const TWICE = 2 * 21;
            fn main(): int {
                shared = shared + TWICE;
                ready = !ready;
                println(name, " ", shared, " ", next(), " ", hidden, " ", ready);
                return next();
            }
            """);
    Source other =
        new Source(
            "other.tern",
            """
            var shared: int = 100;
            var name: string = "from the other file";
            var ready: bool;
            private var hidden: int = 7;
            fn next(): int { hidden = hidden + 1; return hidden; }
            """);
    assertEquals(
        new Run.Result(9, "from the other file 142 8 1 true\n", ""),
        Tern.run(way, List.of(main, other)));
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void memory(Way way) throws Exception {
    String program =
        """
        fn main() {
            var sum = 0;
            for i in 0..200 {
                var a = new int[i * 100];
                for k in 0..len(a) { sum = sum + a[k]; a[k] = -1; }
            }
            var large = new byte[3000000];
            large[2999999] = 255;
            println(sum, " ", large[2999999], " ", large[2999998]);
        }
        """;
    assertEquals("0 255 0\n", Tern.output(way, program));
  }
}
