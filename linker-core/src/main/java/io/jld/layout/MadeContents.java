package io.jld.layout;

import io.jld.content.MergedAttributes;
import io.jld.content.NoteProperty;
import io.jld.dynamic.LoaderTables;
import io.jld.frame.EhFrame;
import io.jld.gdbindex.GdbIndex;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import io.jld.resolve.CommonSymbols;
import io.jld.synth.Synthetics;
import java.util.ArrayList;
import java.util.List;

/** All that the linker makes; what of it is not needed is in no section of the output. */
final class MadeContents {
  private MadeContents() {}

  /** In an order that settles ties between sections of one rank. */
  static List<Synthetic> all(Context ctxt) {
    Synthetics synth = Synthetics.of(ctxt);
    LoaderTables loader = LoaderTables.of(ctxt);
    List<Synthetic> all = new ArrayList<>(MergePools.of(ctxt).pools());
    all.addAll(
        List.of(
            loader.interp(),
            synth.buildId(),
            synth.notePackage(),
            loader.gnuHash(),
            loader.sysvHash(),
            loader.dynSym(),
            loader.dynStr(),
            loader.relDyn(),
            loader.androidRelocs(),
            loader.relPlt(),
            synth.plt(),
            synth.ehFrameHdr(),
            EhFrame.of(ctxt),
            loader.dynamic(),
            synth.gotPlt(),
            synth.got(),
            loader.relrDyn(),
            synth.pltGot(),
            synth.pltSec(),
            loader.verSym(),
            loader.verDef(),
            loader.verNeed()));
    all.addAll(synth.copies());
    all.addAll(CommonSymbols.of(ctxt).spaces());
    NoteProperty properties = NoteProperty.of(ctxt);
    if (properties != null) {
      all.add(properties);
    }
    MergedAttributes attributes = MergedAttributes.of(ctxt);
    if (attributes != null) {
      all.add(attributes);
    }
    GdbIndex index = ctxt.find(GdbIndex.class);
    if (index != null) {
      all.add(index);
    }
    return all;
  }
}
