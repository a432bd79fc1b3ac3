package io.jld.gather;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.LinkOption.OrphanHandling;
import io.jld.link.OutputKind;
import io.jld.match.ApartSections;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.place.PlanItem;
import io.jld.place.PlanSection;
import io.jld.place.Traits;
import io.jld.plan.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds places for what no description of a script's layout matches, as GNU ld does: with an output
 * section of the same name; else in one of its own, after the section that sections of its kind
 * usually stand in, or after the last one with such flags (its manual, "Orphan Sections").
 */
public final class Orphans {
  /** The kinds, each with the section after which the first orphan of it goes. */
  private enum Kind {
    TEXT(".text"),
    RODATA(".rodata"),
    TDATA(".tdata"),
    DATA(".data"),
    BSS(".bss"),
    RELOCATIONS(null),
    NOTE(".interp"),
    UNALLOCATED(".comment"),
    LARGE_TEXT(".ltext"),
    LARGE_RODATA(".lrodata"),
    LARGE_DATA(".ldata"),
    LARGE_BSS(".lbss");

    private final String home;

    Kind(String home) {
      this.home = home;
    }
  }

  /** Where orphans of a kind go: each after the one before. */
  private static final class Lane {
    /** What the first one of them goes after; null as long as it is not known. */
    private PlanSection after;

    /** The one that was put into the list of items last. */
    private PlanSection last;

    private int lastAt;

    /** The one that was put into the file last. */
    private PlanSection lastInFile;

    private int lastInFileAt;
  }

  private final Context ctxt;
  private final List<PlanItem> items;
  private final Map<String, PlanSection> byName;
  private final List<PlanSection> order;
  private final ApartSections apart;

  /** Those that there are, by their names. */
  private final Map<String, List<PlanSection>> namesakes = new HashMap<>();

  private final Map<Kind, Lane> lanes = new HashMap<>();

  /** Whether a note has found its place among others, which nothing else is to separate. */
  private PlanSection firstNote;

  /**
   * @param order sections in the order of the file
   */
  Orphans(
      Context ctxt,
      List<PlanItem> items,
      Map<String, PlanSection> byName,
      List<PlanSection> order) {
    this.ctxt = ctxt;
    this.items = items;
    this.byName = byName;
    this.order = order;
    this.apart = new ApartSections(ctxt);
    for (PlanItem item : items) {
      if (item instanceof PlanSection p) {
        note(p);
      }
    }
    for (Kind k : Kind.values()) {
      lanes.put(k, new Lane());
    }
  }

  private void note(PlanSection p) {
    namesakes.computeIfAbsent(p.name(), n -> new ArrayList<>(1)).add(p);
  }

  /** The place of what is at a certain one, or has since moved towards the end. */
  private static int indexFrom(List<?> list, Object o, int from) {
    for (int i = Math.max(0, from); i < list.size(); i++) {
      if (list.get(i) == o) {
        return i;
      }
    }
    return list.indexOf(o);
  }

  /**
   * Puts them somewhere, in the order of the link.
   *
   * @param reports whether it is said of what the options ask for
   */
  void place(List<Input> orphans, boolean reports) {
    for (Input input : orphans) {
      if (reports && input.id() != 0) {
        report(ctxt, input);
      }
      PlanSection p = sectionOf(input);
      int before = p.out.itemCount();
      PlanSections.take(ctxt, p, input);
      if (p.out.itemCount() > before) {
        p.parts.add(new PlanSection.Contents(null, new int[] {p.out.item(before)}));
      }
    }
  }

  /** Says of an input section that it is an orphan, as the option asks for. */
  static void report(Context ctxt, Input input) {
    OrphanHandling handling = ctxt.option(LinkOption.ORPHAN_HANDLING);
    ObjectFile f = input.file();
    int i = ctxt.sections().index(input.id());
    String layout = ctxt.script.isBuiltIn() ? "built-in layout" : "linker script";
    String message = "orphan section '" + input.name() + "' is not named by the " + layout;
    if (handling == OrphanHandling.WARN) {
      ctxt.warning(
          DiagnosticCode.ORPHAN_SECTION,
          f.location(i, -1),
          message + ": placed in section '" + outputName(ctxt, input) + "'");
    } else if (handling == OrphanHandling.ERROR) {
      ctxt.error(DiagnosticCode.ORPHAN_SECTION, f.location(i, -1), message);
    }
  }

  private static String outputName(Context ctxt, Input input) {
    if (ctxt.kind() != OutputKind.RELOCATABLE && (input.flags() & SHF_ALLOC) != 0) {
      if (input.type() == SHT_RELA) {
        return ".rela.dyn";
      }
      if (input.type() == SHT_REL) {
        return ".rel.dyn";
      }
    }
    if (input.pattern().equals("COMMON")) {
      return ".bss";
    }
    return input.name();
  }

  private PlanSection sectionOf(Input input) {
    String name = outputName(ctxt, input);
    boolean isApart =
        input.id() != 0 && apart.isOrphanApart(input.file(), ctxt.sections().index(input.id()));
    PlanSection known = isApart ? null : known(input, name);
    if (known != null) {
      if (!known.isMade()) {
        order.add(known);
      }
      return known;
    }
    OutputSection s = new OutputSection(name, ctxt.outputSections().size());
    ctxt.outputSections().add(s);
    PlanSection p = new PlanSection(null, null, s);
    p.likeness = likeness(input);
    byName.putIfAbsent(name, p);
    insert(p, input);
    note(p);
    return p;
  }

  /** One of the name that is of the same kind, or that nothing has made yet. */
  private PlanSection known(Input input, String name) {
    PlanSection unused = null;
    for (PlanSection p : namesakes.getOrDefault(name, List.of())) {
      int differ = (p.traits() ^ input.traits()) & (Traits.LOAD | Traits.ALLOC);
      if (!p.isMade()) {
        unused = p;
      } else if (p.statement == null && !p.likeness.equals(likeness(input))) {
        continue;
      } else if (p.traits() == 0 || (differ == 0 && p.type() == input.type())) {
        return p;
      } else if (input.made() instanceof io.jld.resolve.Commons) {
        return p; // .bss takes them whatever it is
      }
    }
    return unused;
  }

  /**
   * What sections of a relocatable output have in common beside their kind: the size of what the
   * final link may merge, and where the section is by which it orders them.
   */
  private String likeness(Input input) {
    if (ctxt.kind() != OutputKind.RELOCATABLE || input.id() == 0) {
      return "";
    }
    ObjectFile f = input.file();
    int i = ctxt.sections().index(input.id());
    long merge = input.flags() & (SHF_MERGE | SHF_STRINGS | SHF_EXCLUDE | SHF_GNU_RETAIN);
    int linked = f.orderedBy(i);
    return merge
        + " "
        + ((merge & SHF_MERGE) == 0 ? 0 : f.entsize(i))
        + (linked == 0 ? "" : " " + f.sectionName(linked));
  }

  /** The kind; for what may be far from others a place far from them, where there is one. */
  private Kind kind(Input input) {
    Kind near = nearKind(input);
    if (near == null || (input.flags() & SHF_X86_64_LARGE) == 0) {
      return near;
    }
    Kind far =
        switch (near) {
          case TEXT -> Kind.LARGE_TEXT;
          case RODATA -> Kind.LARGE_RODATA;
          case DATA -> Kind.LARGE_DATA;
          case BSS -> Kind.LARGE_BSS;
          default -> near;
        };
    return far.home == null || inItems(far.home) == null ? near : far;
  }

  private static Kind nearKind(Input input) {
    int t = input.traits();
    if ((t & Traits.ALLOC) == 0) {
      return (t & Traits.DEBUG) == 0 ? Kind.UNALLOCATED : null;
    }
    if ((t & Traits.LOAD) != 0 && input.type() == SHT_NOTE) {
      return Kind.NOTE;
    }
    if ((t & (Traits.LOAD | Traits.CONTENTS | Traits.TLS)) == 0) {
      return Kind.BSS;
    }
    if ((t & Traits.TLS) != 0) {
      return Kind.TDATA;
    }
    if ((t & Traits.READONLY) == 0) {
      return Kind.DATA;
    }
    if (input.type() == SHT_RELA || input.type() == SHT_REL) {
      return Kind.RELOCATIONS;
    }
    return (t & Traits.CODE) != 0 ? Kind.TEXT : Kind.RODATA;
  }

  private void insert(PlanSection p, Input input) {
    Kind kind = kind(input);
    if (kind == null) {
      items.add(p);
      order.add(p);
      return;
    }
    Lane lane = lanes.get(kind);
    if (lane.after == null) {
      lane.after =
          kind == Kind.RELOCATIONS
              ? relocationsBefore(input)
              : kind.home == null ? null : inItems(kind.home);
    }
    PlanSection after = lane.after;
    if (after == null) {
      AlikeSection alike = new AlikeSection(items, input);
      after = alike.find();
      lane.after = alike.isExact() ? after : null;
    }
    p.likes = (input.traits() & (Traits.LOAD | Traits.ALLOC)) != 0 ? after : null;
    boolean directly = insertInFile(p, input, lane, after);
    if (lane.last == null || directly) {
      PlanSection place = directly ? moved : after;
      lane.lastAt = behind(place);
    } else {
      lane.lastAt = indexFrom(items, lane.last, lane.lastAt) + 1;
    }
    items.add(lane.lastAt, p);
    lane.last = p;
  }

  /** The section after or before which a note has to stand, once that is decided. */
  private PlanSection moved;

  /**
   * Puts it into the order of the file.
   *
   * @return whether it stands beside another note, and is to do so in the list of items as well
   */
  private boolean insertInFile(PlanSection p, Input input, Lane lane, PlanSection after) {
    moved = null;
    int at;
    if (lane.lastInFile != null) {
      at = indexFrom(order, lane.lastInFile, lane.lastInFileAt) + 1;
    } else {
      PlanSection made = after;
      for (int i = items.indexOf(after); made != null && !made.isMade() && --i >= -1; ) {
        made = i < 0 ? null : items.get(i) instanceof PlanSection s ? s : made;
      }
      at = made == null ? 0 : order.indexOf(made) + 1;
    }
    lane.lastInFile = p;
    lane.lastInFileAt = at;
    boolean isNote = isNote(input.type(), input.traits());
    PlanSection next = at < order.size() ? order.get(at) : null;
    if (next != null && (isNote || isNote(next.type(), next.traits()))) {
      return isNote ? besideNotes(p, input, at) : behindNotes(p, at);
    }
    order.add(at, p);
    return false;
  }

  private static boolean isNote(int type, int traits) {
    return type == SHT_NOTE && (traits & Traits.LOAD) != 0;
  }

  /** Notes stand together, those with larger alignments first. */
  private boolean besideNotes(PlanSection p, Input input, int at) {
    firstNote = null;
    PlanSection after = null;
    for (PlanSection s : order) {
      if (isNote(s.type(), s.traits())) {
        firstNote = firstNote == null ? s : firstNote;
        if (s.out.align() >= input.align()) {
          after = s;
        }
      } else if (firstNote != null) {
        break;
      }
    }
    if (firstNote == null) {
      order.add(at, p);
      return false;
    }
    if (after != null) {
      order.add(order.indexOf(after) + 1, p);
      moved = after;
      return true;
    }
    order.add(order.indexOf(firstNote), p);
    moved = beforeInItems(firstNote);
    return true;
  }

  private PlanSection beforeInItems(PlanSection p) {
    PlanSection found = null;
    for (PlanItem item : items) {
      if (item == p) {
        return found;
      }
      found = item instanceof PlanSection s ? s : found;
    }
    return null;
  }

  /** Another section does not separate notes. */
  private boolean behindNotes(PlanSection p, int at) {
    if (firstNote == null) {
      order.add(at, p);
      return false;
    }
    PlanSection after = order.get(at);
    for (int i = at + 1; i < order.size(); i++) {
      if (isNote(order.get(i).type(), order.get(i).traits())) {
        after = order.get(i);
      }
    }
    order.add(order.indexOf(after) + 1, p);
    moved = after;
    return items.contains(after);
  }

  private PlanSection inItems(String name) {
    for (PlanItem item : items) {
      if (item instanceof PlanSection p && p.name().equals(name)) {
        return p;
      }
    }
    return null;
  }

  /** Relocations stand with others, else after what is read only. */
  private PlanSection relocationsBefore(Input input) {
    boolean dynamic = ctxt.kind() != OutputKind.RELOCATABLE;
    PlanSection last = null;
    PlanSection lastAlloc = null;
    PlanSection lastReadOnly = null;
    for (PlanItem item : items) {
      if (!(item instanceof PlanSection p)) {
        continue;
      }
      if (p.name().startsWith(".rel") && dynamic) {
        break; // those of the loader come first
      }
      last = p;
      if ((p.traits() & Traits.ALLOC) != 0) {
        lastAlloc = p;
        if ((p.traits() & Traits.READONLY) != 0) {
          lastReadOnly = p;
        }
      }
    }
    return lastReadOnly != null ? lastReadOnly : lastAlloc != null ? lastAlloc : last;
  }

  /**
   * After a section and the assignments that follow it, which name its end; but before a new
   * address that the script gives to what comes next.
   *
   * @param after null for the start of all
   */
  private int behind(PlanSection after) {
    boolean first = after == null; // the first address is that of all
    int counter = -1;
    int at = after == null ? 0 : items.indexOf(after) + 1;
    for (; at < items.size(); at++) {
      if (items.get(at) instanceof PlanItem.Formula f) {
        Statement.Formula s = ctxt.assignments.statements().get(f.statement());
        if (counter < 0 && s instanceof Statement.Assign a && a.isCounter()) {
          counter = first ? counter : at;
          first = false;
        }
      } else if (items.get(at) instanceof PlanSection p) {
        boolean moves = !p.isMade() || p.out.itemCount() == 0 || (p.traits() & Traits.ALLOC) != 0;
        return counter >= 0 && moves ? counter : at;
      }
    }
    return at;
  }
}
