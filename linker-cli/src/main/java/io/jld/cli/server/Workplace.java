package io.jld.cli.server;

import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;

/**
 * Threads whose working directory and umask are their own, or else a process that goes from one
 * directory to the next. The server's paths are absolute, and do not depend on where a thread is.
 */
final class Workplace {
  /** The server's own: nobody else may read what it makes. */
  private static final int UMASK = 077;

  /** A property: as where it is not allowed. For tests. */
  private static final String ONE_DIRECTORY = "jld.server.onedirectory";

  private final int root;
  private final boolean ofThreads;

  /** Makes the calling thread, and all that it starts, be in {@code /}. */
  Workplace() throws Posix.Failed {
    root = Posix.open(Path.of("/"), Posix.O_PATH);
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
  boolean isOfThreads() {
    return ofThreads;
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

  /** Takes the thread to a client's directory. */
  void enter(int directory, int umask) throws Posix.Failed {
    Posix.fchdir(directory);
    Posix.umask(umask);
  }

  /** Takes the thread back: a directory in which nobody works can be unmounted. */
  void leave() {
    Posix.umask(UMASK);
    try {
      Posix.fchdir(root);
    } catch (Posix.Failed e) {
      throw new AssertionError(e);
    }
  }
}
