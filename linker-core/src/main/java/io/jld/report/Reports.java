package io.jld.report;

import io.jld.input.Inputs;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.pass.Context;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/**
 * The reports on a complete link. Each goes to a sink of its own, line by line: it is for the
 * caller to know of files and standard streams, and a link into memory needs neither.
 */
public final class Reports {
  private Reports() {}

  /**
   * Prints what options ask for.
   *
   * @throws LinkException where a sink fails
   */
  public static void run(Context ctxt, Inputs inputs) {
    Consumer<String> map = ctxt.option(LinkOption.MAP);
    Consumer<String> dependencies = ctxt.option(LinkOption.DEPENDENCY_FILE);
    try {
      if (map != null) {
        LinkMap.print(ctxt, map);
      }
      if (ctxt.option(LinkOption.CREF)) {
        CrossReference.print(ctxt, map != null ? map : ctxt::message);
      }
      if (dependencies != null) {
        DependencyFile.print(ctxt.request(), inputs, dependencies);
      }
    } catch (UncheckedIOException e) {
      throw new LinkException(
          Location.NONE, "a report cannot be written: " + e.getCause().getMessage());
    }
  }
}
