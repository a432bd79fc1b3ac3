package io.jld.cli;

/**
 * A command line that cannot be understood; the message is for the user, without program name and
 * severity.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message, null, false, false);
  }
}
