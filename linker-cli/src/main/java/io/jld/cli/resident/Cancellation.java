package io.jld.cli.resident;

/** Ends a job's link when nobody wants it any more; from any thread, before it begins as well. */
public final class Cancellation {
  /** The thread that links; null before and after. */
  private Thread thread;

  private boolean cancelled;

  /** Nobody waits for the job any more. */
  public synchronized void cancel() {
    cancelled = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /** The calling thread links from here on. */
  public synchronized void begin() {
    thread = Thread.currentThread();
    if (cancelled) {
      thread.interrupt();
    }
  }

  /** The calling thread no longer does. Returns whether the job was cancelled before. */
  public synchronized boolean end() {
    thread = null;
    Thread.interrupted();
    return cancelled;
  }
}
