package io.jld.resolve;

import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code --warn-common}: a warning where a common symbol meets another one or a definition. The
 * objects are gone through in their order, as GNU ld does, since it depends on that which one
 * overrides the other; weak definitions give way silently.
 */
public final class CommonWarnings {
  private final Context ctxt;
  private final BitSet common = new BitSet();
  private final Map<Integer, Seen> seen = new HashMap<>();

  /**
   * The definition or common symbol of the objects so far.
   *
   * @param size of a common symbol; -1 for a definition
   */
  private record Seen(ObjectFile file, long size) {
    boolean isCommon() {
      return size >= 0;
    }
  }

  private CommonWarnings(Context ctxt) {
    this.ctxt = ctxt;
  }

  /** Reports the warnings; it is known which COMDAT groups are linked. */
  public static void run(Context ctxt) {
    if (!ctxt.option(LinkOption.WARN_COMMON)) {
      return;
    }
    CommonWarnings w = new CommonWarnings(ctxt);
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        if (f.shndx(i) == ObjectFile.COMMON) {
          w.common.set(object.symbolNameId(i));
        }
      }
    }
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        if (w.common.get(object.symbolNameId(i))) {
          w.meet(object, i);
        }
      }
    }
  }

  private void meet(LinkedObject object, int sym) {
    ObjectFile f = object.file();
    int id = object.symbolNameId(sym);
    int ndx = f.shndx(sym);
    Seen old = seen.get(id);
    if (ndx == ObjectFile.COMMON) {
      common(f, id, Math.max(0, f.symbolSize(sym)), old);
    } else if (ndx != 0
        && f.symbolBinding(sym) != io.jld.elf.Elf.STB_WEAK
        && !(ndx > 0 && ctxt.sections().has(object.sectionId(ndx), SectionTable.DUPLICATE))) {
      if (old != null && old.isCommon()) {
        warn(
            f,
            "definition of '" + name(id) + "' overriding common from " + old.file().displayName());
      }
      seen.put(id, new Seen(f, -1));
    }
  }

  private void common(ObjectFile f, int id, long size, Seen old) {
    if (old == null) {
      seen.put(id, new Seen(f, size));
      return;
    }
    String from = old.file().displayName();
    if (!old.isCommon()) {
      warn(f, "common of '" + name(id) + "' overridden by definition from " + from);
    } else if (size > old.size()) {
      warn(f, "common of '" + name(id) + "' overriding smaller common from " + from);
      seen.put(id, new Seen(f, size));
    } else if (size < old.size()) {
      warn(f, "common of '" + name(id) + "' overridden by larger common from " + from);
    } else {
      String both = f.displayName() + " and " + from;
      ctxt.report(
          Diagnostic.warning(
              DiagnosticCode.COMMON_SYMBOL,
              Location.file(both),
              "multiple common of '" + name(id) + "'"));
    }
  }

  private String name(int id) {
    return ctxt.symbols().name(id);
  }

  private void warn(ObjectFile f, String message) {
    ctxt.report(Diagnostic.warning(DiagnosticCode.COMMON_SYMBOL, f.location(), message));
  }
}
