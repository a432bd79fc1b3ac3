package io.jld.cli.resident;

import io.jld.link.Linker;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** What all links of this JVM have in common. */
public final class Links {
  private static final Pattern KEEP = Pattern.compile("--keep=[0-9]{1,9}[kmgKMG]?");

  /** What is kept between links may take this part of the heap's limit, if nothing else is said. */
  private static final int KEPT_SHARE = 4;

  /**
   * What links leave is collected when it is this part of the heap's limit. The launcher gives new
   * objects three times as much room.
   */
  private static final int LEFT_SHARE = 24;

  private final Workplace workplace;
  private final Gate gate;
  private final Linker.Session session;
  private final ExecutorService links;
  private final ExecutorService pool;
  private final int threads = Runtime.getRuntime().availableProcessors();

  /** Bytes of the heap that were in use after the last collection. */
  private final AtomicLong live = new AtomicLong();

  /**
   * @param keep bytes of the heap for what links keep of their files
   */
  public Links(Workplace workplace, long keep) {
    this.workplace = workplace;
    session = new Linker.Session(keep);
    gate = new Gate(workplace.isOfThreads() ? threads : 1);
    links = Executors.newCachedThreadPool(workplace.threads("link"));
    pool = Executors.newFixedThreadPool(Math.max(1, threads - 1), workplace.threads("jld"));
  }

  /** Bytes of the heap for what is kept, where nothing is said. */
  public static long keepByDefault() {
    return Runtime.getRuntime().maxMemory() / KEPT_SHARE;
  }

  /** What {@code --keep=SIZE} says, in bytes; -1 where the option is another one. */
  public static long keep(String option) {
    return KEEP.matcher(option).matches() ? size(option.substring("--keep=".length())) : -1;
  }

  /** Bytes, with k, m or g in units of 2 to the 10, 20, 30. */
  private static long size(String size) {
    int unit = "kmg".indexOf(Character.toLowerCase(size.charAt(size.length() - 1))) + 1;
    return Long.parseLong(unit == 0 ? size : size.substring(0, size.length() - 1)) << 10 * unit;
  }

  /**
   * Runs a job on a thread of its own, which may wait.
   *
   * @throws OutOfMemoryError or RejectedExecutionException where there can be no more threads
   */
  public void begin(Runnable job) {
    links.execute(job);
  }

  /**
   * Collects what links have left, if it is much and none runs: to be called when a link has been
   * answered. All that a large link has made lives until its end, and a collection in its middle
   * would copy it; at the end hardly anything is left to copy.
   */
  public void collect() {
    if (gate.running() == 0
        && used() - live.get() > Runtime.getRuntime().maxMemory() / LEFT_SHARE) {
      System.gc();
      live.set(used());
    }
  }

  private static long used() {
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Runs tasks of a link that is asked for in this directory. */
  public Executor helpers(int directory, int umask) {
    if (!workplace.isOfThreads()) {
      return pool;
    }
    return task ->
        pool.execute(
            () -> {
              try {
                workplace.enter(directory, umask);
                task.run();
              } catch (Posix.Failed e) {
                // the link's own thread does the work
              } finally {
                workplace.leave();
              }
            });
  }

  public Workplace workplace() {
    return workplace;
  }

  public Gate gate() {
    return gate;
  }

  public Linker.Session session() {
    return session;
  }

  /** How many tasks of one link run at once. */
  public int threads() {
    return threads;
  }
}
