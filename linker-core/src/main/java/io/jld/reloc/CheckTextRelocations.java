package io.jld.reloc;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;

/**
 * Dynamic relocations in sections that are not writable: the loader has to write to code then,
 * which hardened systems forbid. They are refused with {@code -z text}; else the output says that
 * it has them ({@code DT_TEXTREL}).
 */
public final class CheckTextRelocations {
  private CheckTextRelocations() {}

  public static void run(Context ctxt) {
    LinkOption.TextRelocations mode = ctxt.option(LinkOption.TEXT_RELOCATIONS);
    for (DynamicRelocs d : ctxt.dynamicRelocs()) {
      int writable = 0; // one section has many of them
      for (int i = 0; d != null && i < d.count(); i++) {
        int section = d.section(i);
        if (section > 0 && section != writable) {
          if (isWritable(ctxt, section)) {
            writable = section;
          } else {
            found(ctxt, d, i, mode);
          }
        }
      }
    }
    if (ctxt.textRelocations() && mode == LinkOption.TextRelocations.DEFAULT
        || mode == LinkOption.TextRelocations.WARN) {
      if (ctxt.textRelocations()) {
        ctxt.warning(
            DiagnosticCode.TEXT_RELOCATION,
            Location.NONE,
            "creating DT_TEXTREL in " + (ctxt.isShared() ? "a shared object" : "a PIE"));
      }
    }
  }

  private static boolean isWritable(Context ctxt, int section) {
    ObjectFile f = ctxt.sections().object(section).file();
    return (f.flags(ctxt.sections().index(section)) & SHF_WRITE) != 0;
  }

  private static void found(Context ctxt, DynamicRelocs d, int i, LinkOption.TextRelocations mode) {
    if (mode == LinkOption.TextRelocations.REFUSE) {
      ObjectFile f = ctxt.sections().object(d.section(i)).file();
      int index = ctxt.sections().index(d.section(i));
      ctxt.error(
          DiagnosticCode.TEXT_RELOCATION,
          f.location(index, d.offset(i)),
          "relocation "
              + ctxt.arch().relocationName(d.type(i))
              + " against symbol '"
              + ctxt.symbols().name(d.symbol(i))
              + "' in read-only section; recompile with -fPIC or link with -z notext");
    }
    ctxt.noteTextRelocations();
  }
}
