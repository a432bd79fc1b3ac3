package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TasksTest {
  private static final int N = 10_000;

  @Test
  void whatRangesWorkWithIsUsedAgainButNeverByTwoAtOnce() {
    Set<AtomicBoolean> made = ConcurrentHashMap.newKeySet();
    AtomicIntegerArray seen = new AtomicIntegerArray(N);
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      new Tasks(pool, 4)
          .forRanges(
              N,
              7,
              () -> {
                AtomicBoolean inUse = new AtomicBoolean();
                made.add(inUse);
                return inUse;
              },
              (inUse, from, to) -> {
                assertTrue(inUse.compareAndSet(false, true));
                for (int i = from; i < to; i++) {
                  seen.incrementAndGet(i);
                }
                inUse.set(false);
              });
    }
    assertTrue(!made.isEmpty() && made.size() <= 4, made.size() + " for four threads");
    int[] counts = new int[N];
    Arrays.setAll(counts, seen::get);
    int[] once = new int[N];
    Arrays.fill(once, 1);
    assertArrayEquals(once, counts);
  }

  @Test
  void noScratchIsMadeForNothing() {
    new Tasks(null, 1)
        .forRanges(
            0,
            8,
            () -> {
              throw new AssertionError();
            },
            (s, from, to) -> {});
  }

  @Test
  void aRangeThatFailsEndsTheLoop() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                new Tasks(null, 1)
                    .forRanges(
                        N,
                        1,
                        Object::new,
                        (s, from, to) -> {
                          if (from == 2) {
                            throw new IllegalStateException("two");
                          }
                        }));
    assertEquals("two", e.getMessage());
  }

  @Test
  void aLimitOfOneKeepsLoopsOnTheCallingThread() {
    Thread caller = Thread.currentThread();
    Tasks tasks =
        new Tasks(
            task -> {
              throw new AssertionError("a helper is asked for");
            },
            8);
    tasks.limit(1);
    assertEquals(1, tasks.threads());
    tasks.forEach(100, i -> assertSame(caller, Thread.currentThread()));
  }

  /** Neither more, though the pool has them, nor fewer. */
  @Test
  void asManyRoundsAtOnceAsThereAreThreads() {
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      Tasks tasks = new Tasks(pool, 3);
      AtomicInteger running = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      CountDownLatch all = new CountDownLatch(3);
      tasks.forEach(
          30,
          i -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            all.countDown();
            try {
              all.await(20, TimeUnit.SECONDS);
              Thread.sleep(2); // one too many shows itself
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            running.decrementAndGet();
          });
      assertEquals(3, most.get());
    }
  }

  @Test
  void limitsNeverRaiseTheNumberOfThreadsAndLeaveOne() {
    Tasks tasks = new Tasks(Runnable::run, 3);
    tasks.limit(5);
    assertEquals(3, tasks.threads());
    tasks.limit(2);
    assertEquals(2, tasks.threads());
    tasks.limit(0);
    assertEquals(1, tasks.threads());
  }

  /** A helper that the executor took before it refused another one. */
  @Test
  void helpersEndBeforeTheLoopOfAnExecutorThatRefuses() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean running = new AtomicBoolean();
    AtomicInteger rounds = new AtomicInteger();
    List<Thread> taken = new ArrayList<>();
    Tasks tasks =
        new Tasks(
            task -> {
              if (!taken.isEmpty()) {
                await(begun);
                throw new IllegalStateException("no more");
              }
              taken.add(Thread.ofPlatform().start(task));
            },
            4);
    LinkException e =
        assertThrows(
            LinkException.class,
            () ->
                tasks.forEach(
                    N,
                    i -> {
                      rounds.incrementAndGet();
                      running.set(true);
                      begun.countDown();
                      sleep(50);
                      running.set(false);
                    }));
    assertFalse(running.get());
    assertEquals(1, rounds.get());
    assertEquals(
        "error: the executor has not taken a task: " + e.getCause() + " [invalid-request]",
        e.getMessage());
    assertEquals("no more", e.getCause().getMessage());
    taken.getFirst().join();
    assertSame(e, assertThrows(LinkException.class, tasks::check)); // the link is over
  }

  @Test
  void anInterruptedLoopBeginsNothingMore() {
    for (int threads : new int[] {1, 3}) {
      try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
        Tasks tasks = new Tasks(pool, threads);
        Thread caller = Thread.currentThread();
        AtomicInteger rounds = new AtomicInteger();
        LinkException e =
            assertThrows(
                LinkException.class,
                () ->
                    tasks.forEach(
                        N,
                        i -> {
                          rounds.incrementAndGet();
                          caller.interrupt();
                        }));
        assertTrue(Thread.interrupted());
        assertEquals("error: the link was interrupted [interrupted]", e.getMessage());
        assertTrue(rounds.get() < 20, rounds + " rounds"); // those that were begun before
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
