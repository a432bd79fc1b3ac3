package io.jld.model;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects what is reported. Threads report in any order; at the end of each pass the new ones are
 * sorted by place, so that the same link says the same, whatever its number of threads.
 */
public final class Diagnostics {
  /** The order of diagnostics; in a class of its own, which a quiet link does without. */
  private static final class Order {
    private static final Comparator<Diagnostic> BY_PLACE =
        Comparator.comparing(Diagnostic::location).thenComparing(Diagnostic::message);
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
    settled.addAll(withoutLike(once));
    reported.clear();
  }

  /** What diagnostics have in common of which the first stands for all. */
  private record Kind(DiagnosticCode code, Severity severity, Location where) {
    static Kind of(Diagnostic d) {
      Location where = Location.file(d.location().file(), d.location().member());
      boolean symbol = d.code().extent() == DiagnosticCode.Extent.SYMBOL;
      return new Kind(d.code(), d.severity(), symbol ? where.symbol(d.location().symbol()) : where);
    }
  }

  /** Where one cure mends all of a kind in a file, the first stands for the others. */
  private static List<Diagnostic> withoutLike(Set<Diagnostic> sorted) {
    List<Diagnostic> out = new ArrayList<>();
    Map<Kind, Integer> first = new HashMap<>(); // its place in the list
    Map<Integer, Integer> others = new HashMap<>(); // how many it stands for
    for (Diagnostic d : sorted) {
      boolean alone =
          d.code().extent() == DiagnosticCode.Extent.PLACE || d.location().file() == null;
      Integer at = alone ? null : first.putIfAbsent(Kind.of(d), out.size());
      if (at == null) {
        out.add(d);
      } else {
        others.merge(at, 1, Integer::sum);
      }
    }
    others.forEach(
        (at, n) -> {
          Diagnostic d = out.get(at);
          out.set(
              at,
              d.withMessage(d.message() + "\n>>> and " + n + " more of this kind in this file"));
        });
    return out;
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
