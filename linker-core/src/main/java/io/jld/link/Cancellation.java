package io.jld.link;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Ends links before their time: those that were given it by {@link
 * LinkRequest.Builder#cancellation}, of any number and in any threads. A link that is cancelled
 * begins nothing more, waits for what its threads are writing (blocks of some MiB), and throws a
 * {@link LinkException} with {@link DiagnosticCode#CANCELLED}; its output stays as it was. One that
 * has ended before is not touched, and one that begins later ends at once.
 *
 * <p>Unlike an interrupt it leaves the thread that links as it is.
 *
 * @since 0.1
 */
public final class Cancellation {
  /**
   * An action that waits for the cancellation.
   *
   * @since 0.1
   */
  public interface Registration extends AutoCloseable {
    /** The action is no longer called, unless that has begun. */
    @Override
    void close();
  }

  private volatile boolean cancelled;

  /** What is called; guarded by this. */
  private final List<Action> actions = new ArrayList<>();

  /** Cancels, for good; from any thread, and as often as one likes. */
  public void cancel() {
    List<Action> all;
    synchronized (this) {
      cancelled = true;
      all = List.copyOf(actions);
      actions.clear();
    }
    RuntimeException thrown = null;
    for (Action a : all) {
      try {
        a.body.run();
      } catch (RuntimeException e) { // others wait for theirs
        thrown = thrown == null ? e : thrown;
      }
    }
    if (thrown != null) {
      throw thrown;
    }
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Has {@code action} called when this is cancelled, once, by the thread that does so; at once, if
   * it is cancelled already. For what waits on behalf of a link: a supplier of an input, a stream.
   *
   * @param action what it throws comes out of {@link #cancel}, when all have been called
   */
  public Registration onCancel(Runnable action) {
    Action a = new Action(action);
    boolean late;
    synchronized (this) {
      late = cancelled;
      if (!late) {
        actions.add(a);
      }
    }
    if (late) {
      action.run();
    }
    return a;
  }

  private final class Action implements Registration {
    private final Runnable body;

    Action(Runnable body) {
      this.body = Objects.requireNonNull(body, "no action");
    }

    @Override
    public void close() {
      synchronized (Cancellation.this) {
        actions.remove(this);
      }
    }
  }
}
