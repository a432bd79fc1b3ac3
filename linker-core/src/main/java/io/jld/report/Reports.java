package io.jld.report;

import io.jld.input.Inputs;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.model.CallerException;
import io.jld.model.Context;
import java.util.function.Consumer;

/**
 * The reports on a complete link. Each goes to a sink of its own, line by line: only the caller
 * knows files and standard streams, and a link into memory needs neither.
 */
public final class Reports {
  private Reports() {}

  /**
   * Prints what options ask for.
   *
   * @throws LinkException where a sink can't write what it is given
   * @throws CallerException where a sink throws anything else
   */
  public static void run(Context ctxt, Inputs inputs) {
    Consumer<String> map = sink(ctxt.option(LinkOption.MAP));
    Consumer<String> dependencies = sink(ctxt.option(LinkOption.DEPENDENCY_FILE));
    Consumer<String> extractions = sink(ctxt.option(LinkOption.WHY_EXTRACT));
    if (map == null && ctxt.script.printsMap()) {
      map = ctxt::message;
    }
    if (map != null) {
      LinkMap.print(ctxt, map);
    }
    if (ctxt.option(LinkOption.CREF)) {
      CrossReference.print(ctxt, map != null ? map : ctxt::message);
    }
    Consumer<String> order = sink(ctxt.option(LinkOption.PRINT_SYMBOL_ORDER));
    if (order != null) {
      SymbolOrder.print(ctxt, order);
    }
    if (dependencies != null) {
      DependencyFile.print(ctxt.request(), inputs, dependencies);
    }
    if (extractions != null) {
      WhyExtract.print(ctxt, extractions);
    }
    if (!ctxt.option(LinkOption.MAP_SINKS).isEmpty()) {
      MapFeed.run(ctxt);
    }
    if (ctxt.option(LinkOption.IMAGE)) {
      ImageRows rows = new ImageRows();
      MapFeed.run(ctxt, rows);
      ctxt.handOn(rows);
    }
  }

  private static Consumer<String> sink(Consumer<String> given) {
    return given == null ? null : line -> CallerException.accept(given, line);
  }
}
