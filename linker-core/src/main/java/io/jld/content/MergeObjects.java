package io.jld.content;

import io.jld.arch.AttributeSection;
import io.jld.arch.ObjectMerge;
import io.jld.asmb.Slice;
import io.jld.input.ObjectFile;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.lang.foreign.MemorySegment;

/**
 * Has the architecture merge what objects say of themselves ({@link ObjectMerge}): {@code e_flags}
 * and sections of attributes, which are taken out of the output and made anew.
 */
public final class MergeObjects {
  private MergeObjects() {}

  public static void run(Context ctxt, ObjectMerge merge) {
    AttributeSection section = merge.attributeSection();
    Slice content = new Slice();
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile f = o.file();
      // what the linker has made of data and of symbols has no code to speak of
      if (f.origin() != ObjectFile.Origin.FILE && f.origin() != ObjectFile.Origin.COMPILED) {
        continue;
      }
      merge.addFlags(f.location(), f.elfFlags());
      for (int i = 1, n = section == null ? 0 : f.sectionCount(); i < n; i++) {
        if (f.type(i) == section.type()) {
          MemorySegment bytes = ctxt.content(f, i);
          Location where = f.location(i, 0);
          content.open(bytes, 0, bytes.byteSize());
          merge.addAttributes(where, content);
          ctxt.sections().clear(o.sectionId(i), SectionTable.LIVE);
        }
      }
    }
    byte[] bytes = section == null ? null : merge.attributes();
    boolean any = bytes != null && bytes.length > 0;
    ctxt.setMerged(merge.flags(), any ? section : null);
    if (any) {
      ctxt.handOn(new MergedAttributes(section, bytes));
    }
  }
}
