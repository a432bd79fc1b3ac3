package io.jld.asmb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkResult.TaskTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TaskTraceTest {
  @Test
  void eachThreadsPartInALoop() {
    CyclicBarrier all = new CyclicBarrier(3);
    TaskTrace trace = new TaskTrace();
    long start = System.nanoTime();
    trace.pass("a pass");
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      // Each round waits for two others, so that three threads must take part.
      new Tasks(pool, 3, trace, null).forEach(6, i -> await(all));
    }
    List<TaskTime> parts =
        trace.times(start).stream().filter(t -> t.name().equals("a pass")).toList();
    assertEquals(Set.of(0, 1, 2), parts.stream().map(TaskTime::thread).collect(Collectors.toSet()));
    assertEquals(6, parts.stream().mapToInt(TaskTime::rounds).sum());
    long end = System.nanoTime() - start;
    for (TaskTime t : parts) {
      assertTrue(t.startNanos() >= 0 && t.nanos() > 0 && t.startNanos() + t.nanos() <= end, "" + t);
    }
  }

  @Test
  void longRoundsAreSeenInTheirLoop() {
    TaskTrace trace = new TaskTrace();
    trace.pass("outer");
    Tasks tasks = new Tasks(null, 1, trace, null);
    tasks.forEach(
        3,
        i -> {
          if (i == 1) {
            tasks.forEach(2, j -> spin(2_000_000));
          }
        });
    // In the order in which they ended: what is inside comes first.
    List<TaskTime> times = trace.times(0);
    List<TaskTime> named = times.stream().filter(t -> t.nanos() >= 2_000_000).toList();
    assertEquals(
        List.of("round 0", "round 1", "outer", "round 1", "outer"),
        named.stream().map(TaskTime::name).toList());
    for (TaskTime inner : named) {
      TaskTime outer = named.getLast();
      assertTrue(
          inner.startNanos() >= outer.startNanos()
              && inner.startNanos() + inner.nanos() <= outer.startNanos() + outer.nanos());
    }
    assertEquals(Set.of(0), times.stream().map(TaskTime::thread).collect(Collectors.toSet()));
  }

  private static void spin(long nanos) {
    long from = System.nanoTime();
    while (System.nanoTime() - from < nanos) {
      Thread.onSpinWait();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
