package tern;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.jld.link.OutputSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tern.Tern.Way;
import tern.lang.Source;
import tern.run.Memfd;
import tern.run.Run;

/** Programs are made and run without a file, and leave nothing behind. */
class MemoryTest {
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void sameSourceSameBytes(Way way) throws Exception {
    List<Source> sources = List.of(Tern.program("calculator.tern"), Tern.program("stack.tern"));
    byte[] first = bytes(way, sources);
    assertArrayEquals(first, bytes(way, sources));
    Memfd closed;
    try (Memfd program = new Memfd("program")) {
      closed = program;
      Program.build(sources, way.target(), Library.NONE, OutputSink.memory(program));
      assertArrayEquals(first, Files.readAllBytes(program.path()));
    }
    assertFalse(isMemory(closed.path()));
  }

  private static byte[] bytes(Way way, List<Source> sources) throws Exception {
    return Program.build(sources, way.target(), Library.NONE, OutputSink.memory())
        .bytes()
        .toArray(JAVA_BYTE);
  }

  /** Sixteen at once, of all kinds: each is compiled, linked and run as if alone. */
  @Test
  void manyAtOnce() throws Exception {
    List<Way> ways = Tern.ways().toList();
    for (Way w : ways) {
      Tern.output(w, "fn main() { }"); // skips where one can't run
    }
    long before = memoryFiles();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<Run.Result>> results = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        String text = "fn main(): int { println(\"program \", " + i + "); return " + i + "; }";
        Way way = ways.get(i % ways.size());
        results.add(pool.submit(() -> Tern.run(way, text)));
      }
      for (int i = 0; i < 16; i++) {
        assertEquals(new Run.Result(i, "program " + i + "\n", ""), results.get(i).get());
      }
    }
    assertEquals(before, memoryFiles());
  }

  /** Open files of this process that are memfds. */
  private static long memoryFiles() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(MemoryTest::isMemory).count();
    }
  }

  private static boolean isMemory(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("/memfd:program");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  @ParameterizedTest
  @MethodSource("tern.CTest#ways")
  void inputIsRead(Way way) throws Exception {
    String program =
        """
        extern fn getchar(): int;
        fn main() {
            var c = getchar();
            var lines = 0;
            while c >= 0 { if c == '\\n' { lines = lines + 1; } c = getchar(); }
            println(lines);
        }
        """;
    Tern.output(way, "fn main() { }");
    List<Source> sources = List.of(new Source("count.tern", program));
    assertEquals(
        new Run.Result(0, "1000\n", ""), Tern.run(way, sources, List.of(), "line\n".repeat(1000)));
  }
}
