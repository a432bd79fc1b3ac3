package io.jld.model;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * What code of the caller's, which a link runs, has thrown: it goes through the link to the caller
 * as it is, and is no error of the linker's.
 */
public final class CallerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private CallerException(Throwable thrown) {
    super(thrown);
  }

  /**
   * Hands a line of a report, or the result, to a consumer of the caller's.
   *
   * @throws LinkException where it can't write what it is given
   * @throws CallerException where it throws anything else
   */
  public static <T> void accept(Consumer<T> sink, T given) {
    try {
      sink.accept(given);
    } catch (UncheckedIOException e) {
      throw new LinkException(
          DiagnosticCode.REPORT_NOT_WRITABLE,
          Location.NONE,
          "a report cannot be written: " + e.getCause().getMessage());
    } catch (RuntimeException | Error e) {
      throw new CallerException(e);
    }
  }

  /**
   * @param thrown by code of the caller's: a {@link RuntimeException} or an {@link Error}
   */
  public static CallerException of(Throwable thrown) {
    return new CallerException(thrown);
  }

  /** What was thrown: to be thrown again. */
  public RuntimeException thrown() {
    if (getCause() instanceof Error e) {
      throw e;
    }
    return (RuntimeException) getCause();
  }
}
