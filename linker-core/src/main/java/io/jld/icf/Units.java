package io.jld.icf;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;

/**
 * A section and those that are ordered by it ({@code SHF_LINK_ORDER}), and so on: what they say is
 * said of that section alone, so they are compared and folded together.
 */
final class Units {
  private final Context ctxt;
  private final SectionTable sections;

  Units(Context ctxt) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
  }

  /** Whether nothing that is ordered by the section is written to or has no content. */
  boolean mayFold(LinkedObject object, int section) {
    ObjectFile f = object.file();
    if (!f.hasOrdered()) {
      return true;
    }
    for (int o = f.nextOrderedBelow(section, section); o != 0; ) {
      if (isPart(object, o)
          && ((f.flags(o) & (SHF_WRITE | SHF_TLS)) != 0 || f.type(o) == SHT_NOBITS)) {
        return false;
      }
      o = f.nextOrderedBelow(section, o);
    }
    return true;
  }

  /**
   * The numbers of the section itself and of what is ordered by it and loaded, in the order of the
   * object.
   */
  int[] parts(int id) {
    LinkedObject object = sections.object(id);
    ObjectFile f = object.file();
    int[] parts = {id};
    if (f.hasOrdered()) {
      int root = sections.index(id);
      for (int o = f.nextOrderedBelow(root, root); o != 0; o = f.nextOrderedBelow(root, o)) {
        if (isPart(object, o)) {
          parts = Arrays.copyOf(parts, parts.length + 1);
          parts[parts.length - 1] = object.sectionId(o);
        }
      }
    }
    return parts;
  }

  private boolean isPart(LinkedObject object, int section) {
    return (object.file().flags(section) & SHF_ALLOC) != 0
        && sections.isLive(object.sectionId(section));
  }

  /**
   * Folds a section into another of its class, with what is ordered by it. What of that is not
   * loaded is left out.
   *
   * @param into for each section the one that stands for it
   */
  void fold(int from, int to, int[] into) {
    LinkedObject object = sections.object(from);
    ObjectFile f = object.file();
    if (!f.hasOrdered() && !sections.object(to).file().hasOrdered()) {
      into[from] = to;
      sections.clear(from, SectionTable.LIVE);
      return;
    }
    int[] gone = parts(from);
    int[] stay = parts(to);
    for (int p = 0; p < gone.length; p++) {
      into[gone[p]] = stay[p];
      sections.clear(gone[p], SectionTable.LIVE);
    }
    if (f.hasOrdered()) {
      int root = sections.index(from);
      for (int o = f.nextOrderedBelow(root, root); o != 0; o = f.nextOrderedBelow(root, o)) {
        if (sections.isLive(object.sectionId(o))) {
          sections.clear(object.sectionId(o), SectionTable.LIVE);
          discardSymbols(object, o);
        }
      }
    }
  }

  private void discardSymbols(LinkedObject object, int section) {
    ObjectFile f = object.file();
    for (int i = 1; i < f.symbolCount(); i++) {
      int id = object.symbolId(i);
      if (f.shndx(i) == section
          && (i < f.firstGlobal() || ctxt.symbols().isDefinedBy(id, object.order(), i))) {
        ctxt.symbols().setFlags(id, SymbolTable.DISCARDED);
      }
    }
  }
}
