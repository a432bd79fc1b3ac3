package io.jld.link;

import java.util.List;

/**
 * The one exception that leaves the library: a link that failed, with everything that was found
 * wrong. It is thrown after the output has been discarded; whatever stood at the output's path
 * before is untouched.
 */
public final class LinkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Diagnostic> diagnostics;

  public LinkException(List<Diagnostic> diagnostics) {
    super(
        diagnostics.stream()
            .map(Diagnostic::toString)
            .reduce((a, b) -> a + "\n" + b)
            .orElse("link failed"));
    this.diagnostics = List.copyOf(diagnostics);
  }

  public LinkException(Diagnostic diagnostic) {
    this(List.of(diagnostic));
  }

  public LinkException(Location location, String message) {
    this(Diagnostic.error(location, message));
  }

  /** A mistake of the linker's own, which an input that no check foresaw has brought to light. */
  static LinkException internal(RuntimeException cause) {
    LinkException e =
        new LinkException(Location.NONE, "internal error: " + cause + "; please report it");
    e.initCause(cause);
    return e;
  }

  /** All diagnostics of the failed link in order, warnings among them; at least one is an error. */
  public List<Diagnostic> diagnostics() {
    return diagnostics == null ? List.of() : diagnostics;
  }
}
