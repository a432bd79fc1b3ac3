package io.jld.relocatable;

import io.jld.frame.EhFrame;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.write.SymTab;
import java.util.Arrays;
import java.util.List;

/** {@code --emit-relocs}: makes a section of relocations for each output section that has any. */
public final class EmitRelocs {
  private EmitRelocs() {}

  public static void run(Context ctxt) {
    if (!ctxt.option(LinkOption.EMIT_RELOCS)) {
      return;
    }
    if (!SymTab.isNeeded(ctxt)) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "--emit-relocs and --strip-all may not be used together: relocations refer to symbols");
    }
    if (ctxt.option(LinkOption.RETAIN_SYMBOLS) != null) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "--emit-relocs and --retain-symbols-file may not be used together: relocations refer to"
              + " symbols");
    }
    for (OutputSection s : List.copyOf(ctxt.outputSections())) {
      EmittedRelocs relocs = new EmittedRelocs(s, ctxt.arch().info());
      for (int i = 0; i < s.itemCount(); i++) {
        if (s.item(i) >= 0) {
          relocs.add(ctxt, s.item(i));
        } else if (s.synthetic(s.item(i)) == EhFrame.of(ctxt)) {
          relocs.addFrames(ctxt);
        }
      }
      if (relocs.isNeeded(ctxt)) {
        OutputSection out = new OutputSection(relocs.section(), ctxt.outputs().length);
        out.add(relocs);
        out.size = relocs.size(); // no plan places it
        ctxt.outputSections().add(out);
        out.index = ctxt.outputSections().size();
        ctxt.setOutputs(Arrays.copyOf(ctxt.outputs(), ctxt.outputs().length + 1));
        ctxt.outputs()[out.number()] = out;
      }
    }
  }
}
