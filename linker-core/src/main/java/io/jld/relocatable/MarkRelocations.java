package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.frame.FrameEdit;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Looks at all relocations of a relocatable output: checks them, notes which symbols they need, and
 * finds those whose target is not part of the output; those are left out, as with GNU ld. In debug
 * information and tables of frames those are a matter of course, since there is one piece of them
 * for all functions of an object; elsewhere they are an error.
 */
public final class MarkRelocations {
  private final Context ctxt;
  private final Relocatable output;

  /** Symbols that only what a script throws away defines. */
  private final BitSet discarded = new BitSet();

  private MarkRelocations(Context ctxt) {
    this.ctxt = ctxt;
    this.output = Relocatable.of(ctxt);
  }

  public static void run(Context ctxt) {
    MarkRelocations m = new MarkRelocations(ctxt);
    m.collectDiscarded();
    m.output.dangling = new boolean[ctxt.objects().size()];
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            4,
            (from, to) -> {
              RelocationCursor cursor = new RelocationCursor(ctxt);
              for (int o = from; o < to; o++) {
                m.mark(ctxt.objects().get(o), o, cursor);
              }
            });
  }

  /**
   * The symbols that are defined only in sections which a script throws away. Those of a group that
   * is left out are not among them, since the group that stays defines them.
   */
  private void collectDiscarded() {
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        int ndx = f.shndx(i);
        if (ndx > 0
            && ctxt.sections().has(object.sectionId(ndx), SectionTable.DUPLICATE)
            && !ctxt.symbols().isDefined(object.symbolNameId(i))) {
          discarded.set(object.symbolNameId(i));
        }
      }
    }
  }

  private void mark(LinkedObject object, int o, RelocationCursor cursor) {
    ObjectFile f = object.file();
    for (ObjectFile.Group g : f.groups()) {
      if (g.section() != 0 && ctxt.sections().isLive(object.sectionId(g.section()))) {
        int sym = f.info(g.section());
        output.flag(object.symbolId(sym), Relocatable.USED);
      }
    }
    for (int i = 1; i < f.sectionCount(); i++) {
      int rel = f.relocSection(i);
      if (rel == 0 && f.isNamed(i, ".eh_frame") && ctxt.sections().isLive(object.sectionId(i))) {
        editFrames(object, i, new long[0]);
      }
      if (rel != 0
          && ctxt.sections().isLive(object.sectionId(i))
          && ctxt.sections().isLive(object.sectionId(rel))) {
        try {
          mark(object, o, i, cursor);
        } catch (LinkException e) {
          e.diagnostics()
              .forEach(ctxt::report); // the other sections may have problems to tell as well
        }
      }
    }
  }

  private void mark(LinkedObject object, int o, int section, RelocationCursor cursor) {
    ObjectFile f = object.file();
    int id = object.sectionId(section);
    cursor.open(object, section, ctxt.sections().size[id]);
    boolean strict = isStrict(f, section);
    long[] gone = {};
    int count = 0;
    while (cursor.next()) {
      if (cursor.isGone()) {
        if (count == gone.length) {
          gone = Arrays.copyOf(gone, Math.max(16, count * 2));
        }
        gone[count++] = cursor.offset();
        if (strict) {
          ctxt.error(
              DiagnosticCode.DISCARDED_SYMBOL,
              f.location(section, cursor.offset()),
              "'"
                  + cursor.symbolName()
                  + "' is defined in discarded section '"
                  + cursor.targetName()
                  + "'");
        }
      } else if (cursor.symbol() != 0) {
        output.flag(cursor.symbol(), Relocatable.USED);
        if (strict && discarded.get(cursor.symbol())) {
          ctxt.error(
              DiagnosticCode.DISCARDED_SYMBOL,
              f.location(section, cursor.offset()),
              "'" + cursor.symbolName() + "' is defined in a section that the script discards");
        }
      }
    }
    if (count > 0) {
      output.dangling[o] = true;
    }
    if (f.isNamed(section, ".eh_frame")) {
      long[] sorted = Arrays.copyOf(gone, count);
      Arrays.sort(sorted);
      editFrames(object, section, sorted);
    }
    drop(object, section, cursor);
  }

  private void editFrames(LinkedObject object, int section, long[] gone) {
    int id = object.sectionId(section);
    OutputSection out = ctxt.outputOf(id);
    boolean last = out.item(out.itemCount() - 1) == id;
    FrameEdit edit = FrameEdit.of(ctxt.content(object.file(), section), gone, last);
    if (edit != null) {
      output.frames.put(id, edit);
      ctxt.sections().size[id] = edit.size();
    }
  }

  /**
   * Relocations that refer to nothing are left out, and with a description of frames go its
   * relocations.
   */
  private void drop(LinkedObject object, int section, RelocationCursor cursor) {
    ObjectFile f = object.file();
    int id = object.sectionId(section);
    FrameEdit edit = output.frames.get(id);
    if (!output.dangling[object.order()] && edit == null) {
      return;
    }
    int rel = f.relocSection(section);
    long left = 0;
    cursor.open(object, section, Decompress.size(f, section));
    while (cursor.next()) {
      if (!cursor.isGone() && (edit == null || edit.map(cursor.offset()) >= 0)) {
        left += cursor.entry();
      }
    }
    ctxt.sections().size[object.sectionId(rel)] = left;
  }

  private static boolean isStrict(ObjectFile f, int section) {
    return (f.flags(section) & SHF_ALLOC) != 0
        && !f.isNamed(section, ".eh_frame")
        && !io.jld.input.Names.startsWith(
            f.sectionNames(), f.nameOffsetOf(section), ".gcc_except_table");
  }
}
