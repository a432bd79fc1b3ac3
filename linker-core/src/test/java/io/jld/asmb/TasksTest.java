package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
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
}
