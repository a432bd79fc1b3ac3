package io.jld.gdbindex;

import io.jld.dwarf.DebugSection;
import io.jld.dwarf.DwarfFile;
import io.jld.dwarf.Ranges;
import io.jld.dwarf.Unit;
import io.jld.link.LinkException;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Entries whose names stand in other units, or objects: with GCC's link-time optimization what is
 * compiled at the end refers to what was written when its source was read. They are looked up when
 * all objects have been read.
 */
final class ForeignNames {
  /**
   * An entry that another one refers to.
   *
   * @param section its number in the link
   * @param offset in the section
   * @param object the one that refers to it
   * @param reference what {@link NameBatch#add} is to say of its name
   */
  record Reference(int section, long offset, ObjectIndex object, int reference) {}

  private static final Ranges NO_RANGES = new Ranges((section, from, to) -> {});

  private final Context ctxt;
  private final NamePool pool;

  private ForeignNames(Context ctxt, NamePool pool) {
    this.ctxt = ctxt;
    this.pool = pool;
  }

  /**
   * Finds the names, and adds them to those of the objects that refer to them.
   *
   * @throws LinkException where what is referred to is damaged
   */
  static void find(Context ctxt, NamePool pool, List<ObjectIndex> objects) {
    List<Reference> all = new ArrayList<>();
    Map<LinkedObject, ObjectIndex> indices = new HashMap<>();
    for (ObjectIndex x : objects) {
      all.addAll(x.foreign());
      indices.put(x.object(), x);
    }
    all.sort(Comparator.comparingInt(Reference::section).thenComparingLong(Reference::offset));
    List<List<Reference>> bySection = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i == 0 || all.get(i).section != all.get(i - 1).section) {
        bySection.add(new ArrayList<>());
      }
      bySection.getLast().add(all.get(i));
    }
    ForeignNames names = new ForeignNames(ctxt, pool);
    ctxt.tasks()
        .forEach(
            bySection.size(),
            s -> {
              LinkedObject object = ctxt.sections().object(bySection.get(s).getFirst().section);
              if (indices.get(object) != null) {
                names.find(indices.get(object), bySection.get(s));
              }
            });
  }

  /** Reads those units of an object's section again that are referred to. */
  private void find(ObjectIndex target, List<Reference> wanted) {
    DwarfFile file = new DwarfFile(target.object().file(), ctxt.arch());
    NameBatch batch = new NameBatch();
    DieNames dies = new DieNames(file, batch, NO_RANGES, (reference, in, offset, symbol) -> {});
    List<Reference> found = new ArrayList<>();
    int next = 0;
    for (int u = 0; u < target.units() && next < wanted.size(); u++) {
      if (target.object().sectionId(target.section(u)) != wanted.get(next).section) {
        continue;
      }
      long end = (long) target.start(u) + target.length(u);
      if (wanted.get(next).offset < end) {
        DebugSection section = file.section(target.section(u));
        dies.read(new Unit(file, section, target.start(u)), 0, false);
        batch.dropNames();
        for (; next < wanted.size() && wanted.get(next).offset < end; next++) {
          Reference r = wanted.get(next);
          if (dies.add((int) r.offset, r.reference)) {
            found.add(r);
          }
        }
        int[] numbers = pool.add(batch);
        int[] references = batch.references();
        for (int i = 0; i < numbers.length; i++) {
          found.get(i).object.addName(numbers[i], references[i]);
        }
        found.clear();
        batch.clear();
      }
    }
  }
}
