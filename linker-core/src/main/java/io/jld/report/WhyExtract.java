package io.jld.report;

import io.jld.link.OutputKind;
import io.jld.load.Extraction;
import io.jld.load.Extractions;
import io.jld.model.Context;
import java.util.function.Consumer;

/**
 * {@code --why-extract}: for each archive member that a reference has brought into the link, who
 * refers to it, and by which symbol. In lld's layout: columns with tabs between them, a line of
 * their names, {@code --entry} and {@code <internal>} for a reference that no file has.
 */
final class WhyExtract {
  private WhyExtract() {}

  static void print(Context ctxt, Consumer<String> sink) {
    sink.accept("reference\textracted\tsymbol");
    Extractions all = Extractions.of(ctxt);
    ShownNames names =
        new ShownNames(
            ctxt,
            take ->
                all.list().stream()
                    .mapToInt(Extraction::symbol)
                    .filter(id -> id != 0)
                    .forEach(take));
    String entry = ctxt.script.entry(ctxt);
    if (entry.isEmpty() && ctxt.kind() != OutputKind.RELOCATABLE && !ctxt.isShared()) {
      entry = "_start";
    }
    for (Extraction e : all.list()) {
      if (e.symbol() != 0) { // else --whole-archive has asked for it
        String name = ctxt.symbols().name(e.symbol());
        String by =
            e.by() != null
                ? e.by().file().displayName()
                : name.equals(entry) ? "--entry" : "<internal>";
        sink.accept(by + "\t" + e.member().file().displayName() + "\t" + names.of(e.symbol()));
      }
    }
  }
}
