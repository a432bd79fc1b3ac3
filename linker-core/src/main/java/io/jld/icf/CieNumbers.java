package io.jld.icf;

import io.jld.frame.Cie;
import io.jld.frame.EhFrame;
import io.jld.frame.EhRecords;
import io.jld.model.Context;
import java.util.HashMap;
import java.util.Map;

/** A number for each common information entry of {@code .eh_frame}, equal for equal ones. */
final class CieNumbers {
  private final Map<Cie, Integer> numbers = new HashMap<>();

  CieNumbers(Context ctxt) {
    for (EhRecords r : EhFrame.of(ctxt).records()) {
      for (int i = 0; r != null && i < r.cieCount(); i++) {
        numbers.putIfAbsent(r.cieAt(i), numbers.size());
      }
    }
  }

  int of(Cie cie) {
    return numbers.get(cie);
  }
}
