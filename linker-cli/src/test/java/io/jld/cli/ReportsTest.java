package io.jld.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkResult;
import io.jld.link.Location;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is printed after a link: diagnostics, {@code --stats}, {@code --time-trace}. */
class ReportsTest {
  private static final LinkResult RESULT =
      new LinkResult(
          "amd64",
          3 << 20,
          null,
          List.of(),
          List.of(
              new LinkResult.PassTime("read inputs", 0, 12_345_678),
              new LinkResult.PassTime("a \"quoted\\ name\n", 13_000_000, 250_000)),
          List.of(
              new LinkResult.TaskTime("read inputs", 0, 7, 1_000, 12_000_999),
              new LinkResult.TaskTime("round 3", 2, 1, 2_900, 200)),
          null);

  @Test
  void diagnostics() {
    Capture c = new Capture();
    Location place = Location.file("libx.a", "a.o").section(".text", 0x1f);
    c.console()
        .print(
            List.of(
                Diagnostic.error(
                    DiagnosticCode.UNDEFINED_SYMBOL,
                    place,
                    "undefined symbol: f\n>>> did you mean g?"),
                Diagnostic.warning(DiagnosticCode.EXECUTABLE_STACK, Location.NONE, "w"),
                Diagnostic.note(DiagnosticCode.LTO_OBJECT, Location.file("a.o"), "n")));
    assertEquals(
        """
        jld: error: libx.a(a.o):(.text+0x1f): undefined symbol: f [undefined-symbol]
        >>> did you mean g?
        jld: warning: w [executable-stack]
        jld: note: a.o: n [lto-object]
        """,
        c.err());
  }

  @Test
  void colours() {
    Capture c = new Capture();
    Console console = c.console();
    console.color(Console.Color.ALWAYS);
    console.print(
        List.of(
            Diagnostic.error(DiagnosticCode.INTERNAL_ERROR, Location.NONE, "e"),
            Diagnostic.warning(DiagnosticCode.EXECUTABLE_STACK, Location.NONE, "w")));
    assertEquals(
        "\033[1mjld: \033[1;31merror: \033[0me [internal-error]\n"
            + "\033[1mjld: \033[1;35mwarning: \033[0mw [executable-stack]\n",
        c.err());
  }

  @Test
  void statsAreATableAlignedToTheRight() {
    Capture c = new Capture();
    LinkResult.PassTime pass = new LinkResult.PassTime("assign addresses", 1_000_000, 12_345_678);
    Stats.print(
        new LinkResult("amd64", 3 << 20, null, List.of(), List.of(pass), List.of(), null),
        c.console());
    List<String> lines = c.out().lines().toList();
    assertEquals("pass                     ms", lines.get(0));
    assertEquals("assign addresses       12.3", lines.get(1));
    assertEquals("total                  13.3", lines.get(2));
    assertTrue(lines.get(3).startsWith("peak heap (MiB) "), lines.get(3));
    assertTrue(lines.get(4).startsWith("peak memory (MiB) "), lines.get(4));
    double heap = Double.parseDouble(lines.get(3).substring(15).strip());
    double memory = Double.parseDouble(lines.get(4).substring(17).strip());
    assertTrue(memory > 0 && heap > 0, c.out());
    assertEquals("output (MiB)            3.0", lines.get(5));
  }

  @Test
  void timeTraceIsJson() {
    assertEquals(
        """
        {"displayTimeUnit":"ms","traceEvents":[
        {"ph":"M","pid":1,"tid":1,"name":"process_name","args":{"name":"jld"}},
        {"ph":"M","pid":1,"tid":1,"name":"thread_name","args":{"name":"link"}},
        {"ph":"M","pid":1,"tid":2,"name":"thread_name","args":{"name":"worker 1"}},
        {"ph":"M","pid":1,"tid":3,"name":"thread_name","args":{"name":"worker 2"}},
        {"ph":"X","pid":1,"tid":1,"name":"read inputs","ts":0,"dur":12345},
        {"ph":"X","pid":1,"tid":1,"name":"a \\"quoted\\\\ name\\u000a","ts":13000,"dur":250},
        {"ph":"X","pid":1,"tid":1,"name":"read inputs","ts":1,"dur":12000,"args":{"rounds":7}},
        {"ph":"X","pid":1,"tid":3,"name":"round 3","ts":2,"dur":1,"args":{"rounds":1}}
        ]}\
        """,
        TimeTrace.json(RESULT));
  }
}
