package io.jld.cli.resident;

import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;

/**
 * Threads whose working directory and umask are their own, or else a process that goes from one
 * directory to the next. The process's own paths are absolute, and do not depend on where a thread
 * is.
 */
public final class Workplace {
  /** A property: as where it is not allowed. For tests. */
  private static final String ONE_DIRECTORY = "jld.server.onedirectory";

  private final int home;
  private final int umask;
  private final boolean ofThreads;

  /**
   * Makes the calling thread, and all that it starts, be at home.
   *
   * @param home where threads are that make no link
   * @param umask theirs
   */
  public Workplace(Path home, int umask) throws Posix.Failed {
    this.home = Posix.open(home, Posix.O_PATH);
    this.umask = umask;
    boolean[] allowed = new boolean[1];
    Thread probe = Thread.ofPlatform().start(() -> allowed[0] = Posix.unshareDirectory());
    try {
      probe.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e); // nobody knows this thread yet
    }
    ofThreads = allowed[0] && !Boolean.getBoolean(ONE_DIRECTORY);
    leave();
  }

  /** Whether each thread has its own. If not, one link at a time can be made. */
  public boolean isOfThreads() {
    return ofThreads;
  }

  /** Descriptor of the directory of threads that make no link. */
  public int home() {
    return home;
  }

  /** Their umask. */
  public int umask() {
    return umask;
  }

  /** Threads that {@link #enter} works in. */
  ThreadFactory threads(String name) {
    return work ->
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .unstarted(
                () -> {
                  if (ofThreads) {
                    Posix.unshareDirectory();
                  }
                  work.run();
                });
  }

  /** Takes the thread to the directory that a link is asked for in. */
  void enter(int directory, int umask) throws Posix.Failed {
    Posix.fchdir(directory);
    Posix.umask(umask);
  }

  /** Takes the thread back: a directory in which nobody works can be unmounted. */
  void leave() {
    Posix.umask(umask);
    try {
      Posix.fchdir(home);
    } catch (Posix.Failed e) {
      throw new AssertionError(e);
    }
  }
}
