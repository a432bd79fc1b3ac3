package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tern.Tern.Way;
import tern.lang.Source;

/** What only the linker can find is said about the place in the source all the same. */
class LinkErrorsTest {
  private static final Source LIBRARY =
      new Source("library.tern", "var level: int = 3;\nfn compute(n: int): int { return n; }\n");

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void undefined(Way way) {
    Source main =
        new Source(
            "main.tern",
            """
            extern fn compute(n: int): int;
            extern fn comptue(n: int): int;
            extern var levels: int;
            extern fn later();
            fn main() {
                println(compute(1));
                println(2 + comptue(2), levels);
                levels = 1;
                println(later == null);
            }
            """);
    List<String> errors = Tern.refused(way, main, LIBRARY);
    assertEquals(
        List.of(
            "main.tern:7:17: error: no file of the program, nor a library, defines 'comptue'",
            "main.tern:7:29: error: no file of the program, nor a library, defines 'levels'",
            "main.tern:9:13: error: no file of the program, nor a library, defines 'later'"),
        errors.stream().map(e -> e.lines().findFirst().orElseThrow()).toList());
    assertTrue(errors.getFirst().contains("did you mean: compute"), errors.getFirst());
    assertTrue(errors.get(1).contains("main.tern:8"), "the other use: " + errors.get(1));
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void definedTwice(Way way) {
    Source main =
        new Source(
            "main.tern",
            "fn main() { }\nvar level: int;\n\n    fn compute(n: int): int { return 1; }\n");
    List<String> errors = Tern.refused(way, LIBRARY, main);
    assertEquals(
        List.of(
            "main.tern:2:5: error: 'level' is defined by another file, too",
            "main.tern:4:8: error: 'compute' is defined by another file, too"),
        errors.stream().map(e -> e.lines().findFirst().orElseThrow()).sorted().toList());
    assertTrue(errors.toString().contains("first defined in library.tern"), errors.toString());
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void noMain(Way way) {
    assertEquals(
        "error: the program has no function 'main'",
        Tern.refused(way, LIBRARY).getFirst().lines().findFirst().orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void privateIsNotSeen(Way way) {
    Source main = new Source("main.tern", "extern fn f();\nfn main() {\n    f();\n}\n");
    Source other = new Source("other.tern", "private fn f() { }\nfn g() { f(); }\n");
    assertEquals(
        "main.tern:3:5: error: no file of the program, nor a library, defines 'f'",
        Tern.refused(way, main, other).getFirst().lines().findFirst().orElseThrow());
  }
}
