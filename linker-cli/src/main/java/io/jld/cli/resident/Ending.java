package io.jld.cli.resident;

import java.util.concurrent.locks.LockSupport;

/**
 * The end of the process by a signal, or by its own will. While the JVM's shutdown hooks run, links
 * fail for no reason of their own: nothing may be said of that. Those who wait for them see the
 * process end.
 */
public final class Ending {
  private Ending() {}

  /** Does not return once the process has begun to end. */
  public static void waitWhereProcessEnds() {
    Thread probe = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(probe);
      Runtime.getRuntime().removeShutdownHook(probe);
    } catch (IllegalStateException e) { // the hooks are running
      while (true) {
        LockSupport.park();
      }
    }
  }
}
