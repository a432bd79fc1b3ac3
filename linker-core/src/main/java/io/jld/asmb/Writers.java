package io.jld.asmb;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Shares a link's threads among the blocks that are to be written, of whatever section. At most
 * {@link Tasks#threads} threads write at the same time, however many the caller's executor has:
 * {@link Tasks} lets no more of them in.
 *
 * <p>A thread that has nothing to do but wait for others (for the last blocks of its section, for
 * the last section) writes blocks of another section meanwhile: a link with one huge section keeps
 * all threads busy just as one with many small ones. Blocks that are asked for in the middle of a
 * block are written then and there.
 *
 * <p>Everything that is asked for is done, even if some of it fails; then the failure with the
 * lowest index is thrown, which is the same one for any number of threads. Only a link that is
 * stopped ({@link Tasks#check}) begins nothing more.
 *
 * @since 0.1
 */
public final class Writers {
  private final Tasks tasks;

  // All below, and in Run, is guarded by this. A block is 1 MiB or more of work: nobody waits long
  // for the lock.

  /** Who is writing a block at the moment. */
  private final Set<Thread> writing = new HashSet<>();

  /** What has blocks that nobody has begun. */
  private final Queue<Run> waiting = new ArrayDeque<>();

  /** Crews at work. */
  private int crews;

  Writers(Tasks tasks) {
    this.tasks = tasks;
  }

  /** Blocks of one range, or the jobs of a crew. */
  private final class Run {
    final int n;
    final IntConsumer body;
    int next;
    int running;
    int failedAt = Integer.MAX_VALUE;
    Throwable failure;

    Run(int n, IntConsumer body) {
      this.n = n;
      this.body = body;
    }

    boolean hasEnded() {
      return next == n && running == 0;
    }

    void call(int i) {
      try {
        tasks.check();
        body.accept(i);
      } catch (RuntimeException | Error e) {
        synchronized (this) {
          if (i < failedAt) {
            failedAt = i;
            failure = e;
          }
        }
      }
    }

    synchronized void rethrow() {
      if (failure instanceof Error e) {
        throw e;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
    }
  }

  /**
   * Writes {@code n} blocks: calls {@code block} once with each of 0 to n-1, begun in this order,
   * and returns when all ended.
   */
  void write(int n, IntConsumer block) {
    if (n <= 0) {
      return;
    }
    Run run = new Run(n, tasks.traced("block", block));
    boolean nested;
    boolean crew;
    synchronized (this) {
      nested = writing.contains(Thread.currentThread());
      crew = crews > 0;
      if (!nested) {
        waiting.add(run);
        notifyAll();
      }
    }
    if (nested) {
      for (int i = 0; i < n; i++) {
        run.call(i);
      }
    } else if (crew || n == 1) {
      help(run);
    } else {
      try {
        tasks.forEach(Math.min(n, tasks.threads()), helper -> help(run));
      } finally {
        leave(run); // nobody may have come to its blocks
      }
    }
    run.rethrow();
  }

  /**
   * Runs {@code n} jobs that write blocks, begun in this order; a thread that has no job left helps
   * with the blocks of those that still run.
   */
  void crew(int n, IntConsumer job) {
    Run jobs = new Run(n, tasks.traced("section", job));
    synchronized (this) {
      crews++;
    }
    try {
      tasks.forEach(
          tasks.threads(),
          member -> {
            while (begin(jobs) instanceof Integer i) {
              jobs.call(i);
              end(jobs);
            }
            help(jobs);
          });
    } finally {
      synchronized (this) {
        crews--;
      }
    }
    jobs.rethrow();
  }

  private synchronized Integer begin(Run jobs) {
    if (jobs.next == jobs.n) {
      return null;
    }
    jobs.running++;
    return jobs.next++;
  }

  private synchronized void end(Run jobs) {
    jobs.running--;
    notifyAll();
  }

  /** Lets nobody begin another block of a range, and waits for those that were begun. */
  private synchronized void leave(Run run) {
    run.next = run.n;
    waiting.remove(run);
    boolean interrupted = false;
    while (run.running > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
        tasks.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Writes blocks, of {@code mine} or of others where it has none left, until all of {@code mine}
   * has ended.
   */
  private void help(Run mine) {
    boolean interrupted = false;
    while (true) {
      Run run;
      int i;
      synchronized (this) {
        if (mine.hasEnded()) {
          break;
        }
        run = mine.next < mine.n ? mine : waiting.peek();
        if (run == null) {
          try {
            wait();
          } catch (InterruptedException e) {
            // The blocks under way write to memory of this link: they must end first.
            interrupted = true;
            tasks.interrupted();
          }
          continue;
        }
        i = run.next++;
        run.running++;
        if (run.next == run.n) {
          waiting.remove(run);
        }
        writing.add(Thread.currentThread());
      }
      run.call(i);
      synchronized (this) {
        run.running--;
        writing.remove(Thread.currentThread());
        notifyAll();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
