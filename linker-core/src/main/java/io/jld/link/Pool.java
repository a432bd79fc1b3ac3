package io.jld.link;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A link's own threads. They are made when there is something to run: a small link of a process of
 * its own leaves the processors to the JVM ({@link LinkOption#COLD}) and asks for none.
 */
final class Pool implements Executor, AutoCloseable {
  private final int threads;
  private ExecutorService made;

  /**
   * @param threads how many there are at most; at least 1
   */
  Pool(int threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    try {
      made().execute(task);
    } catch (OutOfMemoryError e) {
      // The system gives no more threads: those that are there do the work, at least the caller.
    }
  }

  private synchronized ExecutorService made() {
    if (made == null) {
      made =
          Executors.newFixedThreadPool(
              threads, r -> Thread.ofPlatform().daemon().name("jld").unstarted(r));
    }
    return made;
  }

  /** Waits for all tasks to end. Must not be called while others may add some. */
  @Override
  public void close() {
    ExecutorService pool;
    synchronized (this) {
      pool = made;
    }
    if (pool != null) {
      pool.close();
    }
  }
}
