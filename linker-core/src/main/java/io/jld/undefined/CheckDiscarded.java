package io.jld.undefined;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.model.Context;
import io.jld.model.Use;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;

/**
 * Reports code and data that refer to a section of a COMDAT group which was left out for another
 * object's: what they mean is not part of the output (gABI, "Section Groups": references from
 * outside a group go through global symbols). Exception tables may, because they are read for the
 * group's own functions only.
 */
public final class CheckDiscarded {
  private CheckDiscarded() {}

  public static void run(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    for (Use u : ctxt.notedUses) {
      if (symbols.has(u.symbol(), SymbolTable.DISCARDED)
          && symbols.file(u.symbol()) instanceof LinkedObject o
          && !isExceptionTable(u)) {
        ObjectFile f = o.file();
        int section = f.shndx(symbols.index(u.symbol()));
        ctxt.error(
            DiagnosticCode.DISCARDED_SYMBOL,
            u.location(),
            message(symbols.name(u.symbol()), f, section));
      }
    }
  }

  /** The message about a reference to a symbol of a section that is left out. */
  static String message(String symbol, ObjectFile f, int section) {
    return "'"
        + symbol
        + "' is defined in discarded section '"
        + f.sectionName(section)
        + "' of "
        + f.displayName();
  }

  private static boolean isExceptionTable(Use u) {
    String name = u.object().file().sectionName(u.section());
    return name.startsWith(".gcc_except_table")
        || name.startsWith(".eh_frame")
        || (u.object().file().flags(u.section()) & SHF_ALLOC) == 0;
  }
}
