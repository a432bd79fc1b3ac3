package io.jld.link;

import java.util.Objects;

/**
 * One message about a link, as a value: what a user or a file has caused. Two diagnostics of the
 * same content are equal.
 *
 * @param severity error, warning or note
 * @param code what it is about; stays the same from version to version, unlike the message
 * @param location where; {@link Location#NONE} where there is no place
 * @param message one or more lines, without the place and without the severity's word; continuation
 *     lines start with {@code >>> }
 * @since 0.1
 */
public record Diagnostic(
    Severity severity, DiagnosticCode code, Location location, String message) {
  public Diagnostic {
    Objects.requireNonNull(severity);
    Objects.requireNonNull(code);
    Objects.requireNonNull(location);
    Objects.requireNonNull(message);
  }

  public static Diagnostic error(DiagnosticCode code, Location location, String message) {
    return new Diagnostic(Severity.ERROR, code, location, message);
  }

  public static Diagnostic warning(DiagnosticCode code, Location location, String message) {
    return new Diagnostic(Severity.WARNING, code, location, message);
  }

  public static Diagnostic note(DiagnosticCode code, Location location, String message) {
    return new Diagnostic(Severity.NOTE, code, location, message);
  }

  /** The same with another message. */
  public Diagnostic withMessage(String other) {
    return new Diagnostic(severity, code, location, other);
  }

  /**
   * {@code FILE(MEMBER):(SECTION+0xOFF): message [code]}; the code stands at the end of the
   * message's first line.
   */
  public String text() {
    String place = location.toString();
    int end = message.indexOf('\n');
    end = end < 0 ? message.length() : end;
    return (place.isEmpty() ? "" : place + ": ")
        + message.substring(0, end)
        + " ["
        + code.id()
        + "]"
        + message.substring(end);
  }

  /**
   * {@code error: FILE(MEMBER):(SECTION+0xOFF): message [code]}, the form that the command line
   * prints after its own name.
   */
  @Override
  public String toString() {
    return severity.word() + ": " + text();
  }
}
