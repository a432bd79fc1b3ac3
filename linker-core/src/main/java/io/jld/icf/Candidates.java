package io.jld.icf;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.match.Matching;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.Arrays;

/**
 * Which sections may be folded: what nobody can tell apart but by its address, and whose address
 * does not matter.
 */
final class Candidates {
  private final Context ctxt;
  private final SectionTable sections;
  private final Matching matching;
  private final Units units;
  private final boolean[] unique;
  private final Significance addresses;

  Candidates(Context ctxt) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.matching = Matching.of(ctxt);
    this.units = new Units(ctxt);
    this.unique = keptUnique(ctxt);
    this.addresses = Significance.find(ctxt);
  }

  /** Their numbers, in the order of the link. */
  int[] find() {
    int[][] found = new int[ctxt.objects().size()][];
    ctxt.tasks()
        .forRanges(
            found.length,
            8,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                found[o] = find(ctxt.objects().get(o));
              }
            });
    int n = 0;
    for (int[] f : found) {
      n += f.length;
    }
    int[] all = new int[n];
    n = 0;
    for (int[] f : found) {
      System.arraycopy(f, 0, all, n, f.length);
      n += f.length;
    }
    return all;
  }

  private int[] find(LinkedObject object) {
    ObjectFile f = object.file();
    int[] found = new int[16];
    int n = 0;
    for (int i = 1; i < f.sectionCount(); i++) {
      if (isOne(object, f, i)) {
        found = n == found.length ? Arrays.copyOf(found, n * 2) : found;
        found[n++] = object.sectionId(i);
      }
    }
    return Arrays.copyOf(found, n);
  }

  private boolean isOne(LinkedObject object, ObjectFile f, int i) {
    int id = object.sectionId(i);
    return sections.isLive(id)
        && f.orderedBy(i) == 0
        && isConstant(f, i)
        && f.rawSize(i) > 0
        && !unique[id]
        && !isNamed(f, i)
        && !matching.isKept(id) // each of these is meant
        && !addresses.matters(object, i)
        && units.mayFold(object, i);
  }

  /**
   * Whether it is loaded and nothing writes to it, but the loader before the program starts. What
   * is named for that is taken at its word, whatever {@code -z norelro} makes of it.
   */
  private static boolean isConstant(ObjectFile f, int i) {
    long flags = f.flags(i);
    return f.type(i) == SHT_PROGBITS
        && (flags & (SHF_ALLOC | SHF_TLS | SHF_COMPRESSED | SHF_GNU_RETAIN)) == SHF_ALLOC
        && ((flags & SHF_WRITE) == 0 || f.kind(i) == SectionKind.DATA_REL_RO);
  }

  /**
   * Whether it is run or read by its name: as part of a function, as a table, or between {@code
   * __start_NAME} and {@code __stop_NAME}.
   */
  private static boolean isNamed(ObjectFile f, int i) {
    return switch (f.kind(i)) {
      case TEXT,
          TEXT_UNLIKELY,
          TEXT_EXIT,
          TEXT_STARTUP,
          TEXT_HOT,
          RODATA,
          DATA_REL_RO,
          GCC_EXCEPT_TABLE,
          LRODATA,
          LINKONCE ->
          false;
      case OTHER -> f.isNamed(i, ".init") || f.isNamed(i, ".fini");
      default -> true;
    };
  }

  /** The sections of {@code --keep-unique}'s symbols. */
  private static boolean[] keptUnique(Context ctxt) {
    boolean[] unique = new boolean[ctxt.sections().count()];
    for (String name : ctxt.option(LinkOption.KEEP_UNIQUE)) {
      int section = ctxt.symbols().section(ctxt.names.find(name));
      if (section == 0) {
        ctxt.warning(
            DiagnosticCode.OPTION_SYMBOL,
            Location.NONE,
            "could not find symbol '" + name + "' to keep unique");
      }
      unique[section] = true;
    }
    return unique;
  }
}
