package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.gather.PlanSections;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.model.OutputSection;

/**
 * Makes the output's sections as the plan says, with their contents in order, and puts them into
 * the order of the file.
 */
public final class MakeSections {
  private MakeSections() {}

  public static void run(Context ctxt) {
    SymbolValues.start(ctxt); // what stays though it is empty may depend on some
    PlanSections.make(ctxt, MadeContents.all(ctxt));
    if (ctxt.kind() != OutputKind.RELOCATABLE && SectionOrder.isAskedFor(ctxt)) {
      SectionOrder.run(ctxt);
    }
    for (OutputSection s : ctxt.outputSections()) {
      if ((s.flags() & SHF_LINK_ORDER) != 0) {
        LinkOrder.run(ctxt); // the others have their order
        return;
      }
    }
  }
}
