package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link WriteParallel}, {@link Blocks} and {@link Writers} at work together. */
@Timeout(120)
class ParallelTest {
  private static final int MIB = 1 << 20;
  private static final int SIZE = 14 * MIB;
  private static final byte[] PAD = {(byte) 0xcc, (byte) 0x90};

  @TempDir Path dir;
  private final List<ExecutorService> pools = new ArrayList<>();

  @AfterEach
  void shutDown() {
    pools.forEach(ExecutorService::shutdownNow);
  }

  /** Tasks on a pool with as many threads as it likes. */
  private Tasks tasks(int threads) {
    ExecutorService pool = Executors.newCachedThreadPool();
    pools.add(pool);
    return new Tasks(pool, threads);
  }

  /** Sections of many sizes, code, data and debug. */
  private record Layout(long offset, long addr, int size, char kind) {
    static List<Layout> of(int... sizes) {
      List<Layout> all = new ArrayList<>();
      long offset = 64;
      for (int i = 0; i < sizes.length; i++) {
        char kind = "tdw".charAt(i % 3);
        all.add(new Layout(offset, kind == 'w' ? offset : 0x10000000L + offset, sizes[i], kind));
        offset += sizes[i];
      }
      return all;
    }
  }

  private List<Layout> layout =
      Layout.of(100, 5 * MIB, 5000, 2 * MIB + 1, 1, 2 * MIB, 70_000, 3 * MIB, 16, 16, 16, MIB);

  private void fill(FakeLink ctxt) {
    FakeSyms[] lists = {new FakeSyms(), new FakeSyms(), new FakeSyms()};
    for (Layout s : layout) {
      FakeSyms from = FakeSyms.random(s.offset, s.addr, s.size, s.size > 4 * MIB ? 3000 : 200_000);
      FakeSyms to = lists["tdw".indexOf(s.kind)];
      for (int i = 0; i < from.count(); i++) {
        if (from.isSubSymbol(i)) {
          to.sub(from.value(i), from.size(i));
        } else {
          to.add(from.value(i), from.size(i));
        }
      }
    }
    ctxt.textp = lists[0];
    ctxt.datap = lists[1];
    ctxt.dwarfp = lists[2];
  }

  private static WriteFn writer(char kind) {
    return switch (kind) {
      case 't' -> (c, o, a, n) -> Blocks.codeblkPad(c, o, a, n, PAD);
      case 'd' -> Blocks::datblk;
      default -> Blocks::dwarfblk;
    };
  }

  private byte[] expected(FakeLink ctxt) {
    byte[] all = new byte[SIZE];
    for (Layout s : layout) {
      SymList syms = s.kind == 't' ? ctxt.textp : s.kind == 'd' ? ctxt.datap : ctxt.dwarfp;
      byte[] bytes = ((FakeSyms) syms).expect(s.addr, s.size, s.kind == 't' ? PAD : new byte[1]);
      System.arraycopy(bytes, 0, all, (int) s.offset, s.size);
    }
    return all;
  }

  private void write(FakeLink ctxt) {
    OutBuf out = ctxt.out();
    out.seekSet(0);
    out.writePad(64, new byte[1]);
    WriteParallel wp = new WriteParallel(ctxt);
    for (Layout s : layout) {
      wp.add(writer(s.kind), s.offset, s.addr, s.size);
    }
    wp.await();
    Layout last = layout.get(layout.size() - 1);
    out.seekSet(last.offset + last.size);
    out.writePad(SIZE - out.offset(), new byte[1]);
  }

  static Stream<Arguments> outputs() {
    return Stream.of(OutBuf.Mode.values())
        .flatMap(m -> Stream.of(1, 2, 5).map(t -> Arguments.of(m, t)));
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void bytesDependNeitherOnThreadsNorOnWhatWasThereBefore(OutBuf.Mode mode, int threads) {
    OutBuf out = Outputs.open(dir.resolve("out"), mode, SIZE);
    FakeLink ctxt = FakeLink.of(tasks(threads), out);
    fill(ctxt);
    write(ctxt);
    assertTrue(Arrays.equals(expected(ctxt), Outputs.bytes(out)), "bytes differ");
    out.discard();
  }

  @Test
  void everyByteIsWrittenOnceAndEverySymbolFinishedOnce() {
    FakeLink ctxt = FakeLink.of(tasks(3), Outputs.heap(SIZE));
    fill(ctxt);
    Set<Long> finished = ConcurrentHashMap.newKeySet();
    for (FakeSyms syms :
        List.of((FakeSyms) ctxt.textp, (FakeSyms) ctxt.datap, (FakeSyms) ctxt.dwarfp)) {
      syms.hook = (c, i) -> assertTrue(finished.add(syms.value(i)));
    }
    write(ctxt);
    Set<Long> all = new HashSet<>();
    for (SymList syms : List.of(ctxt.textp, ctxt.datap, ctxt.dwarfp)) {
      for (int i = 0; i < syms.count(); i++) {
        if (syms.size(i) > 0 && !syms.isSubSymbol(i)) {
          all.add(syms.value(i));
        }
      }
    }
    assertEquals(all, finished);
  }

  private List<String> printed(OutBuf.Mode mode, int threads) {
    OutBuf out = Outputs.open(dir.resolve("out"), mode, SIZE);
    FakeLink ctxt = FakeLink.printing(tasks(threads), out);
    fill(ctxt);
    write(ctxt);
    out.discard();
    return ctxt.messages;
  }

  @Test
  void printedBlocksAreTheSameForAnyNumberOfThreadsAndCoverTheSections() {
    layout = Layout.of(7, MIB / 2, 2 * MIB + 5, 300, 3 * MIB);
    List<String> lines = printed(OutBuf.Mode.STREAMED, 1);
    assertEquals(lines, printed(OutBuf.Mode.STREAMED, 4));
    assertEquals(lines, printed(OutBuf.Mode.MAPPED, 1));
    assertEquals(lines, printed(OutBuf.Mode.MAPPED, 4));
    assertEquals(lines, printed(OutBuf.Mode.HEAP, 2));

    long at = 64;
    int blocks = 0;
    for (String line : lines) {
      if (!line.startsWith("\t")) {
        String[] words = line.split("[ \\[,)]+"); // kind, from, to, "at", "offset", offset
        assertEquals(at, Long.decode(words[5]), line);
        at += Long.decode(words[2]) - Long.decode(words[1]);
        blocks++;
      }
    }
    Layout last = layout.get(layout.size() - 1);
    assertEquals(last.offset + last.size, at);
    assertTrue(blocks > layout.size());
  }

  @Test
  void aPrintedBlockShowsItsAddressesOffsetAndBytes() {
    OutBuf out = Outputs.heap(64);
    FakeLink ctxt = FakeLink.printing(new Tasks(null, 1), out);
    FakeSyms syms = new FakeSyms().add(0x1002, 1).add(0x1004, 1);
    ctxt.textp = syms;
    ctxt.dwarfp = syms;
    out.seekSet(0x20);
    Blocks.codeblkPad(ctxt, out, 0x1000, 18, new byte[] {(byte) 0xcc});
    out.seekSet(0);
    Blocks.dwarfblk(ctxt, out, 0x1004, 1);
    assertEquals(
        List.of(
            "codeblk [0x1000,0x1012) at offset 0x20",
            "\t0x1000\tcc cc 42 cc 42 cc cc cc cc cc cc cc cc cc cc cc",
            "\t0x1010\tcc cc",
            "dwarfblk [0x1004,0x1005) at offset 0x0",
            "\t0x1004\t42"),
        ctxt.messages);
  }

  @Test
  void withoutTheOptionNothingIsPrinted() {
    FakeLink ctxt = FakeLink.of(tasks(2), Outputs.heap(SIZE));
    fill(ctxt);
    write(ctxt);
    assertEquals(List.of(), ctxt.messages);
  }

  @Test
  void withoutViewsEverythingIsWrittenInPlaceWhenItIsAdded() {
    OutBuf out = Outputs.create();
    out.open(dir.resolve("out"), true, OutBuf.Mode.STREAMED); // of no size
    FakeLink ctxt = FakeLink.of(tasks(4), out);
    WriteParallel wp = new WriteParallel(ctxt);
    List<String> calls = new ArrayList<>();
    Thread caller = Thread.currentThread();
    wp.add(
        (c, o, a, n) -> {
          assertSame(out, o);
          assertSame(caller, Thread.currentThread());
          calls.add(o.offset() + " " + a + " " + n);
        },
        40,
        1000,
        7);
    assertEquals(List.of("40 1000 7"), calls);
    wp.add((c, o, a, n) -> calls.add("empty"), 40, 1000, 0);
    wp.await();
    assertEquals(1, calls.size());
    out.discard();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void asManyWritersAreAtWorkAsTheLinkHasThreads(int threads) {
    // Eight sections of eight blocks each, and a pool that would have a thread for every one.
    Tasks tasks = tasks(threads);
    FakeLink ctxt = FakeLink.of(tasks, Outputs.heap(64L * MIB));
    FakeSyms syms = new FakeSyms();
    for (int i = 0; i < 64; i++) {
      syms.add(i * (long) MIB, MIB);
    }
    ctxt.datap = syms;
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(threads);
    syms.hook =
        (c, i) -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          all.countDown();
          try {
            // stays until as many are here as may be; a short time more lets one too many show
            // itself
            all.await(5, TimeUnit.SECONDS);
            Thread.sleep(2);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
          running.decrementAndGet();
        };
    WriteParallel wp = new WriteParallel(ctxt);
    for (int s = 0; s < 8; s++) {
      wp.add(Blocks::datblk, s * 8L * MIB, s * 8L * MIB, 8L * MIB);
    }
    wp.await();
    assertEquals(threads, most.get());
    assertTrue(Arrays.equals(syms.expect(0, 64 * MIB, new byte[1]), Outputs.bytes(ctxt.out())));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void blocksMayBeWrittenInTheMidstOfABlock(int threads) {
    OutBuf out = Outputs.heap(8L * MIB);
    FakeLink ctxt = FakeLink.of(tasks(threads), out);
    FakeSyms inner = FakeSyms.random(1, 0, 4L * MIB, 100_000);
    ctxt.datap = inner;
    byte[] innerBytes = inner.expect(0, 4 * MIB, (byte) 0);
    FakeSyms outer = new FakeSyms();
    for (int i = 0; i < 8; i++) {
      outer.add(i * (long) MIB, MIB);
    }
    outer.hook =
        (c, i) -> assertTrue(Arrays.equals(innerBytes, Blocks.datblkBytes(c, 0, 4L * MIB)));
    Blocks.writeBlocks(ctxt, out, outer, 0, 8L * MIB, PAD);
    assertTrue(Arrays.equals(outer.expect(0, 8 * MIB, PAD), Outputs.bytes(out)));
  }

  @Test
  void anExecutorThatNeverRunsAnythingStopsNothing() {
    Executor never = task -> {};
    FakeLink ctxt = FakeLink.of(new Tasks(never, 4), Outputs.heap(SIZE));
    fill(ctxt);
    write(ctxt);
    assertTrue(Arrays.equals(expected(ctxt), Outputs.bytes(ctxt.out())));
  }

  @Test
  void manyLinksShareASmallPool() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    pools.add(pool);
    List<Thread> links = new ArrayList<>();
    AtomicInteger right = new AtomicInteger();
    for (int k = 0; k < 4; k++) {
      links.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    FakeLink ctxt = FakeLink.of(new Tasks(pool, 3), Outputs.heap(SIZE));
                    fill(ctxt);
                    write(ctxt);
                    if (Arrays.equals(expected(ctxt), Outputs.bytes(ctxt.out()))) {
                      right.incrementAndGet();
                    }
                  }));
    }
    for (Thread link : links) {
      link.join();
    }
    assertEquals(4, right.get());
  }

  @Test
  void idleThreadsHelpWithTheSectionThatIsLeft() {
    // One section, two threads, eight blocks: each of the first two waits for the other, so both
    // threads have to be there.
    Tasks tasks = tasks(2);
    OutBuf out = Outputs.heap(9L * MIB);
    FakeLink ctxt = FakeLink.of(tasks, out);
    FakeSyms syms = new FakeSyms();
    for (int i = 0; i < 8; i++) {
      syms.add(i * (long) MIB, MIB);
    }
    CountDownLatch both = new CountDownLatch(2);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    syms.hook =
        (c, i) -> {
          threads.add(Thread.currentThread());
          both.countDown();
          try {
            assertTrue(both.await(30, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        };
    ctxt.datap = syms;
    WriteParallel wp = new WriteParallel(ctxt);
    wp.add(Blocks::datblk, 0, 0, 8L * MIB);
    wp.add((c, o, a, n) -> o.writePad(n, PAD), 8L * MIB, 8L * MIB, MIB);
    wp.await();
    assertEquals(2, threads.size());
  }

  @ParameterizedTest
  @EnumSource(names = {"MAPPED", "HEAP"})
  void theSameFailureIsThrownForAnyNumberOfThreadsAndAllWorkHasEnded(OutBuf.Mode mode) {
    for (int threads : new int[] {1, 2, 4}) {
      OutBuf out = Outputs.open(dir.resolve("out"), mode, SIZE);
      FakeLink ctxt = FakeLink.of(tasks(threads), out);
      fill(ctxt);
      AtomicInteger inside = new AtomicInteger();
      FakeSyms data = (FakeSyms) ctxt.datap;
      data.hook =
          (c, i) -> {
            inside.incrementAndGet();
            try {
              if (data.value(i) % 5 == 0) {
                throw new IllegalStateException("symbol " + i);
              }
            } finally {
              inside.decrementAndGet();
            }
          };
      IllegalStateException e = assertThrows(IllegalStateException.class, () -> write(ctxt));
      int first = -1;
      Layout largest = layout.get(1); // the jobs' order is by size: its failure comes first
      assertEquals('d', largest.kind);
      for (int i = 0; first < 0; i++) {
        if (data.value(i) >= largest.addr
            && data.value(i) % 5 == 0
            && data.size(i) > 0
            && !data.isSubSymbol(i)) {
          first = i;
        }
      }
      assertEquals("symbol " + first, e.getMessage());
      assertEquals(0, inside.get());
      out.discard();
    }
  }

  /** Blocks that nobody has begun are left out; the thread stays interrupted. */
  @Test
  void anInterruptedLinkWritesNothingMore() {
    FakeLink ctxt = FakeLink.of(tasks(2), Outputs.heap(SIZE));
    fill(ctxt);
    byte[] before = Outputs.bytes(ctxt.out());
    Arrays.fill(before, 0, 64, (byte) 0); // what stands before all sections
    Thread.currentThread().interrupt();
    LinkException e = assertThrows(LinkException.class, () -> write(ctxt));
    assertTrue(Thread.interrupted());
    assertEquals("error: the link was interrupted [interrupted]", e.getMessage());
    assertArrayEquals(before, Outputs.bytes(ctxt.out()));
  }
}
