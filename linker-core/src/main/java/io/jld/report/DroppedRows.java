package io.jld.report;

import static io.jld.elf.Elf.*;

import io.jld.elf.Columns;
import io.jld.input.ObjectFile;
import io.jld.link.MapSink;
import io.jld.link.MapSink.Dropped;
import io.jld.link.MapSink.Reason;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.BitSet;
import java.util.function.Consumer;

/** The input sections that are not part of the output, for a {@link MapSink}, and why. */
final class DroppedRows {
  private final Context ctxt;
  private final SectionTable sections;
  private final Consumer<Dropped> sink;

  /** The others. */
  private final BitSet present;

  /** For each signature of a COMDAT group, by its number: the object whose group is linked. */
  private final int[] owner;

  /** The index of the group there. */
  private final int[] group;

  /**
   * @param present the input sections that are part of the output
   */
  DroppedRows(Context ctxt, BitSet present, Consumer<Dropped> sink) {
    this.ctxt = ctxt;
    this.present = present;
    this.sections = ctxt.sections();
    this.sink = sink;
    owner = new int[ctxt.names.end()];
    group = new int[ctxt.names.end()];
    Columns.fill(owner, -1);
    for (LinkedObject o : ctxt.objects()) {
      int index = 0;
      for (ObjectFile.Group g : o.file().groups()) {
        int name = o.nameId(g.name());
        if (g.comdat() && owner[name] < 0) { // the first in the order of the link
          owner[name] = o.order();
          group[name] = index;
        }
        index++;
      }
    }
  }

  void run() {
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile f = o.file();
      int[] groupOf = new int[f.sectionCount()];
      for (ObjectFile.Group g : f.groups()) {
        for (int m : g.members()) {
          groupOf[m] = o.nameId(g.name());
        }
      }
      for (int i = 1; i < f.sectionCount(); i++) {
        if (isDropped(o, i)) {
          dropped(o, i, groupOf[i]);
        }
      }
    }
  }

  private boolean isDropped(LinkedObject object, int section) {
    return switch (object.file().type(section)) {
      case SHT_NULL,
          SHT_SYMTAB,
          SHT_STRTAB,
          SHT_REL,
          SHT_RELA,
          SHT_SYMTAB_SHNDX,
          SHT_GROUP -> // tables, which the output has of its own
          false;
      default -> !present.get(object.sectionId(section));
    };
  }

  /**
   * @param signature of its group; 0 for none
   */
  private void dropped(LinkedObject object, int section, int signature) {
    int id = object.sectionId(section);
    Reason reason = Reason.EXCLUDED;
    int kept = 0;
    String name = null;
    if (sections.has(id, SectionTable.HAS_PLACE)) {
      reason = Reason.EMPTY;
    } else if (sections.kept(id) != id) {
      reason = Reason.FOLDED;
      kept = sections.kept(id);
    } else if (sections.has(id, SectionTable.THROWN_AWAY)) {
      reason = Reason.SCRIPT;
    } else if (sections.has(id, SectionTable.COLLECTED)) {
      reason = Reason.GARBAGE;
    } else if (sections.has(id, SectionTable.DUPLICATE) && signature != 0) {
      reason = Reason.COMDAT;
      kept = counterpart(object, section, signature);
      name = ctxt.symbols().name(signature);
    }
    sink.accept(
        new Dropped(
            id,
            object.order(),
            object.file().sectionName(section),
            object.file().rawSize(section),
            reason,
            kept,
            name));
  }

  /** The section of that name in the group that is linked; 0 where there is none. */
  private int counterpart(LinkedObject object, int section, int signature) {
    LinkedObject other = ctxt.objects().get(owner[signature]);
    String name = object.file().sectionName(section);
    for (int m : other.file().groups().get(group[signature]).members()) {
      int id = other.sectionId(m);
      if (other.file().isNamed(m, name) && sections.has(id, SectionTable.HAS_PLACE)) {
        return id;
      }
    }
    return 0;
  }
}
