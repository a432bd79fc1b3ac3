package io.jld.place;

import io.jld.frame.EhFrame;
import io.jld.link.OutputKind;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;

/**
 * Which output section an input section's content is in: also where it has been merged with others,
 * is folded into another one, or is among the records of {@code .eh_frame}.
 */
public final class ContentSections {
  private final Context ctxt;

  /** Null in a relocatable output, which merges nothing. */
  private final MergePools pools;

  private final EhFrame frames;

  /** Those of a link whose contents are known. */
  public ContentSections(Context ctxt) {
    boolean relocatable = ctxt.kind() == OutputKind.RELOCATABLE;
    this.ctxt = ctxt;
    this.pools = relocatable ? null : MergePools.of(ctxt);
    this.frames = relocatable ? null : EhFrame.of(ctxt);
  }

  /**
   * The output section, dropped or not.
   *
   * @param section its index in the object
   * @return null where the content is in none
   */
  public OutputSection of(LinkedObject object, int section) {
    SectionTable sections = ctxt.sections();
    int id = sections.kept(object.sectionId(section));
    if (sections.isLive(id)) {
      return ctxt.outputOf(id);
    }
    if (pools != null && sections.has(id, SectionTable.MERGED)) {
      return pools.of(object, section).out();
    }
    return frames != null && sections.has(id, SectionTable.EH_FRAME) ? frames.out() : null;
  }
}
