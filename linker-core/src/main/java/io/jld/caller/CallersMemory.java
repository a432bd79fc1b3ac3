package io.jld.caller;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Memory that the caller has given to a link, which its threads have to be able to use. */
public final class CallersMemory {
  private CallersMemory() {}

  /**
   * Memory that only another thread may access, or nobody any more, would make the link fail in the
   * middle of a pass.
   *
   * @param name stands for it in messages
   * @param threads whether other threads than the calling one will access it
   * @throws LinkException where the link can't use it
   */
  public static void check(String name, MemorySegment memory, boolean threads) {
    if (!memory.scope().isAlive()) {
      throw unusable(name + ": the memory's arena is closed", null);
    }
    if (!memory.isAccessibleBy(Thread.currentThread())) {
      throw unusable(name + " is confined to another thread", null);
    }
    if (threads && !memory.isAccessibleBy(Thread.ofPlatform().unstarted(() -> {}))) {
      throw unusable(name + " is confined to this thread: link on one thread, or share it", null);
    }
  }

  /**
   * @param cause what was thrown; null where nothing was
   */
  public static LinkException unusable(String message, Throwable cause) {
    return new LinkException(
        List.of(Diagnostic.error(DiagnosticCode.INVALID_REQUEST, Location.NONE, message)), cause);
  }
}
