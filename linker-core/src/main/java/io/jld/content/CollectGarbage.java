package io.jld.content;

import static io.jld.elf.Elf.*;

import io.jld.content.WhyLive.Root;
import io.jld.frame.EhFrame;
import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.load.LinkerNames;
import io.jld.match.Matching;
import io.jld.model.Context;
import io.jld.reloc.RelocReader;
import io.jld.resolve.CommonSymbols;
import io.jld.resolve.Exports;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/**
 * {@code --gc-sections}: leaves out the sections that nothing reaches from the entry and from what
 * must stay in any case. Sections are marked in waves: all sections of one wave at the same time,
 * what they refer to is the next one.
 */
public final class CollectGarbage {
  /**
   * A section may be ordered by one that is ordered by another, and so on; a longer chain, or a
   * circle, is cut off here.
   */
  private static final int MAX_ORDERED = 8;

  private final Context ctxt;
  private final SectionTable sections;
  private final SymbolTable symbols;
  private final Exports exports;
  private final EhFrame frames;

  /** Which sections the plan has in {@code KEEP}. */
  private final Matching matching;

  /** Null where nobody asks. */
  private final WhyLive why;

  /** For each loaded member of a group the next one, the first after the last; else 0. */
  private final int[] nextInGroup;

  private CollectGarbage(Context ctxt) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.symbols = ctxt.symbols();
    this.exports = Exports.of(ctxt);
    this.frames = EhFrame.of(ctxt);
    this.matching = Matching.of(ctxt);
    this.why = ctxt.option(LinkOption.WHY_LIVE).isEmpty() ? null : new WhyLive(ctxt);
    this.nextInGroup = new int[sections.count()];
    for (LinkedObject o : ctxt.objects()) {
      for (ObjectFile.Group g : o.file().groups()) {
        chain(o, g);
      }
    }
  }

  /** A group is left out or kept as a whole (gABI, "Section Groups"). */
  private void chain(LinkedObject object, ObjectFile.Group g) {
    ObjectFile f = object.file();
    int first = 0;
    int last = 0;
    for (int m : g.members()) {
      int id = object.sectionId(m);
      if ((f.flags(m) & SHF_ALLOC) != 0 && sections.isLive(id)) {
        first = first == 0 ? id : first;
        nextInGroup[last] = id;
        last = id;
      }
    }
    nextInGroup[last] = first == last ? 0 : first;
    nextInGroup[0] = 0;
  }

  public static void run(Context ctxt) {
    if (ctxt.option(LinkOption.GC_SECTIONS)) {
      CollectGarbage gc = new CollectGarbage(ctxt);
      gc.mark();
      gc.sweep();
      CommonSymbols.of(ctxt).retain(ctxt, gc.withCommons);
      if (gc.why != null) {
        gc.why.print();
      }
    } else if (!ctxt.option(LinkOption.WHY_LIVE).isEmpty()) {
      ctxt.message("without --gc-sections all symbols are live");
    }
  }

  /** Numbers in the order in which they came; grows. */
  private static final class IntList implements IntConsumer {
    private int[] items = new int[64];
    private int count;

    @Override
    public void accept(int i) {
      if (count == items.length) {
        items = Arrays.copyOf(items, count * 2);
      }
      items[count++] = i;
    }
  }

  /** Objects whose common symbols are referred to. */
  private final Set<LinkedObject> withCommons = ConcurrentHashMap.newKeySet();

  private void mark() {
    IntList wave = roots();
    while (wave.count > 0) {
      IntList current = wave;
      int grain =
          why == null
              ? 256
              : Math.max(
                  1, current.count); // which reference comes first must not depend on threads
      IntList[] found = new IntList[(current.count + grain - 1) / grain];
      ctxt.tasks()
          .forRanges(
              current.count,
              grain,
              (from, to) -> {
                IntList next = new IntList();
                RelocReader reader = new RelocReader(ctxt);
                for (int i = from; i < to; i++) {
                  follow(current.items[i], reader, next);
                }
                found[from / grain] = next;
              });
      wave = new IntList();
      for (IntList l : found) {
        for (int i = 0; i < l.count; i++) {
          wave.accept(l.items[i]);
        }
      }
    }
  }

  private IntList roots() {
    IntList roots = new IntList();
    for (String name : LinkerNames.wanted(ctxt)) {
      reach(ctxt.names.find(name), WhyLive.root(Root.OPTION), roots);
    }
    for (int id : LinkerNames.matched(ctxt)) {
      reach(id, WhyLive.root(Root.OPTION), roots);
    }
    for (String name :
        new String[] {
          ctxt.script.isBuiltIn() ? "_start" : "",
          ctxt.option(LinkOption.INIT),
          ctxt.option(LinkOption.FINI)
        }) {
      reach(ctxt.names.find(name), WhyLive.root(Root.OPTION), roots);
    }
    boolean keepExported = ctxt.option(LinkOption.GC_KEEP_EXPORTED);
    for (int id = 1; id < symbols.globals(); id++) {
      // that __start_X is exported keeps no section X: only references do
      if (!ctxt.startStop.containsKey(id)
          && (exports.isExported(ctxt, id) || (keepExported && Exports.isKept(ctxt, id)))) {
        reach(id, WhyLive.root(Root.EXPORTED), roots);
      }
    }
    for (LinkedObject object : ctxt.objects()) {
      for (int i = 1, n = object.file().sectionCount(); i < n; i++) {
        if (sections.isLive(object.sectionId(i)) && isRoot(object, i)) {
          markSection(object.sectionId(i), WhyLive.root(Root.KEPT), 0, roots);
        }
      }
    }
    return roots;
  }

  /** What the plan has in {@code KEEP()}, notes, and what asks for it. */
  private boolean isRoot(LinkedObject object, int i) {
    ObjectFile f = object.file();
    long flags = f.flags(i);
    if ((flags & SHF_ALLOC) == 0 || (flags & SHF_GNU_RETAIN) != 0) {
      return (flags & SHF_ALLOC) != 0;
    }
    int linked = f.orderedBy(i);
    if (linked != 0
        && ((f.flags(linked) & SHF_ALLOC) == 0 || !sections.isLive(object.sectionId(linked)))) {
      return true; // the section that orders it is not collected
    }
    return f.type(i) == SHT_NOTE
        ? (flags & SHF_GROUP) == 0 && linked == 0
        : matching.isKept(object.sectionId(i));
  }

  /**
   * @param from the section that refers to this one, or a {@link WhyLive#root}
   * @param symbol what it refers to it by; 0 for no symbol
   */
  private void markSection(int id, int from, int symbol, IntConsumer next) {
    if (sections.setOnce(id, SectionTable.MARKED)) {
      if (why != null) {
        why.note(id, from, symbol);
      }
      next.accept(id);
    }
  }

  private void reach(int symbol, int from, IntConsumer next) {
    int[] startStop = ctxt.startStop.get(symbol);
    if (startStop != null) {
      if (!ctxt.option(LinkOption.START_STOP_GC)) {
        for (int id : startStop) {
          markSection(id, from, symbol, next);
        }
      }
      return;
    }
    if (symbol == 0 || !symbols.isDefined(symbol)) {
      return;
    }
    if (symbols.file(symbol) instanceof LinkedObject o) {
      int ndx = o.file().shndx(symbols.index(symbol));
      if (ndx == ObjectFile.COMMON) {
        withCommons.add(o);
      }
      if (ndx > 0 && sections.isLive(o.sectionId(ndx))) {
        markSection(o.sectionId(ndx), from, symbol, next);
        if (o.file().hasOrdered()) {
          markLinked(o, ndx, next);
        }
      }
    }
  }

  /**
   * A section that is ordered by another, and is referred to, keeps that other one: it is not
   * linked without it.
   */
  private void markLinked(LinkedObject object, int section, IntConsumer next) {
    ObjectFile f = object.file();
    int at = section;
    for (int depth = 0; depth < MAX_ORDERED && f.orderedBy(at) != 0; depth++) {
      int linked = f.orderedBy(at);
      if (sections.isLive(object.sectionId(linked))) {
        markSection(object.sectionId(linked), object.sectionId(at), 0, next);
      }
      at = linked;
    }
  }

  private void follow(int id, RelocReader reader, IntConsumer next) {
    LinkedObject object = sections.object(id);
    ObjectFile f = object.file();
    int index = sections.index(id);
    if (!sections.has(id, SectionTable.EH_FRAME)
        && reader.open(object, index, ctxt.content(f, index), 0, null)) {
      while (reader.next()) {
        reach(reader.symbol(), id, next);
      }
    }
    frames.forEachReference(ctxt, id, symbol -> reach(symbol, id, next));
    if (nextInGroup[id] != 0) {
      markSection(nextInGroup[id], id, 0, next);
    }
    for (int o = f.hasOrdered() ? f.firstOrdered(index) : 0; o != 0; o = f.nextOrdered(o)) {
      if ((f.flags(o) & SHF_ALLOC) != 0 && sections.isLive(object.sectionId(o))) {
        markSection(object.sectionId(o), id, 0, next);
      }
    }
  }

  private void sweep() {
    boolean print = ctxt.option(LinkOption.PRINT_GC_SECTIONS);
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = 1; i < f.sectionCount(); i++) {
        int id = object.sectionId(i);
        if (sections.isLive(id)
            && (f.flags(i) & SHF_ALLOC) != 0
            && !sections.has(id, SectionTable.MARKED)) {
          collect(id);
          if (print && f.rawSize(i) != 0) {
            ctxt.message(
                "removing unused section '"
                    + f.sectionName(i)
                    + "' in file '"
                    + f.displayName()
                    + "'");
          }
        }
      }
      for (ObjectFile.Group g : f.groups()) {
        sweepGroup(object, g);
      }
      if (f.hasOrdered()) {
        sweepOrdered(object);
      }
    }
    ctxt.startStop.entrySet().removeIf(e -> isGone(e.getKey(), e.getValue()));
  }

  /**
   * Whether {@code __start_X} becomes undefined: a weak one does where no section X is left; any
   * other one stays defined, with an empty set.
   */
  private boolean isGone(int symbol, int[] startStop) {
    if (symbols.has(symbol, SymbolTable.STRONG_REF)) {
      return false;
    }
    for (int id : startStop) {
      if (sections.isLive(id)) {
        return false;
      }
    }
    symbols.undefine(symbol);
    symbols.clearFlags(symbol, SymbolTable.PROTECTED); // the protection was its definition's
    return true;
  }

  /** Debug information in a group goes with the group's code. */
  private void sweepGroup(LinkedObject object, ObjectFile.Group g) {
    ObjectFile f = object.file();
    boolean hadContent = false;
    for (int m : g.members()) {
      boolean alloc = (f.flags(m) & SHF_ALLOC) != 0;
      if (alloc && sections.isLive(object.sectionId(m))) {
        return;
      }
      hadContent |= alloc;
    }
    if (hadContent) {
      for (int m : g.members()) {
        if (sections.isLive(object.sectionId(m))) {
          collect(object.sectionId(m));
        }
      }
    }
  }

  /**
   * A section that describes one other section alone ({@code SHF_LINK_ORDER}) goes with it, where
   * it is not loaded or was only kept because of its name.
   */
  private void sweepOrdered(LinkedObject object) {
    ObjectFile f = object.file();
    for (int i = 1; i < f.sectionCount(); i++) {
      if (isCollected(object, i) && !isCollected(object, f.orderedBy(i))) {
        for (int o = f.nextOrderedBelow(i, i); o != 0; o = f.nextOrderedBelow(i, o)) {
          if (sections.isLive(object.sectionId(o))) {
            collect(object.sectionId(o));
          }
        }
      }
    }
  }

  private boolean isCollected(LinkedObject object, int section) {
    return sections.has(object.sectionId(section), SectionTable.COLLECTED);
  }

  private void collect(int id) {
    sections.clear(id, SectionTable.LIVE);
    sections.set(id, SectionTable.COLLECTED);
  }
}
