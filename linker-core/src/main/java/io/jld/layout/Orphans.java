package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.link.LinkOption.OrphanHandling;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.plan.Statement;
import io.jld.symbol.SectionTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds places for what no description of a script's layout matches, as GNU ld does: with an output
 * section of the same name; else in one of its own, after the section that sections of its kind
 * usually stand in, or after the last one with such flags (its manual, "Orphan Sections").
 */
final class Orphans {
  /** The kinds, each with the section after which the first orphan of it goes. */
  private enum Kind {
    TEXT(".text"),
    RODATA(".rodata"),
    TDATA(".tdata"),
    DATA(".data"),
    BSS(".bss"),
    RELOCATIONS(".rela.dyn"),
    NOTE(".interp"),
    OTHER(null);

    private final String home;

    Kind(String home) {
      this.home = home;
    }
  }

  private final Context ctxt;
  private final List<PlanItem> items;
  private final Map<String, PlanSection> byName;
  private final ApartSections apart;

  /** The last section of each kind that was put somewhere. */
  private final Map<Kind, PlanSection> last = new HashMap<>();

  Orphans(Context ctxt, List<PlanItem> items, Map<String, PlanSection> byName) {
    this.ctxt = ctxt;
    this.items = items;
    this.byName = byName;
    this.apart = new ApartSections(ctxt);
  }

  /**
   * Puts them somewhere.
   *
   * @param inputs numbers of input sections in the order of the link
   * @param made what the linker makes
   */
  void place(List<Integer> inputs, List<Synthetic> made) {
    OrphanHandling handling = ctxt.option(LinkOption.ORPHAN_HANDLING);
    for (int id : inputs) {
      ObjectFile f = ctxt.sections.object(id);
      int i = ctxt.sections.index(id);
      if (handling == OrphanHandling.DISCARD) {
        ctxt.sections.clear(id, SectionTable.LIVE);
        continue;
      }
      report(handling, f, i);
      String name =
          Decompress.isGnuCompressed(f, i) ? "." + f.sectionName(i).substring(2) : f.sectionName(i);
      PlanSection p = sectionOf(name, f.type(i), f.flags(i), apart.isOrphanApart(f, i));
      PlanSections.add(ctxt, p.out, id);
      addLast(p);
      p.kept |= ctxt.sections.size[id] > 0 || p.statement == null || PlanSections.keepsEmpty(ctxt);
    }
    for (Synthetic s : made) {
      PlanSection p = sectionOf(s.section(), s.type(), s.flags(), false);
      p.out.add(s);
      addLast(p);
      p.kept = true;
    }
  }

  private void report(OrphanHandling handling, ObjectFile f, int i) {
    String name = f.sectionName(i);
    String message = "orphan section '" + name + "' is not named by the linker script";
    if (handling == OrphanHandling.WARN) {
      ctxt.warning(f.location(i, -1), message + ": placed in section '" + name + "'");
    } else if (handling == OrphanHandling.ERROR) {
      ctxt.error(f.location(i, -1), message);
    }
  }

  private static void addLast(PlanSection p) {
    p.parts.add(new PlanSection.Contents(new int[] {p.out.item(p.out.itemCount() - 1)}));
  }

  private PlanSection sectionOf(String name, int type, long flags, boolean isApart) {
    PlanSection p = byName.get(name);
    if (p != null
        && !isApart
        && (p.out.itemCount() == 0 || p.out.isAlloc() == ((flags & SHF_ALLOC) != 0))) {
      return p;
    }
    OutputSection s = new OutputSection(name, ctxt.outputSections.size());
    ctxt.outputSections.add(s);
    p = new PlanSection(null, null, s);
    p.kept = true;
    byName.putIfAbsent(name, p);
    Kind kind = kind(name, type, flags);
    items.add(placeOf(kind, type, flags), p);
    last.put(kind, p);
    return p;
  }

  private static Kind kind(String name, int type, long flags) {
    if ((flags & SHF_ALLOC) == 0) {
      return Kind.OTHER;
    }
    if (type == SHT_NOTE || name.equals(".interp")) {
      return Kind.NOTE;
    }
    if (type == SHT_NOBITS && (flags & SHF_TLS) == 0) {
      return Kind.BSS;
    }
    if ((flags & SHF_TLS) != 0) {
      return Kind.TDATA;
    }
    if ((flags & SHF_WRITE) != 0) {
      return Kind.DATA;
    }
    if (type == SHT_RELA || type == SHT_REL) {
      return Kind.RELOCATIONS;
    }
    return (flags & SHF_EXECINSTR) != 0 ? Kind.TEXT : Kind.RODATA;
  }

  /** Where in the list of items a new section goes. */
  private int placeOf(Kind kind, int type, long flags) {
    PlanSection after = last.get(kind);
    if (after == null && kind.home != null) {
      after = byName.get(kind.home);
      after = after == null && kind == Kind.RELOCATIONS ? byName.get(".rel.dyn") : after;
    }
    if (after == null || !items.contains(after)) {
      after = kind == Kind.OTHER ? null : lastLike(kind, type, flags);
    }
    return after == null ? items.size() : behind(items.indexOf(after));
  }

  /** The last section that is most like one of the given kind. */
  private PlanSection lastLike(Kind kind, int type, long flags) {
    long[] masks =
        switch (kind) {
          case TEXT ->
              new long[] {SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR, SHF_ALLOC | SHF_EXECINSTR};
          case RODATA, NOTE, RELOCATIONS ->
              new long[] {SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR, SHF_ALLOC | SHF_WRITE};
          case TDATA -> new long[] {SHF_ALLOC | SHF_TLS, SHF_ALLOC | SHF_WRITE};
          default -> new long[] {SHF_ALLOC | SHF_WRITE | SHF_TLS, SHF_ALLOC | SHF_WRITE};
        };
    for (long mask : masks) {
      PlanSection found = null;
      for (PlanItem item : items) {
        if (item instanceof PlanSection p
            && p.out.itemCount() > 0
            && ((p.out.flags() ^ flags) & mask) == 0
            && (kind == Kind.BSS || !p.out.isNobits())) {
          found = p;
        }
      }
      if (found != null) {
        return found;
      }
    }
    PlanSection found = null;
    for (PlanItem item : items) {
      if (item instanceof PlanSection p && p.out.itemCount() > 0 && p.out.isAlloc()) {
        found = p;
      }
    }
    return found;
  }

  /**
   * After a section and the assignments that follow it, which name its end; but before a new
   * address that the script gives to what comes next.
   */
  private int behind(int index) {
    int at = index + 1;
    int counter = -1;
    while (at < items.size() && items.get(at) instanceof PlanItem.Formula f) {
      Statement.Formula s = ctxt.assignments.statements().get(f.statement());
      if (counter < 0 && s instanceof Statement.Assign a && a.isCounter()) {
        counter = at;
      }
      at++;
    }
    return counter >= 0 && at < items.size() ? counter : at;
  }
}
