package io.jld.model;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects what is reported. Threads report in any order; at the end of each pass the new ones are
 * sorted by place, so that the same link says the same, whatever its number of threads.
 */
public final class Diagnostics {
  /** The order of diagnostics; in a class of its own, which a quiet link does without. */
  private static final class Order {
    private static final Comparator<String> NAMES =
        Comparator.nullsFirst(Comparator.naturalOrder());
    private static final Comparator<Diagnostic> BY_PLACE =
        Comparator.comparing((Diagnostic d) -> d.location().file(), NAMES)
            .thenComparing(d -> d.location().member(), NAMES)
            .thenComparing(d -> d.location().section(), NAMES)
            .thenComparingLong(d -> d.location().offset())
            .thenComparing(Diagnostic::message);
  }

  private final int limit;
  private final boolean fatalWarnings;
  private final boolean noWarnings;
  private final List<Diagnostic> reported = new ArrayList<>();
  private final List<Diagnostic> settled = new ArrayList<>();

  Diagnostics(int limit, boolean fatalWarnings, boolean noWarnings) {
    this.limit = limit;
    this.fatalWarnings = fatalWarnings;
    this.noWarnings = noWarnings;
  }

  synchronized void report(Diagnostic d) {
    if (d.severity() == Severity.WARNING && noWarnings) {
      return;
    }
    reported.add(d);
  }

  /** Sorts what the pass has reported. */
  synchronized void settle() {
    if (reported.isEmpty()) {
      return;
    }
    reported.sort(Order.BY_PLACE);
    Set<Diagnostic> once = new LinkedHashSet<>(reported);
    settled.addAll(once);
    reported.clear();
  }

  /**
   * Settles, and ends the link where there is an error.
   *
   * @throws LinkException with all that was reported, errors beyond the limit counted only
   */
  synchronized void failOnErrors() {
    settle();
    if (has(Severity.ERROR)) {
      throw new LinkException(limited());
    }
  }

  /** As {@link #failOnErrors}, at the link's end: warnings count where they are fatal. */
  synchronized List<Diagnostic> finish() {
    failOnErrors();
    if (fatalWarnings && has(Severity.WARNING)) {
      settled.add(
          Diagnostic.error(
              DiagnosticCode.FATAL_WARNINGS,
              Location.NONE,
              "warnings are errors (--fatal-warnings)"));
      throw new LinkException(limited());
    }
    return List.copyOf(settled);
  }

  /** Joins an exception that ended a pass with what was reported before. */
  synchronized LinkException join(LinkException e) {
    settle();
    List<Diagnostic> all = new ArrayList<>(settled);
    e.diagnostics().stream().filter(d -> !all.contains(d)).forEach(all::add);
    return new LinkException(all, e.getCause());
  }

  private boolean has(Severity severity) {
    for (Diagnostic d : settled) {
      if (d.severity() == severity) {
        return true;
      }
    }
    return false;
  }

  private List<Diagnostic> limited() {
    if (limit == 0) {
      return settled;
    }
    List<Diagnostic> out = new ArrayList<>();
    int errors = 0;
    for (Diagnostic d : settled) {
      if (d.severity() != Severity.ERROR || errors++ < limit) {
        out.add(d);
      }
    }
    if (errors > limit) {
      out.add(
          Diagnostic.error(
              DiagnosticCode.MORE_ERRORS,
              Location.NONE,
              (errors - limit) + " more errors (--error-limit=0 shows all)"));
    }
    return out;
  }
}
