package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.frame.EhFrame;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.place.PlanItems;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Puts sections with {@code SHF_LINK_ORDER} into the order of the sections that they are linked to
 * (gABI, "Section Attribute Flags"): a table with a record for each function is sorted by address
 * then. As with GNU ld, what is linked to nothing stands before them, in the order of the link, and
 * the output section is itself linked where the first of its input sections is.
 *
 * <p>Only for outputs in which there are such sections.
 */
public final class LinkOrder {
  private final Context ctxt;
  private final SectionTable sections;
  private final OutputSection[] outputs;
  private final MergePools pools;
  private final EhFrame frames;

  /** Position of an output section's first item among all items, by its number. */
  private final int[] first;

  /** Position of each input section among all items, plus 1; 0 where it has none. */
  private final int[] place;

  /** The same for what the linker made. */
  private final Map<Synthetic, Integer> synthetics = new IdentityHashMap<>();

  /** By output section: how many items have been looked at for what has to be sorted before. */
  private final int[] seen;

  private final boolean[] begun;

  private LinkOrder(Context ctxt) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.outputs = ctxt.outputs();
    this.pools = MergePools.of(ctxt);
    this.frames = EhFrame.of(ctxt);
    this.first = new int[outputs.length];
    this.place = new int[sections.count()];
    this.seen = new int[outputs.length];
    this.begun = new boolean[outputs.length];
  }

  /** Sorts the sections; all others have the order that they will have in the output. */
  public static void run(Context ctxt) {
    new LinkOrder(ctxt).run();
    PlanItems.of(ctxt).takeOrder();
  }

  private void run() {
    int at = 1;
    for (OutputSection s : byAddress()) {
      first[s.number()] = at;
      number(s);
      at += s.itemCount();
    }
    for (OutputSection s : ctxt.outputSections()) {
      if (isOrdered(s) && !begun[s.number()]) {
        sortWithLinked(s);
      }
    }
    if (ctxt.kind() != OutputKind.RELOCATABLE) {
      for (OutputSection s : ctxt.outputSections()) {
        if (isOrdered(s)) {
          link(s);
        }
      }
    }
  }

  private static boolean isOrdered(OutputSection s) {
    return (s.flags() & SHF_LINK_ORDER) != 0;
  }

  /**
   * The output's sections in the order of their addresses: that of the file, unless options say
   * where some of them are. What has no address of its own follows the section before it.
   */
  private OutputSection[] byAddress() {
    OutputSection[] all = ctxt.outputSections().toArray(OutputSection[]::new);
    Long rodata = ctxt.option(LinkOption.RODATA_SEGMENT);
    if (ctxt.option(LinkOption.SECTION_START).isEmpty() && rodata == null) {
      return all;
    }
    Long base = ctxt.option(LinkOption.IMAGE_BASE);
    long from =
        base != null
            ? base
            : ctxt.kind() == OutputKind.EXECUTABLE ? ctxt.arch().info().imageBase() : 0;
    long[] start = new long[outputs.length];
    for (OutputSection s : all) {
      if (!s.isAlloc()) {
        start[s.number()] = -1;
        continue;
      }
      Long asked = ctxt.option(LinkOption.SECTION_START).get(s.name());
      if (rodata != null && s.name().equals(".rodata")) {
        asked = asked == null ? rodata : asked;
        rodata = null;
      }
      from = asked == null ? from : asked;
      start[s.number()] = from;
    }
    Arrays.sort(all, (a, b) -> Long.compareUnsigned(start[a.number()], start[b.number()]));
    return all;
  }

  /** Notes the positions of a section's items. */
  private void number(OutputSection s) {
    for (int i = 0, at = first[s.number()]; i < s.itemCount(); i++, at++) {
      int item = s.item(i);
      if (item < 0) {
        synthetics.put(s.synthetic(item), at);
      } else {
        place[item] = at;
      }
    }
  }

  /**
   * Sorts a section, and before it those that its parts are linked to if they have an order of
   * their own to get. In a ring one has to be the last.
   */
  private void sortWithLinked(OutputSection section) {
    OutputSection[] stack = new OutputSection[outputs.length];
    int depth = 0;
    stack[depth++] = section;
    begun[section.number()] = true;
    while (depth > 0) {
      OutputSection s = stack[depth - 1];
      OutputSection before = nextBefore(s);
      if (before != null) {
        begun[before.number()] = true;
        stack[depth++] = before;
      } else {
        sort(s);
        depth--;
      }
    }
  }

  private OutputSection nextBefore(OutputSection s) {
    int n = s.number();
    while (seen[n] < s.itemCount()) {
      int linked = linked(s.item(seen[n]++));
      OutputSection t = linked == 0 ? null : output(linked);
      if (t != null && isOrdered(t) && !begun[t.number()]) {
        return t;
      }
    }
    return null;
  }

  private void sort(OutputSection s) {
    int n = s.itemCount();
    long[] keyed = new long[n];
    for (int i = 0; i < n; i++) {
      int linked = linked(s.item(i));
      keyed[i] = (long) (linked == 0 ? 0 : position(linked)) << 32 | i;
    }
    Arrays.sort(keyed);
    int[] items = new int[n];
    for (int i = 0; i < n; i++) {
      items[i] = s.item((int) keyed[i]);
    }
    s.setItems(items);
    number(s);
  }

  /** The number of the section that an item is linked to; 0 where there is none. */
  private int linked(int item) {
    if (item < 0) {
      return 0;
    }
    LinkedObject object = sections.object(item);
    int link = object.file().orderedBy(sections.index(item));
    return link == 0 ? 0 : object.sectionId(link);
  }

  /** What an input section has become part of; null where that is the section itself. */
  private Synthetic synthetic(int id) {
    if (sections.has(id, SectionTable.MERGED)) {
      return pools.of(sections.object(id), sections.index(id));
    }
    return sections.has(id, SectionTable.EH_FRAME) ? frames : null;
  }

  private int position(int id) {
    return place[id] != 0 ? place[id] : synthetics.getOrDefault(synthetic(id), 0);
  }

  /** Where an input section is in the output; null where it is not there. */
  private OutputSection output(int id) {
    if (place[id] != 0) {
      return outputs[sections.out[id]];
    }
    Synthetic y = synthetic(id);
    return y == null ? null : y.out();
  }

  /** Says in the output what the first of the section's parts says. */
  private void link(OutputSection s) {
    int id = Integer.MAX_VALUE;
    for (int i = 0; i < s.itemCount(); i++) {
      id = s.item(i) < 0 ? id : Math.min(id, s.item(i));
    }
    if ((sections.object(id).file().flags(sections.index(id)) & SHF_LINK_ORDER) == 0) {
      s.setFlags(s.flags() & ~SHF_LINK_ORDER);
      return;
    }
    int linked = linked(id);
    s.linked = linked == 0 ? null : output(linked);
  }
}
