package io.jld.cli;

import io.jld.amd64.Amd64;
import io.jld.arch.Arches;
import io.jld.x86.X86;
import java.util.List;

/**
 * The architectures that the program links for: those that {@link Arches#installed} finds, but the
 * two of the distribution without a search where the launcher says that there are no others. A
 * search opens each jar of the class path, and that is a fifth of the time of a small link; without
 * it the JVM takes all of its classes from the AOT cache and opens no jar at all.
 */
final class Architectures {
  /** The launcher sets it to {@code standard} where {@code lib/arch/} is empty. */
  private static final String PROPERTY = "jld.arch";

  private Architectures() {}

  static Arches installed() {
    return "standard".equals(System.getProperty(PROPERTY))
        ? new Arches(List.of(new Amd64(), new X86()))
        : Arches.installed();
  }
}
