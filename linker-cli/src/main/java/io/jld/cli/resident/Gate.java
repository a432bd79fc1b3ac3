package io.jld.cli.resident;

import java.util.concurrent.Semaphore;

/**
 * Who may link now: first come, first served. There are as many places as processors; a small link
 * takes one, a large one more, so that those which would fill the heap together run one after the
 * other. A link that has all of them is alone.
 */
public final class Gate {
  /** Bytes of inputs for each place; what is read of archives is not known beforehand. */
  private static final long BYTES = 16L << 20;

  private final int places;
  private final Semaphore free;

  Gate(int places) {
    this.places = places;
    free = new Semaphore(places, true);
  }

  public int places() {
    return places;
  }

  /** How many places a link of so many bytes takes. */
  public int placesFor(long bytes) {
    return (int) Math.min(places, 1 + bytes / BYTES);
  }

  public void enter(int n) throws InterruptedException {
    free.acquire(n);
  }

  /** Also where the thread is interrupted. */
  public void enterForSure(int n) {
    free.acquireUninterruptibly(n);
  }

  public void leave(int n) {
    free.release(n);
  }

  public int running() {
    return places - free.availablePermits();
  }

  public int waiting() {
    return free.getQueueLength();
  }
}
