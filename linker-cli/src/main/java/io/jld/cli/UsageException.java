package io.jld.cli;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;

/**
 * A command line that cannot be understood; the message is for the user, without program name and
 * severity.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient DiagnosticCode code;

  UsageException(DiagnosticCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** What is reported. */
  Diagnostic diagnostic() {
    return Diagnostic.error(code, Location.NONE, getMessage());
  }
}
