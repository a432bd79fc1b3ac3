package io.jld.segment;

import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.plan.Place;

/** Diagnostics about what a script says, with its place and line; that is null where none is. */
public final class PlanMessages {
  private PlanMessages() {}

  static Diagnostic error(DiagnosticCode code, Place place, String message) {
    return Diagnostic.error(code, location(place), message(place, message));
  }

  static Diagnostic warning(DiagnosticCode code, Place place, String message) {
    return Diagnostic.warning(code, location(place), message(place, message));
  }

  public static LinkException failure(DiagnosticCode code, Place place, String message) {
    return new LinkException(code, location(place), message(place, message));
  }

  private static Location location(Place place) {
    return place == null ? Location.NONE : place.location();
  }

  private static String message(Place place, String message) {
    return place == null ? message : place.message(message);
  }
}
