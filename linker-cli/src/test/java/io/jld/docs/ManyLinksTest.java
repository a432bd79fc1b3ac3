package io.jld.docs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.Cancellation;
import io.jld.link.DiagnosticCode;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.LinkResult;
import io.jld.link.Linker;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * 64 links at once in one JVM: for both architectures, from all kinds of inputs to all kinds of
 * outputs, some of which fail and some of which are cancelled. Each ends as if it were alone, and
 * nothing is left of them.
 */
@Isolated("what the process has is counted")
@Timeout(120)
class ManyLinksTest {
  private static final int LINKS = 64;
  private static final byte[] OLD = {1, 2, 3};

  /** What is left of a round may be in use by the JVM itself. */
  private static final long SLACK = 4 << 20;

  @TempDir Path dir;
  private final List<byte[]> alone = new ArrayList<>();

  private static boolean fails(int i) {
    return i % 8 == 3;
  }

  private static boolean isCancelled(int i) {
    return i % 8 == 6;
  }

  private Path output(int i) {
    return dir.resolve("out" + i);
  }

  /** Link {@code i} without its output. */
  private LinkRequest.Builder request(int i) throws IOException {
    byte[] object = i % 2 == 0 ? Embedding.object("I am " + i) : HelloX86.object("I am " + i);
    InputSource input =
        switch (i % 3) {
          case 0 -> InputSource.path(Files.write(dir.resolve(i + ".o"), object));
          case 1 -> InputSource.memory(i + ".o", object);
          default -> InputSource.supplied(i + ".o", () -> MemorySegment.ofArray(object));
        };
    LinkRequest.Builder b =
        LinkRequest.builder()
            .input(input)
            .set(LinkOption.OUTPUT_KIND, i % 10 == 0 ? OutputKind.PIE : OutputKind.EXECUTABLE)
            .set(LinkOption.NO_DYNAMIC_LINKER, true)
            .set(LinkOption.STATIC, true)
            .set(LinkOption.BUILD_ID, "sha1")
            .set(LinkOption.IMAGE, i % 4 == 0);
    return fails(i) ? b.set(LinkOption.REQUIRE_DEFINED, List.of("missing" + i)) : b;
  }

  /** Runs link {@code i} when all others run, too, and looks at how it ends. */
  private void link(int i, ExecutorService pool, CyclicBarrier all) throws Exception {
    Cancellation cancellation = new Cancellation();
    LinkRequest.Builder b = request(i).cancellation(cancellation);
    if (i % 2 == 0) {
      b.executor(pool, 3);
    } else {
      b.threads(2);
    }
    b.set(
        LinkOption.PROGRESS,
        pass -> {
          if (pass.equals("read inputs")) {
            meet(all);
          } else if (isCancelled(i) && pass.equals(i % 16 == 6 ? "resolve symbols" : "asmb")) {
            cancellation.cancel();
          }
        });
    try (Arena arena = Arena.ofShared()) {
      boolean toPath = i % 7 < 3;
      if (toPath) {
        Files.write(output(i), OLD);
      }
      OutputSink sink =
          toPath
              ? OutputSink.path(output(i))
              : i % 7 < 5 ? OutputSink.memory() : OutputSink.memory(arena);
      LinkRequest request = b.output(sink).build();
      if (fails(i) || isCancelled(i)) {
        LinkException e = assertThrows(LinkException.class, () -> Linker.link(request));
        assertEquals(
            fails(i)
                ? "error: required symbol 'missing" + i + "' not defined [required-symbol]"
                : "error: the link was cancelled [cancelled]",
            e.getMessage());
        assertEquals(
            fails(i) ? DiagnosticCode.REQUIRED_SYMBOL : DiagnosticCode.CANCELLED,
            e.diagnostics().getFirst().code());
        assertTrue(!toPath || Files.mismatch(output(i), dir.resolve("old")) < 0);
        return;
      }
      LinkResult r = Linker.link(request);
      assertEquals(i % 2 == 0 ? "amd64" : "x86", r.arch());
      assertEquals(List.of(), r.diagnostics());
      byte[] bytes =
          toPath ? Files.readAllBytes(output(i)) : r.bytes().toArray(ValueLayout.JAVA_BYTE);
      assertArrayEquals(alone.get(i), bytes, "link " + i);
      assertEquals(i % 4 == 0, r.image() != null);
    }
  }

  private static void meet(CyclicBarrier all) {
    try {
      all.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void round() throws Exception {
    CyclicBarrier all = new CyclicBarrier(LINKS);
    try (ExecutorService pool = Executors.newFixedThreadPool(4);
        ExecutorService callers = Executors.newCachedThreadPool()) {
      List<Future<?>> links = new ArrayList<>();
      for (int i = 0; i < LINKS; i++) {
        int n = i;
        links.add(
            callers.submit(
                () -> {
                  link(n, pool, all);
                  return null;
                }));
      }
      for (Future<?> link : links) {
        link.get();
      }
    }
  }

  @Test
  void nothingIsLeftOfThem(TestReporter reporter) throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "there is no /proc");
    Files.write(dir.resolve("old"), OLD);
    for (int i = 0; i < LINKS; i++) {
      alone.add(
          fails(i) || isCancelled(i)
              ? null
              : Linker.link(request(i).threads(1).output(OutputSink.memory()).build())
                  .bytes()
                  .toArray(ValueLayout.JAVA_BYTE));
    }
    round(); // classes are loaded, and compiled
    State before = State.now(dir);
    long from = System.nanoTime();
    for (int n = 0; n < 3; n++) {
      round();
    }
    long millis = (System.nanoTime() - from) / 3_000_000;
    State after = State.now(dir);
    reporter.publishEntry("before", before.toString());
    reporter.publishEntry("after", after + ", a round of " + LINKS + " took ms " + millis);
    assertTrue(after.descriptors <= before.descriptors, before + " -> " + after);
    assertEquals(0, after.mappings);
    assertEquals(0, after.threads);
    assertTrue(after.heap - before.heap < SLACK, before + " -> " + after);
    assertTrue(after.reserved - before.reserved < SLACK, before + " -> " + after);
    try (Stream<Path> files = Files.list(dir)) {
      assertTrue(files.allMatch(p -> p.getFileName().toString().matches("out\\d+|\\d+\\.o|old")));
    }
  }

  /**
   * What the process has.
   *
   * @param descriptors that are open
   * @param mappings of files in the test's directory
   * @param threads of links
   * @param heap bytes in use after a collection
   * @param reserved bytes of native memory in segments and buffers, as the JVM counts them
   */
  private record State(long descriptors, long mappings, long threads, long heap, long reserved) {
    static State now(Path dir) throws Exception {
      long heap = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) { // arenas that the collector closes need a further one
        System.gc();
        Thread.sleep(50);
        heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      }
      long descriptors;
      try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
        descriptors = fds.count();
      }
      long mappings;
      try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
        mappings = maps.filter(m -> m.contains(dir.toString())).count();
      }
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(t -> t.getName().startsWith("jld"))
              .count();
      long reserved =
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .mapToLong(BufferPoolMXBean::getMemoryUsed)
              .sum();
      return new State(descriptors, mappings, threads, heap, reserved);
    }
  }
}
