package io.jld.link;

import java.util.Objects;

/**
 * One message about a link, as a value: what a user or a file has caused. Two diagnostics of the
 * same content are equal.
 *
 * @param severity error, warning or note
 * @param message one or more lines, without the place and without the severity's word; continuation
 *     lines start with {@code >>> }
 * @param location where; {@link Location#NONE} where there is no place
 */
public record Diagnostic(Severity severity, String message, Location location) {
  public Diagnostic {
    Objects.requireNonNull(severity);
    Objects.requireNonNull(message);
    Objects.requireNonNull(location);
  }

  public static Diagnostic error(Location location, String message) {
    return new Diagnostic(Severity.ERROR, message, location);
  }

  public static Diagnostic warning(Location location, String message) {
    return new Diagnostic(Severity.WARNING, message, location);
  }

  /**
   * {@code error: FILE(MEMBER):(SECTION+0xOFF): message}, the form that the command line prints
   * after its own name.
   */
  @Override
  public String toString() {
    String place = location.toString();
    return severity.word() + ": " + (place.isEmpty() ? "" : place + ": ") + message;
  }
}
