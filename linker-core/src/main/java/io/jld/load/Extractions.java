package io.jld.load;

import io.jld.model.Context;
import java.util.List;

/** Why archive members are linked; empty where nothing reports it. */
public record Extractions(List<Extraction> list) {
  public static Extractions of(Context ctxt) {
    return ctxt.get(Extractions.class);
  }
}
