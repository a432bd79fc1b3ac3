package io.jld.differential;

import java.util.List;
import java.util.stream.Stream;

/** Everything that is compared. */
final class Cases {
  private Cases() {}

  static List<Case> all() {
    return Stream.of(
            ProgramCases.all(),
            LibraryCases.all(),
            TlsCases.all(),
            LayoutCases.all(),
            ObjectCases.all())
        .flatMap(List::stream)
        .toList();
  }
}
