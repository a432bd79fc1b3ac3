package io.jld.link;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import java.util.List;

/** What a link ends with where something was thrown that no check foresaw. */
final class Failure {
  private Failure() {}

  /**
   * @param arches those that the link could choose from
   * @param chosen the one that it has; null where it has none yet
   */
  static LinkException of(Throwable thrown, Arches arches, Arch chosen) {
    Throwable e = full(thrown);
    return new LinkException(List.of(diagnostic(e, arches, chosen)), e);
  }

  /** A full heap or stack, where that is why a class or a lambda could not be made. */
  private static Throwable full(Throwable thrown) {
    Throwable e = thrown;
    for (int depth = 0; e != null && depth < 16; depth++) {
      if (e instanceof OutOfMemoryError || e instanceof StackOverflowError) {
        return e;
      }
      e = e.getCause();
    }
    return thrown;
  }

  private static Diagnostic diagnostic(Throwable e, Arches arches, Arch chosen) {
    if (e instanceof OutOfMemoryError) {
      return error(DiagnosticCode.OUT_OF_MEMORY, "out of memory: " + e.getMessage());
    }
    Arch in = thrownIn(e, arches, chosen);
    if (e instanceof IncompatibleClassChangeError && (in != null || chosen != null)) {
      // The stack ends here where an architecture lacks what this calls.
      return error(
          DiagnosticCode.UNUSABLE_ARCHITECTURE,
          "architecture "
              + Arches.describe(in != null ? in : chosen)
              + " was made for another version of jld: "
              + e);
    }
    if (in != null) {
      return error(
          DiagnosticCode.INTERNAL_ERROR,
          "internal error in architecture "
              + Arches.describe(in)
              + ": "
              + e
              + "; please report it");
    }
    return e instanceof StackOverflowError
        ? error(
            DiagnosticCode.NESTED_TOO_DEEPLY, "an input is nested too deeply: the stack is full")
        : error(DiagnosticCode.INTERNAL_ERROR, "internal error: " + e + "; please report it");
  }

  private static Diagnostic error(DiagnosticCode code, String message) {
    return Diagnostic.error(code, Location.NONE, message);
  }

  /** The architecture whose code was running; null where it was not an architecture's. */
  private static Arch thrownIn(Throwable e, Arches arches, Arch chosen) {
    for (StackTraceElement frame : e.getStackTrace()) {
      if (chosen != null && isOf(frame.getClassName(), chosen.getClass())) {
        return chosen;
      }
      for (Arch arch : arches.all()) {
        if (isOf(frame.getClassName(), arch.getClass())) {
          return arch;
        }
      }
    }
    return null;
  }

  /** Whether a class belongs to an architecture: a class in its package, or nested in it. */
  private static boolean isOf(String name, Class<?> arch) {
    String home = arch.getPackageName();
    return home.isEmpty()
        ? name.equals(arch.getName()) || name.startsWith(arch.getName() + "$")
        : name.startsWith(home + ".");
  }
}
