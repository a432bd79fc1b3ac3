package io.jld.asmb;

import io.jld.link.Cancellation;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The link's pool: loops whose rounds run at the same time. The calling thread always takes part,
 * so that a loop ends even where the executor never runs anything, and loops may be nested. The
 * order of rounds is not defined; a result that depends on it is a bug.
 *
 * @since 0.1
 */
public final class Tasks {
  private final Executor executor;
  private final TaskTrace trace;
  private int threads;

  /** The thread that links: who interrupts it ends the link. */
  private final Thread caller = Thread.currentThread();

  /** Ends the link, too; null: nobody can. */
  private final Cancellation cancellation;

  /** Why nothing more is begun; null: nothing is wrong. */
  private volatile LinkException stopped;

  /**
   * @param executor runs the helpers of the calling thread; may be null where {@code threads} is 1
   * @param threads how many rounds run at the same time at most; at least 1
   */
  public Tasks(Executor executor, int threads) {
    this(executor, threads, null, null);
  }

  /**
   * As above.
   *
   * @param trace is told of each loop; null: nobody asks
   * @param cancellation ends the link; null: nobody can
   */
  public Tasks(Executor executor, int threads, TaskTrace trace, Cancellation cancellation) {
    this.executor = executor;
    this.threads = executor == null ? 1 : threads;
    this.trace = trace;
    this.cancellation = cancellation;
  }

  public int threads() {
    return threads;
  }

  /** Whether the calling thread runs all rounds: nothing that they share has to be atomic. */
  public boolean isAlone() {
    return threads == 1;
  }

  /**
   * Called before whatever may take long: a pass, a round, a block. Those under way go on to their
   * end, since they write to memory of this link.
   *
   * @throws LinkException if the link was cancelled, the thread that links interrupted, or the
   *     executor has failed
   */
  public void check() {
    if (stopped == null && cancellation != null && cancellation.isCancelled()) {
      stopped = LinkException.cancelled();
    }
    if (stopped == null && caller.isInterrupted()) {
      stopped = LinkException.interrupted();
    }
    if (stopped != null) {
      throw stopped;
    }
  }

  /** A wait was interrupted, which has cleared the thread's flag. */
  void interrupted() {
    if (Thread.currentThread() == caller && stopped == null) {
      stopped = LinkException.interrupted();
    }
  }

  /**
   * Lets fewer rounds run at the same time from now on. Not while a loop runs.
   *
   * @param most how many, at least 1
   */
  public void limit(int most) {
    threads = Math.min(threads, Math.max(1, most));
  }

  /**
   * Calls {@code body} once with each of 0 to n-1 and returns when all have ended.
   *
   * @throws RuntimeException or Error: the first that a round has thrown, in order of rounds;
   *     remaining rounds are skipped
   */
  public void forEach(int n, IntConsumer body) {
    if (n <= 0) {
      return;
    }
    IntConsumer rounds = traced("round", body);
    if (threads == 1 || n == 1) {
      long from = now();
      for (int i = 0; i < n; i++) {
        check();
        rounds.accept(i);
      }
      tracePart(n, from);
      return;
    }
    new Loop(n, rounds).run(Math.min(threads, n) - 1);
  }

  /** The same body; timed where there is a trace. */
  IntConsumer traced(String kind, IntConsumer body) {
    return trace == null ? body : trace.rounds(kind, body);
  }

  private long now() {
    return trace == null ? 0 : System.nanoTime();
  }

  private void tracePart(int rounds, long from) {
    if (trace != null && rounds > 0) {
      trace.part(rounds, from);
    }
  }

  /** Cuts 0 to n-1 into ranges of about {@code grain} and calls {@code body} once with each. */
  public void forRanges(int n, int grain, RangeConsumer body) {
    int g = Math.max(1, grain);
    int ranges = (int) (((long) n + g - 1) / g);
    forEach(ranges, i -> body.accept(i * g, (int) Math.min(n, (long) (i + 1) * g)));
  }

  /**
   * As above, with something to work with: what one range has used, a later one gets again, so that
   * there are no more of them than threads.
   *
   * @param scratch makes one; may be called by several threads at once
   */
  public <S> void forRanges(int n, int grain, Supplier<S> scratch, ScratchConsumer<S> body) {
    ArrayDeque<S> free = new ArrayDeque<>();
    forRanges(
        n,
        grain,
        (from, to) -> {
          S s;
          synchronized (free) {
            s = free.poll();
          }
          if (s == null) {
            s = scratch.get();
          }
          body.accept(s, from, to);
          synchronized (free) {
            free.push(s);
          }
        });
  }

  /** Takes a range of indices, and what it may work with. */
  @FunctionalInterface
  public interface ScratchConsumer<S> {
    /** {@code from} inclusive, {@code to} exclusive. */
    void accept(S scratch, int from, int to);
  }

  /** Takes a range of indices. */
  @FunctionalInterface
  public interface RangeConsumer {
    /** {@code from} inclusive, {@code to} exclusive. */
    void accept(int from, int to);
  }

  private final class Loop {
    private final int n;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private int running;
    private int failedRound = Integer.MAX_VALUE;
    private Throwable failure;

    Loop(int n, IntConsumer body) {
      this.n = n;
      this.body = body;
    }

    void run(int helpers) {
      try {
        for (int i = 0; i < helpers; i++) {
          executor.execute(this::help);
        }
      } catch (RuntimeException | Error e) {
        refused(e);
      }
      work();
      synchronized (this) {
        boolean interrupted = false;
        while (running > 0) {
          try {
            wait();
          } catch (InterruptedException e) {
            interrupted = true; // the rounds under way must end first
            Tasks.this.interrupted();
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        if (failure instanceof Error e) {
          throw e;
        }
        if (failure != null) {
          throw (RuntimeException) failure;
        }
      }
    }

    /** Helpers that the executor has taken may be at work: they must end before the link does. */
    private synchronized void refused(Throwable e) {
      String message = "the executor has not taken a task: " + e;
      stopped =
          new LinkException(
              List.of(Diagnostic.error(DiagnosticCode.INVALID_REQUEST, Location.NONE, message)), e);
      failedRound = -1;
      failure = stopped;
      next.set(n);
    }

    private void help() {
      synchronized (this) {
        if (next.get() >= n) {
          return; // came too late: the loop may have ended
        }
        running++;
      }
      try {
        work();
      } finally {
        synchronized (this) {
          running--;
          notifyAll();
        }
      }
    }

    private void work() {
      long from = now();
      int done = 0;
      int i;
      while ((i = next.getAndIncrement()) < n) {
        done++;
        try {
          check();
          body.accept(i);
        } catch (RuntimeException | Error e) {
          synchronized (this) {
            if (i < failedRound) {
              failedRound = i;
              failure = e;
            }
          }
          next.set(n);
        }
      }
      tracePart(done, from);
    }
  }
}
