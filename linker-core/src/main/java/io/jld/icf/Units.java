package io.jld.icf;

import static io.jld.elf.Elf.*;

import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.Arrays;

/**
 * A section and those that are ordered by it ({@code SHF_LINK_ORDER}), and so on: what they say is
 * said of that section alone, so they are compared and folded together.
 */
final class Units {
  /** More are not compared: code and tables are a thousand times smaller. */
  private static final int MOST_BYTES = 1 << 26;

  private static final int MOST_PARTS = 64;

  /** Of what is left out with a folded section, in place of what stands for it. */
  static final int GONE = -1;

  private final SectionTable sections;

  Units(Context ctxt) {
    this.sections = ctxt.sections();
  }

  /**
   * Whether the section and what is ordered by it is small enough to be compared, and nothing that
   * is ordered by it is written to or has no content.
   */
  boolean mayFold(LinkedObject object, int section) {
    ObjectFile f = object.file();
    long size = f.rawSize(section);
    if (!f.hasOrdered()) {
      return size <= MOST_BYTES;
    }
    int count = 1;
    for (int o = f.nextOrderedBelow(section, section); o != 0; ) {
      if (isPart(object, o)) {
        size += f.rawSize(o);
        count++;
        if ((f.flags(o) & (SHF_WRITE | SHF_TLS)) != 0
            || f.type(o) == SHT_NOBITS
            || Decompress.isCompressed(f, o)) {
          return false;
        }
      }
      o = f.nextOrderedBelow(section, o);
    }
    return count <= MOST_PARTS && size <= MOST_BYTES;
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
   * @param into for each section the one that stands for it, or {@link #GONE}
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
          into[object.sectionId(o)] = GONE;
        }
      }
    }
  }
}
