package io.jld.relax;

import io.jld.arch.Relaxer;
import io.jld.model.Context;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionEdit;
import io.jld.symbol.SectionTable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks the architecture, one round after each that has given addresses, what can be taken out of
 * the sections of code, until that does not change any more. All sections of a round are looked at
 * with the addresses and the edits of the round before, so that it does not matter which comes
 * first.
 */
public final class RelaxSections {
  private final Context ctxt;
  private final Relaxer relaxer;
  private final Runnable estimate;

  /**
   * @param estimate gives symbols the values that they have at the addresses of a round
   */
  public RelaxSections(Context ctxt, Relaxer relaxer, Runnable estimate) {
    this.ctxt = ctxt;
    this.relaxer = relaxer;
    this.estimate = estimate;
  }

  /** Whether nothing more, and nothing less, can be taken out at the addresses as they are. */
  public boolean fits() {
    estimate.run();
    SectionTable sections = ctxt.sections();
    SectionEdit[] edits = new SectionEdit[sections.count()];
    AtomicBoolean changed = new AtomicBoolean();
    AtomicBoolean any = new AtomicBoolean();
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            4,
            () -> new SectionRelaxer(ctxt, relaxer),
            (relax, from, to) -> {
              for (int o = from; o < to; o++) {
                in(ctxt.objects().get(o), relax, edits, any, changed);
              }
            });
    if (any.get()) {
      sections.setEdits(edits, changed.get());
      ctxt.symbols().setEdited(sections);
    }
    return !changed.get();
  }

  private void in(
      LinkedObject object,
      SectionRelaxer relax,
      SectionEdit[] edits,
      AtomicBoolean any,
      AtomicBoolean changed) {
    SectionTable sections = ctxt.sections();
    for (int i = 1; i < object.file().sectionCount(); i++) {
      int id = object.sectionId(i);
      if (RelocReader.isCode(ctxt, object, i)) {
        SectionEdit before = sections.edit(id);
        SectionEdit edit = relax.of(object, i, before);
        if (edit != null) {
          edits[id] = edit;
          any.set(true);
          if (!edit.takesSame(before)) {
            changed.set(true);
          }
        }
      }
    }
  }
}
