package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.dynamic.LoaderTables;
import io.jld.gather.PlanSections;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.input.SectionNames;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes the output's sections: input sections in the order of the link, then what the linker makes.
 * An output section's number is the order in which its first part came.
 */
public final class MakeSections {
  private final Context ctxt;
  private final Map<String, OutputSection> byName = new HashMap<>();

  /** The same for the kinds that say all: no name has to be looked up for most sections. */
  private final OutputSection[] byKind = new OutputSection[SectionKind.values().length];

  private MakeSections(Context ctxt) {
    this.ctxt = ctxt;
  }

  public static void run(Context ctxt) {
    if (ctxt.isScripted) {
      SymbolValues.start(ctxt); // what stays though it is empty may depend on some
      PlanSections.make(ctxt, MadeContents.all(ctxt));
      return;
    }
    MakeSections m = new MakeSections(ctxt);
    boolean keepDebug = ctxt.option(LinkOption.STRIP) == LinkOption.Strip.NONE;
    for (LinkedObject o : ctxt.objects) {
      m.add(o, keepDebug);
    }
    for (Synthetic s : MadeContents.all(ctxt)) {
      boolean dropped =
          (s.flags() & SHF_ALLOC) == 0 && !keepDebug && s.section().startsWith(".debug");
      if (!dropped && s.isNeeded(ctxt)) {
        m.section(s.section()).add(s);
      }
    }
    ctxt.outputs = ctxt.outputSections.toArray(OutputSection[]::new);
    LoaderTables.of(ctxt).dynamic().collectIfNeeded(ctxt);
  }

  private OutputSection section(String name) {
    return byName.computeIfAbsent(
        name,
        n -> {
          OutputSection s = new OutputSection(n, ctxt.outputSections.size());
          ctxt.outputSections.add(s);
          return s;
        });
  }

  private OutputSection sectionOf(ObjectFile f, int i) {
    SectionKind kind = f.kind(i);
    if (kind.output() == null || kind == SectionKind.CTORS || kind == SectionKind.DTORS) {
      return section(SectionNames.outputName(f, i));
    }
    OutputSection out = byKind[kind.ordinal()];
    if (out == null) {
      out = section(kind.output());
      byKind[kind.ordinal()] = out;
    }
    return out;
  }

  private void add(LinkedObject object, boolean keepDebug) {
    ObjectFile f = object.file();
    SectionTable sections = ctxt.sections;
    int first = object.firstSection();
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      if (!sections.isLive(first + i)) {
        continue;
      }
      if (keepDebug || !SectionNames.isDebug(f, i)) {
        add(f, i, first + i);
      } else {
        sections.clear(first + i, SectionTable.LIVE);
      }
    }
  }

  private void add(ObjectFile f, int i, int id) {
    SectionTable sections = ctxt.sections;
    OutputSection out = sectionOf(f, i);
    int type = f.type(i);
    if (SectionNames.reversed(f, i)) {
      sections.set(id, SectionTable.REVERSED);
      type = out.name().equals(".init_array") ? SHT_INIT_ARRAY : SHT_FINI_ARRAY;
    }
    out.add(id, type, f.flags(i), Decompress.align(f, i), f.entsize(i));
    sections.out[id] = out.number();
  }
}
