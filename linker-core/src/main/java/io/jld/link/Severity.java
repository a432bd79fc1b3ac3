package io.jld.link;

/**
 * How grave a {@link Diagnostic} is. An error makes the link fail, a warning and a note do not.
 *
 * @since 0.1
 */
public enum Severity {
  ERROR,
  WARNING,
  NOTE;

  /** The word as it is printed: {@code error}, {@code warning}, {@code note}. */
  public String word() {
    return switch (this) {
      case ERROR -> "error";
      case WARNING -> "warning";
      case NOTE -> "note";
    };
  }
}
