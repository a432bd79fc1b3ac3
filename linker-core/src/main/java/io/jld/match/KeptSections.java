package io.jld.match;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;

/** Sections that are content of a relocatable output and not of others. */
public final class KeptSections {
  private KeptSections() {}

  /** What is left out of a final link, but not of {@code -r}. */
  public static boolean isKept(Context ctxt, LinkedObject object, int i) {
    ObjectFile f = object.file();
    return switch (f.type(i)) {
      case SHT_NULL, SHT_SYMTAB, SHT_REL, SHT_RELA, SHT_GROUP, SHT_SYMTAB_SHNDX, SHT_LLVM_ADDRSIG ->
          false;
      case SHT_STRTAB -> f.isNamed(i, ".stabstr");
      default ->
          ctxt.sections().has(object.sectionId(i), SectionTable.EH_FRAME)
              || (f.flags(i) & SHF_EXCLUDE) != 0
              || f.kind(i) == SectionKind.WARNING
              || f.kind(i) == SectionKind.LTO;
    };
  }
}
