package io.jld.link;

import java.util.List;

/**
 * The one exception that leaves the library: a link that failed, with everything that was found
 * wrong. It is thrown after the output has been discarded; whatever stood at the output's path
 * before is untouched.
 *
 * @since 0.1
 */
public final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Diagnostic> diagnostics;

  public LinkException(List<Diagnostic> diagnostics) {
    this(diagnostics, null);
  }

  /**
   * @param cause the exception behind the failure; null where the diagnostics say all there is to
   *     say
   */
  public LinkException(List<Diagnostic> diagnostics, Throwable cause) {
    super(
        diagnostics.stream()
            .map(Diagnostic::toString)
            .reduce((a, b) -> a + "\n" + b)
            .orElse("link failed"),
        cause);
    this.diagnostics = List.copyOf(diagnostics);
  }

  public LinkException(Diagnostic diagnostic) {
    this(List.of(diagnostic));
  }

  public LinkException(DiagnosticCode code, Location location, String message) {
    this(Diagnostic.error(code, location, message));
  }

  /** The thread that links was interrupted, or one that helped it. */
  public static LinkException interrupted() {
    return new LinkException(DiagnosticCode.INTERRUPTED, Location.NONE, "the link was interrupted");
  }

  /** The request's {@link Cancellation} was cancelled. */
  public static LinkException cancelled() {
    return new LinkException(DiagnosticCode.CANCELLED, Location.NONE, "the link was cancelled");
  }

  /** All diagnostics of the failed link in order, warnings among them; at least one is an error. */
  public List<Diagnostic> diagnostics() {
    return diagnostics == null ? List.of() : diagnostics;
  }
}
