package io.jld.resolve;

import io.jld.input.InputFile;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.BitSet;

/**
 * {@code --trace-symbol}: a line for each linked file that defines one of the symbols or refers to
 * it.
 */
public final class TraceSymbols {
  private TraceSymbols() {}

  /** Prints the lines in the order of the link; it is known which COMDAT groups are linked. */
  public static void run(Context ctxt) {
    BitSet traced = new BitSet();
    for (String name : ctxt.option(LinkOption.TRACE_SYMBOL)) {
      traced.set(ctxt.names.find(name));
    }
    if (traced.isEmpty()) {
      return;
    }
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        if (traced.get(object.symbolNameId(i))) {
          int ndx = f.shndx(i);
          boolean refers =
              ndx == 0
                  || (ndx > 0
                      && ctxt.sections().has(object.sectionId(ndx), SectionTable.DUPLICATE));
          print(ctxt, f, refers, object.symbolNameId(i));
        }
      }
    }
    for (LinkedLibrary library : ctxt.shared()) {
      SharedFile f = library.file();
      for (int row = 0; row < f.rows(); row++) {
        if (traced.get(library.nameId(row))) {
          print(ctxt, f, !f.isDefined(row), library.nameId(row));
        }
      }
    }
  }

  private static void print(Context ctxt, InputFile f, boolean refers, int id) {
    ctxt.message(
        f.displayName()
            + (refers ? ": reference to " : ": definition of ")
            + ctxt.symbols().name(id));
  }
}
