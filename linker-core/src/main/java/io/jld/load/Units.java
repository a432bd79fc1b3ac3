package io.jld.load;

import io.jld.model.Context;
import java.util.List;

/** What the inputs have turned out to be, in the order of the command line. */
record Units(List<Unit> list) {
  static Units of(Context ctxt) {
    return ctxt.get(Units.class);
  }
}
