package io.jld.load;

import static io.jld.elf.Elf.*;

import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers the sections and local symbols of the objects that are linked, and makes the columns that
 * hold what the link learns of them. Sections with content that may reach the output start as live.
 */
public final class NumberSymbols {
  private NumberSymbols() {}

  public static void run(Context ctxt) {
    List<LinkedObject> objects = ctxt.objects();
    int section = 1;
    int local = ctxt.names.end();
    for (LinkedObject o : objects) {
      ObjectFile f = o.file();
      o.setNumbers(section, local);
      section = add(section, f.sectionCount(), f);
      local = add(local, f.firstGlobal(), f);
    }
    List<LinkedFile> files = new ArrayList<>(objects);
    files.addAll(ctxt.shared());
    files.add(ctxt.linker());
    ctxt.setSections(new SectionTable(objects, section));
    ctxt.setSymbols(
        new SymbolTable(
            ctxt.names, files.toArray(LinkedFile[]::new), local, ctxt.tasks().isAlone()));
    ctxt.tasks()
        .forRanges(
            objects.size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                start(ctxt, objects.get(o));
              }
            });
  }

  private static int add(int sum, int more, ObjectFile f) {
    if (sum > Integer.MAX_VALUE - 8 - more) {
      throw new LinkException(
          DiagnosticCode.TOO_LARGE, f.location(), "too many sections or symbols in this link");
    }
    return sum + more;
  }

  private static void start(Context ctxt, LinkedObject o) {
    ObjectFile f = o.file();
    SectionTable sections = ctxt.sections();
    // -r of intermediate code may give intermediate code again
    boolean kept =
        f.hasLto()
            && f.origin() == ObjectFile.Origin.COMPILED
            && ctxt.kind() == OutputKind.RELOCATABLE;
    boolean warns = f.has(SectionKind.WARNING);
    // the ID that ld -r gave an input is not the output's: the one that is asked for is the only
    // one
    boolean named = f.hasNotes() && !ctxt.option(LinkOption.BUILD_ID).equals("none");
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      if (hasContent(f, i, kept && f.kind(i) == SectionKind.LTO)
          && !(warns && isTaken(ctxt, f, i))
          && !(named && f.type(i) == SHT_NOTE && f.isNamed(i, ".note.gnu.build-id"))) {
        int id = o.sectionId(i);
        sections.set(id, SectionTable.LIVE);
        sections.size[id] = Decompress.size(f, i);
      }
    }
    if (f.hasOrdered() && ctxt.kind() != OutputKind.RELOCATABLE) {
      dropOrdered(sections, o);
    }
  }

  /**
   * What is ordered by a section ({@code SHF_LINK_ORDER}) that is not linked, because it has {@code
   * SHF_EXCLUDE} for one, is not linked either.
   */
  private static void dropOrdered(SectionTable sections, LinkedObject object) {
    ObjectFile f = object.file();
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      int by = f.orderedBy(i);
      if (!sections.isLive(object.sectionId(i))
          && (by == 0 || sections.isLive(object.sectionId(by)))) {
        for (int o = f.nextOrderedBelow(i, i); o != 0; o = f.nextOrderedBelow(i, o)) {
          sections.clear(object.sectionId(o), SectionTable.LIVE);
        }
      }
    }
  }

  /** Whether a warning is for this link: a shared library keeps its for those who link with it. */
  private static boolean isTaken(Context ctxt, ObjectFile f, int i) {
    return f.kind(i) == SectionKind.WARNING && !ctxt.isShared();
  }

  /**
   * Whether the section is content, not a table that the linker makes anew or a note to the linker.
   *
   * @param kept whether notes to the linker are for the next one
   */
  private static boolean hasContent(ObjectFile f, int i, boolean kept) {
    switch (f.type(i)) {
      case SHT_NULL,
          SHT_SYMTAB,
          SHT_STRTAB,
          SHT_REL,
          SHT_RELA,
          SHT_GROUP,
          SHT_SYMTAB_SHNDX,
          SHT_LLVM_ADDRSIG -> {
        return false;
      }
      default -> {}
    }
    if (kept) {
      return true;
    }
    if ((f.flags(i) & SHF_EXCLUDE) != 0) {
      return false;
    }
    return switch (f.kind(i)) {
      case STACK_NOTE -> false;
      case LTO -> !f.hasLto();
      default -> true;
    };
  }
}
