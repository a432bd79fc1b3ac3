package io.jld.cli.server;

import io.jld.cli.resident.Posix;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks after clients: it ends links for which nobody waits any more, and has what is gathered for
 * one printed after a moment. It sleeps while there is none.
 */
final class Watch implements Runnable {
  /** Milliseconds after which somebody who is gone is missed, and a line is printed. */
  private static final int ROUND = 20;

  private final Map<Slot, Job> jobs = new HashMap<>();

  synchronized void add(Job job) {
    jobs.put(job.slot(), job);
    notifyAll();
  }

  synchronized void remove(Job job) {
    jobs.remove(job.slot(), job);
  }

  synchronized boolean isIdle() {
    return jobs.isEmpty();
  }

  synchronized Job of(Slot slot) {
    return jobs.get(slot);
  }

  private synchronized List<Job> await() throws InterruptedException {
    while (jobs.isEmpty()) {
      wait();
    }
    return new ArrayList<>(jobs.values());
  }

  @Override
  public void run() {
    while (true) {
      try {
        round();
      } catch (InterruptedException e) {
        return;
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        e.printStackTrace(); // into the log; the next round may go better
      }
    }
  }

  private void round() throws InterruptedException, IOException {
    List<Job> now = await();
    Map<Integer, Job> watched = new HashMap<>();
    for (Job job : now) {
      watched.put(job.slot().fd(), job);
    }
    for (int fd : Posix.abandoned(List.copyOf(watched.keySet()), ROUND)) {
      Job job = watched.get(fd);
      if (job.slot().isAbandoned()) { // the descriptor may be another slot's by now
        job.cancel();
        Thread.sleep(1); // until it is gone, poll(2) returns at once
      }
    }
    for (Job job : now) {
      job.relay().push();
    }
  }
}
