package io.jld.resolve;

import io.jld.elf.Columns;
import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.symbol.AtomicElements;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.BitSet;
import java.util.List;

/**
 * Links one COMDAT group of each signature (gABI, "Section Groups"): that of the first object in
 * the order of the link. It stands before resolution, so that what a left-out group defines does
 * not count as a definition.
 */
public final class EliminateComdat {
  private EliminateComdat() {}

  public static void run(Context ctxt) {
    List<LinkedObject> objects = ctxt.objects();
    int[] owner = new int[ctxt.names.end()];
    Columns.fill(owner, Integer.MAX_VALUE);
    BitSet compiled = ctxt.plugins() == null ? null : compiled(ctxt);
    boolean alone = ctxt.tasks().isAlone();
    ctxt.tasks()
        .forRanges(
            objects.size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                LinkedObject object = objects.get(o);
                boolean all =
                    compiled == null || object.file().origin() == ObjectFile.Origin.COMPILED;
                claim(object, owner, o, all ? null : compiled, alone);
              }
            });
    ctxt.tasks()
        .forRanges(
            objects.size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                drop(ctxt.sections(), objects.get(o), owner, o);
              }
            });
  }

  /**
   * The groups of intermediate code that has been compiled: it may have them as ordinary sections
   * now, or nowhere, and no other object's must come back for that.
   */
  private static BitSet compiled(Context ctxt) {
    BitSet names = new BitSet();
    ctxt.plugins().groups().forEach(g -> names.set(ctxt.names.find(g)));
    names.clear(0); // the name of none
    return names;
  }

  /**
   * @param others groups that are not this object's to link; null: none
   */
  private static void claim(LinkedObject o, int[] owner, int object, BitSet others, boolean alone) {
    for (ObjectFile.Group g : o.file().groups()) {
      if (g.comdat() && (others == null || !others.get(o.nameId(g.name())))) {
        AtomicElements.lower(owner, o.nameId(g.name()), object, alone);
      }
    }
  }

  private static void drop(SectionTable sections, LinkedObject o, int[] owner, int object) {
    ObjectFile f = o.file();
    for (ObjectFile.Group g : f.groups()) {
      if (g.comdat() && owner[o.nameId(g.name())] != object) {
        for (int m : g.members()) {
          drop(sections, o.sectionId(m));
        }
      }
    }
    if (!f.groups().isEmpty() && f.hasOrdered()) {
      dropOrdered(sections, o);
    }
  }

  /**
   * A section that is ordered by another ({@code SHF_LINK_ORDER}) describes that one alone, and
   * goes with it.
   */
  private static void dropOrdered(SectionTable sections, LinkedObject object) {
    ObjectFile f = object.file();
    for (int i = 1; i < f.sectionCount(); i++) {
      if (isDuplicate(sections, object, i) && !isDuplicate(sections, object, f.orderedBy(i))) {
        for (int o = f.nextOrderedBelow(i, i); o != 0; o = f.nextOrderedBelow(i, o)) {
          drop(sections, object.sectionId(o));
        }
      }
    }
  }

  private static boolean isDuplicate(SectionTable sections, LinkedObject o, int section) {
    return sections.has(o.sectionId(section), SectionTable.DUPLICATE);
  }

  private static void drop(SectionTable sections, int id) {
    sections.clear(id, SectionTable.LIVE);
    sections.set(id, SectionTable.DUPLICATE);
  }
}
