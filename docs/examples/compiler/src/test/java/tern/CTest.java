package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tern.Tern.Way;

/** Programs that are linked with the C library and call it. */
class CTest {
  static Stream<Way> ways() {
    return Tern.ways().filter(w -> w.library() == Library.C);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void printf(Way way) throws Exception {
    String program =
        """
        extern fn printf(format: string, ...): int;
        fn main(): int {
            var n = printf("%d %s %c %x %5d|%-5d|%05d %d %d\\n", -1, "two", '3', 255, 5, 6, 7, 8, 9);
            printf("%d\\n", n);
            return 0;
        }
        """;
    String line = "-1 two 3 ff     5|6    |00007 8 9\n";
    assertEquals(line + line.length() + "\n", Tern.output(way, program));
  }

  /** C calls back; the numbers come from here. */
  @ParameterizedTest
  @MethodSource("ways")
  void qsort(Way way) throws Exception {
    String program =
        """
        extern fn qsort(base: any, count: int, size: int, compare: any);
        var calls: int;
        private fn downwards(a: *int, b: *int): int {
            calls = calls + 1;
            if a[0] < b[0] { return 1; }
            if a[0] > b[0] { return -1; }
            return 0;
        }
        fn main(args: string[]) {
            var all = new int[len(args) - 1];
            for i in 0..len(all) { all[i] = number(args[i + 1]); }
            qsort(all, len(all), sizeof(int), downwards);
            for i in 0..len(all) { print(all[i], " "); }
            println(calls >= len(all) - 1);
        }
        """;
    int[] numbers = new Random(1).ints(50).toArray();
    String[] args = Arrays.stream(numbers).mapToObj(Integer::toString).toArray(String[]::new);
    String sorted =
        Arrays.stream(numbers)
            .boxed()
            .sorted((a, b) -> Integer.compare(b, a))
            .map(n -> n + " ")
            .collect(Collectors.joining());
    assertEquals(sorted + "true\n", Tern.output(way, program, args));
  }

  /** malloc's memory, and a linked list in it. */
  @ParameterizedTest
  @MethodSource("ways")
  void malloc(Way way) throws Exception {
    String program =
        """
        extern fn malloc(size: int): any;
        extern fn free(p: any);
        extern fn snprintf(to: any, size: int, format: string, ...): int;
        extern fn strstr(text: string, part: string): string;
        fn main() {
            var buffer: string = malloc(100);
            snprintf(buffer, 100, "%d-%s", 12, "ab");
            println(buffer, " ", strstr(buffer, "-"), " ", strstr(buffer, "x") == null);
            var head: *any = null;
            for i in 0..5 {
                var cell: *any = malloc(2 * sizeof(any));
                cell[0] = head;
                var number: any = cell + 1;
                var value: *int = number;
                value[0] = i * i;
                head = cell;
            }
            while head != null {
                var number: any = head + 1;
                var value: *int = number;
                print(value[0], " ");
                var next: *any = head[0];
                free(head);
                head = next;
            }
            free(buffer);
        }
        """;
    assertEquals("12-ab -ab true\n16 9 4 1 0 ", Tern.output(way, program));
  }

  /** A variable of the library: a copy relocation on i386, the global offset table on amd64. */
  @ParameterizedTest
  @MethodSource("ways")
  void variablesOfC(Way way) throws Exception {
    String program =
        """
        extern var stdout: any;
        extern var opterr: int;
        extern fn fputs(text: string, to: any): int;
        extern fn fflush(file: any): int;
        fn main() {
            fputs("by C, ", stdout);
            fflush(stdout);
            opterr = opterr + 5;
            println("by us: ", opterr);
        }
        """;
    assertEquals("by C, by us: 6\n", Tern.output(way, program));
  }

  /** Each recursion is one more frame that C's unwinder finds, in .eh_frame. */
  @ParameterizedTest
  @MethodSource("ways")
  void frames(Way way) throws Exception {
    String program =
        """
        extern fn backtrace(to: any, size: int): int;
        fn frames(depth: int, more: int): int {
            if depth == 0 { return backtrace(new string[100], 100); }
            return 0 + frames(depth - 1, more);
        }
        fn main() {
            println(frames(0, 1), " ", frames(1, 2), " ", 5 + frames(20, 3));
        }
        """;
    List<Integer> counts =
        Stream.of(Tern.output(way, program).trim().split(" ")).map(Integer::valueOf).toList();
    assertTrue(counts.getFirst() >= 3, "main, what called it, _start: " + counts);
    assertEquals(counts.getFirst() + 1, counts.get(1));
    assertEquals(counts.getFirst() + 25, counts.get(2));
  }
}
