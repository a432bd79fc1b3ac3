package io.jld.layout;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.merge.MergePool;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.reloc.RelocReader;
import io.jld.resolve.CommonSymbols;
import io.jld.script.InputScript;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.List;

/**
 * {@code NOCROSSREFS} and {@code NOCROSSREFS_TO}: a relocation in one of the sections that a list
 * names, by the name of the output's section, does not refer to another of them.
 */
public final class CheckCrossReferences {
  private final Context ctxt;
  private final List<InputScript.NoCrossRefs> lists;

  private CheckCrossReferences(Context ctxt) {
    this.ctxt = ctxt;
    this.lists = ctxt.script.noCrossRefs();
  }

  public static void run(Context ctxt) {
    if (!ctxt.script.noCrossRefs().isEmpty()) {
      CheckCrossReferences c = new CheckCrossReferences(ctxt);
      ctxt.tasks().forEach(ctxt.objects().size(), i -> c.check(ctxt.objects().get(i)));
    }
  }

  private void check(LinkedObject object) {
    ObjectFile f = object.file();
    RelocReader reader = new RelocReader(ctxt);
    for (int i = 1; i < f.sectionCount(); i++) {
      OutputSection from = output(object, i);
      if (from != null
          && ctxt.sections().kept(object.sectionId(i)) == object.sectionId(i)
          && isListed(from.name())
          && f.relocSection(i) != 0
          && reader.open(object, i, ctxt.content(f, i), 0, null)) {
        while (reader.next()) {
          check(f, i, from, reader);
        }
      }
    }
  }

  private void check(ObjectFile f, int section, OutputSection from, RelocReader reader) {
    int symbol = reader.symbol();
    SymbolTable symbols = ctxt.symbols();
    if (symbol == 0 || !(symbols.file(symbol) instanceof LinkedObject target)) {
      return;
    }
    int sym = symbols.index(symbol);
    int ndx = target.file().shndx(sym);
    OutputSection to =
        ndx == ObjectFile.COMMON
            ? CommonSymbols.of(ctxt).of(target, sym).out()
            : ndx > 0 ? output(target, ndx) : null;
    if (to != null && to != from && isForbidden(from.name(), to.name())) {
      Location where = f.location(section, reader.offset());
      String name = symbols.name(symbol);
      ctxt.error(
          DiagnosticCode.PROHIBITED_REFERENCE,
          where,
          "prohibited cross reference from "
              + from.name()
              + " to "
              + (name.isEmpty() ? "" : "'" + name + "' in ")
              + to.name());
    }
  }

  /** The output section that an input section's content is in; null where it is in none. */
  private OutputSection output(LinkedObject object, int section) {
    int id = ctxt.sections().kept(object.sectionId(section));
    if (ctxt.sections().isLive(id)) {
      return ctxt.sections().out[id] < 0 ? null : ctxt.outputOf(id);
    }
    if (ctxt.sections().has(id, SectionTable.MERGED)) {
      MergePool pool = MergePools.of(ctxt).of(object, section);
      return pool == null ? null : pool.out();
    }
    return null;
  }

  private boolean isListed(String section) {
    return lists.stream().anyMatch(l -> l.sections().contains(section));
  }

  private boolean isForbidden(String from, String to) {
    for (InputScript.NoCrossRefs l : lists) {
      if (l.sections().contains(from)
          && (l.to() ? l.sections().indexOf(to) == 0 : l.sections().contains(to))) {
        return true;
      }
    }
    return false;
  }
}
