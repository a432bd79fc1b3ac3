package io.jld.plugin;

import io.jld.link.Cancellation;
import io.jld.link.LinkException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * The thread that calls a link's plug-ins. Its stack is as large as a compiler expects, and one
 * that a plug-in must not return to ({@code LDPL_FATAL} has ended the process in other linkers)
 * stays where it is, while the link goes on to its end.
 *
 * <p>A plug-in's state is the process's. So there is one such thread at work in a process: it holds
 * a monitor until its link ends, and that of another link waits for it.
 */
final class PluginThread implements Runnable {
  private static final long STACK = 64L << 20;

  private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> turn = new CompletableFuture<>();
  private volatile CompletableFuture<Integer> current = turn;
  private volatile boolean ended;
  private volatile boolean stuck;
  private final Thread thread = new Thread(null, this, "jld-plugin", STACK);

  /**
   * Waits for the turn.
   *
   * @param cancellation ends the wait; null: nobody can
   * @throws LinkException where it does, or the calling thread is interrupted
   */
  PluginThread(Cancellation cancellation) {
    thread.setDaemon(true);
    thread.start();
    Cancellation.Registration wait =
        cancellation == null ? null : cancellation.onCancel(this::giveUp);
    try {
      turn.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
      throw LinkException.interrupted();
    } catch (ExecutionException e) {
      end();
      throw LinkException.cancelled(); // nothing else fails before the first call
    } finally {
      if (wait != null) {
        wait.close();
      }
    }
  }

  /** Nobody waits for the turn any more; where it has come before, that changes nothing. */
  private void giveUp() {
    turn.completeExceptionally(LinkException.cancelled());
  }

  @Override
  public void run() {
    synchronized (PluginThread.class) {
      turn.complete(0);
      while (!ended) {
        try {
          calls.take().run();
        } catch (InterruptedException e) {
          continue; // nobody does so
        }
      }
    }
  }

  /**
   * Has the thread make a call, and waits for it: what it has begun can't be broken off.
   *
   * @throws LinkException where the call, or what the plug-in has called in it, does; or the
   *     process is ending
   */
  int call(IntSupplier function) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    synchronized (this) {
      if (ended) {
        throw LinkException.interrupted();
      }
      current = result;
      calls.add(
          () -> {
            try {
              result.complete(function.getAsInt());
            } catch (RuntimeException | Error e) {
              result.completeExceptionally(e);
            }
          });
    }
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) e.getCause();
    }
  }

  /**
   * Ends the call that the plug-in is in, in which this is called. On its own thread this does not
   * return; a thread that the plug-in has made goes on.
   */
  void fail(LinkException why) {
    boolean own = Thread.currentThread() == thread;
    stuck |= own;
    if (own) {
      current.completeExceptionally(why);
      synchronized (PluginThread.class) {
        while (true) {
          try {
            PluginThread.class.wait(); // gives the turn to others
          } catch (InterruptedException e) {
            continue;
          }
        }
      }
    }
  }

  /** Whether it is in a call that it will not return from. */
  boolean isStuck() {
    return stuck;
  }

  /**
   * Allows no further call; waits for the one under way, but not for long.
   *
   * @return whether the thread is in no call
   */
  boolean stop(int millis) {
    CompletableFuture<Integer> last;
    synchronized (this) {
      ended = true;
      last = current;
    }
    try {
      last.handle((status, failure) -> 0).get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** Ends the thread, and waits for that unless it is stuck. */
  void end() {
    ended = true;
    calls.add(() -> {});
    if (!stuck && turn.isDone() && !turn.isCompletedExceptionally()) {
      boolean interrupted = Thread.interrupted();
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
