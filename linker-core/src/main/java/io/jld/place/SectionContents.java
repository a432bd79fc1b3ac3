package io.jld.place;

import io.jld.elf.ElfClass;
import io.jld.model.Assignments;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import io.jld.plan.Expression;
import io.jld.plan.Fill;
import io.jld.plan.Value;

/**
 * Gives what is in an output section its place there: input sections and what the linker makes,
 * each aligned, data, and what the script does with the location counter between them; gaps are
 * filled as it says.
 */
final class SectionContents {
  /** From so many input sections on, it is worth to know where they have been. */
  private static final int MANY = 32;

  private final Context ctxt;
  private final Placer placer;
  private final PlaceScope scope;
  private final boolean relocatable;
  private Placer.Phase phase;

  /** The placer's location counter, while a section is gone through. */
  private long counter;

  /** Of the section under way, in the last round; null where nothing is filled. */
  private Gaps gaps;

  /** What gaps are filled with; null: as usual. */
  private byte[] pattern;

  /** Null where all items stay where they are. */
  private Overflow overflow;

  /** Of the section under way, and whether something has moved from it. */
  private Regions.Region region;

  private boolean isFull;

  SectionContents(Context ctxt, Placer placer, PlaceScope scope, boolean relocatable) {
    this.ctxt = ctxt;
    this.placer = placer;
    this.scope = scope;
    this.relocatable = relocatable;
  }

  void setOverflow(Overflow o) {
    overflow = o;
  }

  /**
   * Places the parts of a section one after the other, from the location counter on.
   *
   * @param of the region that they are to fit into; null where they have their places
   */
  void place(PlanSection p, Placer.Phase in, Regions.Region of) {
    phase = in;
    region = of;
    isFull = false;
    counter = placer.counter();
    OutputSection out = p.out;
    long subalign = subalign(p);
    Fill fill = p.statement == null ? null : p.statement.fill();
    fill = fill == null && p.overlay != null ? p.overlay.fill() : fill;
    gaps = phase == Placer.Phase.CHECK && p.kept && !out.isNobits() ? new Gaps(out.name()) : null;
    pattern = fill == null ? null : pattern(fill);
    for (PlanSection.Part part : p.parts) {
      // no switch over types, because that costs a cold start (docs/performance.md)
      if (part instanceof PlanSection.Contents c) {
        contents(p, c, subalign);
      } else if (part instanceof PlanSection.Assignment a) {
        long from = counter;
        placer.setCounter(counter);
        placer.formula(a.statement(), p);
        counter = placer.counter();
        gap(from);
      } else if (part instanceof PlanSection.DataPart d) {
        data(d);
      } else {
        pattern = pattern(((PlanSection.FillPart) part).fill());
      }
    }
    placer.setCounter(counter);
    if (gaps != null) {
      gaps.addTo(ctxt, out);
    }
  }

  private void data(PlanSection.DataPart d) {
    Synthetic y = d.data();
    if (phase != Placer.Phase.VALUES) {
      y.setAddr(counter);
    }
    if (d.statement() != null && phase == Placer.Phase.VALUES) {
      placer.setCounter(counter);
      Value v = scope.evaluate(d.statement().value(), null, Assignments.NONE);
      d.data().setValue(v == null ? 0 : v.address());
    }
    counter += y.size();
  }

  private byte[] pattern(Fill fill) {
    placer.setCounter(counter);
    Value v = fill.value() == null ? null : scope.evaluate(fill.value(), null, Assignments.NONE);
    return fill.pattern(v == null ? 0 : v.address());
  }

  /** What the script fills from there to the counter. */
  private void gap(long from) {
    if (gaps != null && pattern != null && counter != from) {
      gaps.add(from, counter - from, pattern);
    }
  }

  private long subalign(PlanSection p) {
    Expression e =
        p.overlay != null && p.overlay.subalign() != null
            ? p.overlay.subalign()
            : p.statement == null ? null : p.statement.subalign();
    Value v = e == null ? null : scope.evaluate(e, null, Assignments.NONE);
    return v == null ? 0 : Placer.power(v.number());
  }

  /**
   * Input sections and what the linker made. Where there are many, they keep the places that they
   * have been given to each other, as long as these are right.
   */
  private void contents(PlanSection p, PlanSection.Contents c, long subalign) {
    if (overflow != null && region != null && !region.isDefault() && c.inputs() != null) {
      fitting(p, c, subalign);
      return;
    }
    boolean filled = gaps != null && pattern != null;
    if (c.items().length < MANY || subalign > 0 || filled) {
      c.size = -1;
      for (int item : c.items()) {
        contents(p.out, item, subalign);
      }
      return;
    }
    long made = madeSize(p.out, c);
    int edition = ctxt.sections().edition();
    boolean known = c.size >= 0 && made == c.madeSize && edition == c.edition;
    if (known && (counter - c.placedAt) % p.out.align() == 0) {
      if (counter != c.placedAt) {
        p.out.moveItems(ctxt.sections(), c.items(), counter - c.placedAt);
        c.placedAt = counter;
      }
      counter += c.size;
      return;
    }
    long from = counter;
    for (int item : c.items()) {
      contents(p.out, item, subalign);
    }
    c.placedAt = from;
    c.size = counter - from;
    c.madeSize = made;
    c.edition = edition;
  }

  /**
   * What fits into the region; as in GNU ld, no content is placed after what does not, be it as
   * small as it may.
   */
  private void fitting(PlanSection p, PlanSection.Contents c, long subalign) {
    for (int item : c.items()) {
      long from = counter;
      contents(p.out, item, subalign);
      boolean fits = isFull ? counter == from : region.overflow(counter) == 0;
      if (!fits && overflow.moves(p, item)) {
        counter = from;
        isFull = true;
      }
    }
  }

  /** Bytes of what the linker made, which may change from round to round. */
  private static long madeSize(OutputSection out, PlanSection.Contents c) {
    long size = 0;
    if (!out.synthetics().isEmpty()) {
      for (int item : c.items()) {
        size += item < 0 ? out.synthetic(item).size() : 0;
      }
    }
    return size;
  }

  private void contents(OutputSection out, int item, long subalign) {
    if (item < 0) {
      Synthetic y = out.synthetic(item);
      long a = subalign > 0 ? subalign : y.align();
      out.raiseAlign(a);
      advance(a);
      if (phase != Placer.Phase.VALUES) {
        y.setAddr(counter);
      }
      counter += y.size();
    } else {
      long a = subalign > 0 ? subalign : alignOf(out, item);
      out.raiseAlign(a);
      advance(a);
      if (phase != Placer.Phase.VALUES) {
        ctxt.sections().addr[item] = counter;
      }
      counter += ctxt.sections().size[item];
    }
  }

  /**
   * Bytes between the records of frames would be taken for their end: as they come from objects,
   * they follow each other closely.
   */
  private long alignOf(OutputSection out, int item) {
    long align = ctxt.alignOf(item);
    return relocatable && out.name().equals(".eh_frame") ? Math.min(4, align) : align;
  }

  private void advance(long align) {
    long from = counter;
    counter = ElfClass.align(counter, align);
    gap(from);
  }
}
