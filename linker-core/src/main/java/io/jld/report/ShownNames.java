package io.jld.report;

import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.source.Demangler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Symbols' names as reports show them: demangled, unless {@code --no-demangle} is given. */
public final class ShownNames {
  /** Names that the demangler gets at once. */
  private static final int BATCH = 20_000;

  private final Context ctxt;
  private final Map<String, String> table = new HashMap<>();

  /** Names of symbols that a report mentions. */
  interface Ids {
    void forEach(IntConsumer id);
  }

  /**
   * @param ids calls its argument with the number of each symbol that will be asked for
   */
  ShownNames(Context ctxt, Ids ids) {
    this.ctxt = ctxt;
    if (!ctxt.option(LinkOption.DEMANGLE)) {
      return;
    }
    Demangler demangler = new Demangler();
    List<String> batch = new ArrayList<>();
    ids.forEach(
        id -> {
          String name = ctxt.symbols().name(id);
          if (name.startsWith("_Z") || name.startsWith("_R")) {
            batch.add(name);
            if (batch.size() == BATCH) {
              table.putAll(demangler.names(batch));
              batch.clear();
            }
          }
        });
    table.putAll(demangler.names(batch));
  }

  String of(int id) {
    String name = ctxt.symbols().name(id);
    return table.getOrDefault(name, name);
  }
}
