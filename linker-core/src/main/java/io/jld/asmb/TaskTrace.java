package io.jld.asmb;

import io.jld.link.LinkResult.TaskTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Writes down which thread did what and when ({@code --time-trace}): each thread's part in each
 * loop of {@link Tasks}, and within it the rounds that took long enough to be seen. Those of one
 * thread are nested or disjoint.
 *
 * @since 0.1
 */
public final class TaskTrace {
  /** Shorter rounds are not written down: there may be a million of them. Nanoseconds. */
  private static final long SEEN = 100_000;

  // Both guarded by this; what is added here took 0.1 ms or is one of few.
  private final Map<Thread, Integer> threads = new HashMap<>();
  private final List<TaskTime> times = new ArrayList<>();

  private volatile String pass = "";

  /** For a link that the calling thread runs; it gets number 0. */
  public TaskTrace() {
    threads.put(Thread.currentThread(), 0);
  }

  /** Names what follows. */
  public void pass(String name) {
    pass = name;
  }

  /** Times each round of a loop. */
  IntConsumer rounds(String kind, IntConsumer body) {
    return i -> {
      long from = System.nanoTime();
      body.accept(i);
      long to = System.nanoTime();
      if (to - from >= SEEN) {
        add(kind + " " + i, 1, from, to);
      }
    };
  }

  /** The calling thread has done so many rounds of a loop, which it began at {@code from}. */
  void part(int rounds, long from) {
    add(pass, rounds, from, System.nanoTime());
  }

  private synchronized void add(String name, int rounds, long from, long to) {
    Thread thread = Thread.currentThread();
    Integer number = threads.get(thread);
    if (number == null) {
      number = threads.size();
      threads.put(thread, number);
    }
    times.add(new TaskTime(name, number, rounds, from, to - from));
  }

  /**
   * All that was written down, in the order in which it ended.
   *
   * @param start what times count from, as {@link System#nanoTime} gave it
   */
  public synchronized List<TaskTime> times(long start) {
    List<TaskTime> all = new ArrayList<>(times.size());
    for (TaskTime t : times) {
      all.add(new TaskTime(t.name(), t.thread(), t.rounds(), t.startNanos() - start, t.nanos()));
    }
    return all;
  }
}
