package io.jld.layout;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Sizes decide about addresses, and some sizes depend on addresses: the number of program headers,
 * packed relocations, thunks of branches. They are found by turns until they fit each other.
 *
 * <p>There is an end because what takes part may only grow from round to round, or only shrink,
 * once some rounds have not been enough: each change then takes away one of finitely many. The
 * limit is for a mistake in this.
 */
final class SizeLoop {
  private static final int MAX_ROUNDS = 64;

  private final List<BooleanSupplier> parts = new ArrayList<>();

  /**
   * Takes a part with a size of its own.
   *
   * @param fits looks at the addresses; where the size does not fit them, it is changed, and the
   *     answer is no
   */
  void add(BooleanSupplier fits) {
    parts.add(fits);
  }

  /**
   * Goes on until everything fits.
   *
   * @param place gives everything an address, for the sizes as they are
   * @throws LinkException where there is no end
   */
  void run(Runnable place) {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      place.run();
      if (fits()) {
        return;
      }
    }
    throw new LinkException(
        DiagnosticCode.UNSETTLED_LAYOUT,
        Location.NONE,
        "the layout does not settle after " + MAX_ROUNDS + " rounds");
  }

  /** What comes later may depend on the size of what is before it. */
  private boolean fits() {
    for (BooleanSupplier part : parts) {
      if (!part.getAsBoolean()) {
        return false;
      }
    }
    return true;
  }
}
