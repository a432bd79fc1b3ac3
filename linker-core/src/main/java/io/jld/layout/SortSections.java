package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.input.SectionNames;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.segment.SegmentRank;
import io.jld.symbol.SectionTable;
import java.util.Arrays;

/**
 * Puts the output's sections into the order of the file, and the input sections of some of them
 * into theirs. The order is that of the segments: read only, code, RELRO, data, then what is not
 * loaded; inside each, sections that the loader or a program header wants side by side stand
 * together.
 */
public final class SortSections {
  private static final int HEATS = 6;

  private SortSections() {}

  public static void run(Context ctxt) {
    if (ctxt.isScripted) {
      for (OutputSection s : ctxt.outputSections) {
        s.rank =
            !s.isAlloc()
                ? SegmentRank.DEBUG
                : s.isCode()
                    ? SegmentRank.TEXT
                    : s.isWritable() ? SegmentRank.DATA : SegmentRank.RODATA;
      }
      return; // a script has put them into order
    }
    long flags = 0;
    for (OutputSection s : ctxt.outputSections) {
      flags |= s.flags();
      s.rank = rank(ctxt, s);
      if (ctxt.option(LinkOption.MAGIC) == LinkOption.Magic.OMAGIC && s.name().equals(".text")) {
        s.setFlags(s.flags() | SHF_WRITE);
      }
    }
    ctxt.tasks()
        .forEach(ctxt.outputSections.size(), i -> sortItems(ctxt, ctxt.outputSections.get(i)));
    ctxt.outputSections.sort(
        (a, b) ->
            a.rank != b.rank
                ? Integer.compare(a.rank, b.rank)
                : Integer.compare(a.number(), b.number()));
    for (int i = 0; i < ctxt.outputSections.size(); i++) {
      ctxt.outputSections.get(i).index = i + 1;
    }
    if ((flags & SHF_LINK_ORDER) != 0) {
      LinkOrder.run(ctxt); // the others have their order
    }
  }

  private static int rank(Context ctxt, OutputSection s) {
    if (!s.isAlloc()) {
      return SegmentRank.DEBUG;
    }
    if (s.isCode()) {
      return SegmentRank.TEXT + codeRank(s.name());
    }
    if (!s.isWritable()) {
      return BinaryOutput.isWanted(ctxt) || !ctxt.isPaged()
          ? BinaryOutput.readOnlyRank(readOnlyRank(s))
          : SegmentRank.RODATA + readOnlyRank(s);
    }
    int relro = relroRank(ctxt, s);
    if (relro >= 0) {
      return SegmentRank.RELRO + relro;
    }
    if (s.isTls()) {
      return SegmentRank.DATA + (s.isNobits() ? 1 : 0);
    }
    return SegmentRank.DATA + (s.isNobits() ? 50 : s.name().equals(".got.plt") ? 2 : 10);
  }

  /** Whether it is one of the read-only sections that the program itself reads. */
  static boolean isRodata(OutputSection s) {
    return s.isAlloc() && !s.isCode() && !s.isWritable() && s.rank % 100 % 50 >= 20;
  }

  private static int codeRank(String name) {
    return switch (name) {
      case ".init" -> 0;
      case ".plt" -> 1;
      case ".plt.got" -> 2;
      case ".plt.sec" -> 3;
      case ".text" -> 4;
      case ".fini" -> 6;
      default -> 5;
    };
  }

  private static int readOnlyRank(OutputSection s) {
    if (s.type() == SHT_NOTE) {
      // notes of one alignment share a PT_NOTE; properties first, as the loader wants them (gABI,
      // "Note Section")
      return s.name().equals(".note.gnu.property") ? 1 : s.align() == 8 ? 2 : 3;
    }
    return switch (s.name()) {
      case ".interp" -> 0;
      case ".hash", ".gnu.hash" -> 4;
      case ".dynsym" -> 5;
      case ".dynstr" -> 6;
      case ".gnu.version" -> 7;
      case ".gnu.version_d" -> 8;
      case ".gnu.version_r" -> 9;
      case ".rela.dyn", ".rel.dyn" -> 10;
      case ".relr.dyn" -> 11;
      case ".rela.plt", ".rel.plt" -> 12;
      case ".rodata" -> 20;
      case ".eh_frame_hdr" -> 40;
      case ".eh_frame" -> 41;
      case ".gcc_except_table" -> 42;
      default -> 30;
    };
  }

  /** The place inside RELRO; -1 for a section that the program itself writes to. */
  static int relroRank(Context ctxt, OutputSection s) {
    if (!ctxt.hasRelro()) {
      return -1;
    }
    if (s.isTls()) {
      return s.isNobits() ? 1 : 0;
    }
    return switch (s.name()) {
      case ".preinit_array" -> 2;
      case ".init_array" -> 3;
      case ".fini_array" -> 4;
      case ".ctors" -> 5;
      case ".dtors" -> 6;
      case ".jcr" -> 7;
      case ".data.rel.ro" -> 8;
      case ".dynamic" -> 9;
      case ".got" -> 10;
      case ".bss.rel.ro" -> 20;
      default -> -1;
    };
  }

  /** Whether an output section takes room in RELRO. */
  public static boolean isInRelro(Context ctxt, OutputSection s) {
    return s.isAlloc() && s.isWritable() && !s.isTbss() && relroRank(ctxt, s) >= 0;
  }

  private static void sortItems(Context ctxt, OutputSection s) {
    switch (s.name()) {
      case ".text" -> sortByHeat(ctxt.sections, s);
      case ".init_array", ".fini_array", ".preinit_array" ->
          sortBy(ctxt, s, SectionNames::priority);
      case ".ctors", ".dtors" -> sortBy(ctxt, s, SortSections::constructorOrder);
      default -> {}
    }
  }

  private interface Key {
    int of(ObjectFile f, int section);
  }

  /**
   * Sorts the input sections by a key and keeps the order of the link among equals; what the linker
   * made stays last.
   */
  private static void sortBy(Context ctxt, OutputSection s, Key key) {
    int n = s.itemCount();
    long[] keyed = new long[n];
    boolean sorted = true;
    for (int i = 0; i < n; i++) {
      keyed[i] = (long) key(ctxt.sections, s.item(i), key) << 32 | i;
      sorted &= i == 0 || keyed[i - 1] <= keyed[i];
    }
    if (sorted) {
      return;
    }
    Arrays.sort(keyed);
    int[] items = new int[n];
    for (int i = 0; i < n; i++) {
      items[i] = s.item((int) keyed[i]);
    }
    s.setItems(items);
  }

  private static int key(SectionTable sections, int item, Key key) {
    return item < 0
        ? Integer.MAX_VALUE
        : key.of(sections.object(item).file(), sections.index(item));
  }

  /** The same for the few heats of the largest section: counted, and put in their places. */
  private static void sortByHeat(SectionTable sections, OutputSection s) {
    int n = s.itemCount();
    byte[] heats = new byte[n];
    int[] next = new int[HEATS + 1];
    for (int i = 0; i < n; i++) {
      byte heat = heat(sections, s.item(i));
      heats[i] = heat;
      next[heat + 1]++;
    }
    for (int h = 0; h < HEATS; h++) {
      next[h + 1] += next[h];
    }
    int[] items = new int[n];
    for (int i = 0; i < n; i++) {
      items[next[heats[i]]++] = s.item(i);
    }
    s.setItems(items);
  }

  /** GNU ld's order: unlikely, exit, startup, hot, then all others; what the linker made. */
  private static byte heat(SectionTable sections, int item) {
    if (item < 0) {
      return 5;
    }
    return switch (sections.object(item).file().kind(sections.index(item))) {
      case TEXT_UNLIKELY -> 0;
      case TEXT_EXIT -> 1;
      case TEXT_STARTUP -> 2;
      case TEXT_HOT -> 3;
      default -> 4;
    };
  }

  /**
   * crtbegin.o's list head, then {@code .ctors.N} by N, then the others, then crtend.o's end of the
   * list.
   */
  private static int constructorOrder(ObjectFile f, int section) {
    String name = f.member() == null ? f.fileName() : f.member();
    String base = name.substring(name.lastIndexOf('/') + 1);
    if (base.startsWith("crtbegin")) {
      return -1;
    }
    if (base.startsWith("crtend")) {
      return Integer.MAX_VALUE - 1;
    }
    String s = f.sectionName(section);
    int n = SectionNames.number(s, s.lastIndexOf('.') + 1);
    return n < 0 ? 65536 : n;
  }
}
