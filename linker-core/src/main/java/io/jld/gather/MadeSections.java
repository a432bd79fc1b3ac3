package io.jld.gather;

import static io.jld.elf.Elf.*;

import io.jld.dynamic.LoaderTables;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the linker makes, in the order in which GNU ld makes it: all of it belongs to the first
 * object, after that one's own sections. A script that leaves it to the linker where these stand
 * gets them in this order, and what follows them is placed as there, even if they are empty.
 */
final class MadeSections {
  private static final List<String> ORDER =
      List.of(
          ".interp",
          ".gnu.version_d",
          ".gnu.version",
          ".gnu.version_r",
          ".dynsym",
          ".dynstr",
          ".dynamic",
          ".hash",
          ".gnu.hash",
          ".relr.dyn",
          ".plt",
          ".rela.plt",
          ".rel.plt",
          ".rela.dyn",
          ".rel.dyn",
          ".got",
          ".got.plt",
          ".dynbss",
          ".note.gnu.build-id",
          ".eh_frame_hdr",
          ".plt.got",
          ".plt.sec");

  private MadeSections() {}

  /** What is needed, and what GNU ld would have made and then dropped. */
  static List<Input> inOrder(Context ctxt, List<Synthetic> all) {
    List<Input> found = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<Synthetic> dropped = new ArrayList<>();
    for (Synthetic s : all) {
      if (s.isNeeded(ctxt)) {
        names.add(s.section());
        found.add(Input.of(s, patternOf(ctxt, s)));
      } else {
        dropped.add(s);
      }
    }
    for (Synthetic s : dropped) {
      if (ctxt.isDynamic()
          && ORDER.contains(s.section())
          && !names.contains(s.section())) { // one content of two takes the other's place
        found.add(Input.empty(s.section(), s.type(), s.flags(), s.align()));
      }
    }
    if (ctxt.kind() != OutputKind.RELOCATABLE && !ctxt.isDynamic()) {
      String rel = ctxt.arch().info().relPrefix();
      long word = ctxt.elf.wordSize;
      int type = rel.equals(".rela") ? SHT_RELA : SHT_REL;
      addEmpty(found, names, rel + ".got", type, SHF_ALLOC, word);
      addEmpty(found, names, ".got", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, word);
      addEmpty(found, names, ".got.plt", 0, SHF_ALLOC | SHF_WRITE, word);
      addEmpty(found, names, ".iplt", 0, SHF_ALLOC | SHF_EXECINSTR, 1);
      addEmpty(found, names, rel + ".iplt", type, SHF_ALLOC, word);
      addEmpty(found, names, ".igot.plt", 0, SHF_ALLOC | SHF_WRITE, word);
    }
    found.sort((a, b) -> Integer.compare(rank(a.name()), rank(b.name())));
    return found;
  }

  private static int rank(String name) {
    int rank = ORDER.indexOf(name);
    return rank < 0 ? ORDER.size() : rank;
  }

  private static void addEmpty(
      List<Input> found, Set<String> names, String name, int type, long flags, long align) {
    if (!names.contains(name)) {
      found.add(Input.empty(name, type, flags, align));
    }
  }

  /**
   * The name by which scripts mean it. What a static program applies itself stands between symbols
   * of its own ({@code __rela_iplt_start}).
   */
  private static String patternOf(Context ctxt, Synthetic s) {
    boolean own =
        ctxt.kind() != OutputKind.RELOCATABLE
            && s == LoaderTables.of(ctxt).relPlt()
            && !ctxt.isDynamic();
    return own ? ctxt.arch().info().relPrefix() + ".iplt" : s.section();
  }
}
