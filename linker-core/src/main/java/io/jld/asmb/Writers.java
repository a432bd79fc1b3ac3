package io.jld.asmb;

import java.util.concurrent.Semaphore;

/** Limits how many blocks are written at the same time: the seed's {@code outSem}. */
public final class Writers {
  private final Tasks tasks;
  private final Semaphore permits;

  Writers(Tasks tasks) {
    this.tasks = tasks;
    this.permits = new Semaphore(2 * tasks.threads());
  }

  Tasks tasks() {
    return tasks;
  }

  Semaphore permits() {
    return permits;
  }
}
