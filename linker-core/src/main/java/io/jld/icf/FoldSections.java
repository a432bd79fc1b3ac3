package io.jld.icf;

import static io.jld.elf.Elf.*;

import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code --icf}: of sections that do the same one is linked, and stands for the others. First those
 * with the same content, and references to the same things, make a class, where all sections that
 * may be folded count as the same thing. Then {@link Classes} parts what refers to different
 * classes, until nothing does; so that functions which call each other in a circle are folded with
 * others that do.
 *
 * <p>Which class a section is in depends on the inputs alone; of each class the section with the
 * largest alignment is kept, of those the first in the order of the link.
 */
public final class FoldSections {
  private static final int[] NONE = {};

  private final Context ctxt;
  private final SectionTable sections;

  /** What may be folded, in the order of the link. */
  private final int[] candidates;

  /** For each section its number among the candidates, plus 1; 0 for none. */
  private final int[] numbers;

  private final CieNumbers cies;

  private FoldSections(Context ctxt) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.candidates = new Candidates(ctxt).find();
    this.numbers = new int[sections.count()];
    for (int i = 0; i < candidates.length; i++) {
      numbers[candidates[i]] = i + 1;
    }
    this.cies = new CieNumbers(ctxt);
  }

  public static void run(Context ctxt) {
    FoldSections f = new FoldSections(ctxt);
    if (f.candidates.length > 1) {
      f.fold();
    }
  }

  private void fold() {
    boolean[] alone = aloneBySize();
    int[][] edges = new int[candidates.length][];
    long[] order = byHash(edges, alone);
    Classes classes;
    do {
      classes = classes(order, edges, alone);
    } while (!verify(classes, alone));
    apply(classes);
  }

  /**
   * Which candidates have a size, or a number of relocations, that no other one has. Most of what
   * is large is among them, and need not be read.
   */
  private boolean[] aloneBySize() {
    int slots = Integer.highestOneBit(candidates.length) << 3;
    int[] slot = new int[candidates.length];
    ctxt.tasks()
        .forRanges(
            slot.length,
            1024,
            (from, to) -> {
              for (int i = from; i < to; i++) {
                slot[i] = (int) (size(candidates[i]) >>> 32) & slots - 1;
              }
            });
    byte[] seen = new byte[slots];
    for (int s : slot) {
      seen[s] += (byte) (seen[s] < 2 ? 1 : 0);
    }
    boolean[] alone = new boolean[candidates.length];
    for (int i = 0; i < alone.length; i++) {
      alone[i] = seen[slot[i]] == 1;
    }
    return alone;
  }

  /** A hash of a section's size and that of its relocations; its upper half is the better one. */
  private long size(int id) {
    ObjectFile f = sections.object(id).file();
    int index = sections.index(id);
    int relocs = f.relocSection(index);
    return (f.rawSize(index) << 20 ^ (relocs == 0 ? 0 : f.rawSize(relocs))) * 0x9e3779b97f4a7c15L;
  }

  /** Which bits of a row of {@link #byHash} are the number of a candidate. */
  private int indexMask() {
    return (Integer.highestOneBit(candidates.length) << 1) - 1;
  }

  /**
   * The candidates that are left, sorted by a hash of what they do: the hash with its low bits
   * replaced.
   *
   * @param edges is filled in: for each candidate the candidates that it refers to, in order
   * @param alone those that are not looked at
   */
  private long[] byHash(int[][] edges, boolean[] alone) {
    long[] rows = new long[candidates.length];
    int mask = indexMask();
    ctxt.tasks()
        .forRanges(
            rows.length,
            256,
            () -> new Shape(ctxt, numbers, cies),
            (shape, from, to) -> {
              for (int i = from; i < to; i++) {
                if (alone[i]) {
                  edges[i] = NONE;
                } else {
                  shape.read(candidates[i]);
                  rows[i] = (shape.hash() & ~(long) mask) | i;
                  edges[i] = shape.edges();
                }
              }
            });
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (!alone[i]) {
        rows[count++] = rows[i];
      }
    }
    long[] sorted = Arrays.copyOf(rows, count);
    Arrays.sort(sorted);
    return sorted;
  }

  /**
   * The classes of those whose hashes are equal, and which refer to equal ones.
   *
   * @param alone candidates that are equal to no other, whatever their hashes say
   */
  private Classes classes(long[] order, int[][] edges, boolean[] alone) {
    int mask = indexMask();
    int n = candidates.length;
    int[] nodes = new int[n];
    int[] classes = new int[n];
    int count = 0;
    int last = 0;
    for (int k = 0; k < order.length; k++) {
      if (k > 0 && ((order[k - 1] ^ order[k]) & ~(long) mask) != 0) {
        last = count;
      }
      int i = (int) order[k] & mask;
      if (!alone[i]) {
        nodes[count] = i;
        classes[count++] = last;
      }
    }
    for (int i = 0; i < n; i++) {
      if (alone[i]) {
        nodes[count] = i;
        classes[count] = count++;
      }
    }
    return new Classes(ctxt.tasks(), nodes, classes, edges).refine();
  }

  /**
   * Compares those that are in the same class: their hashes were equal by chance where they are
   * not.
   *
   * @param alone where that is so, those that are not as the first of their class are added
   * @return whether all are equal
   */
  private boolean verify(Classes classes, boolean[] alone) {
    int[] first = firsts(classes);
    AtomicBoolean sound = new AtomicBoolean(true);
    ctxt.tasks()
        .forRanges(
            first.length,
            32,
            () -> new Shape[] {new Shape(ctxt, numbers, cies), new Shape(ctxt, numbers, cies)},
            (shapes, from, to) -> {
              for (int c = from; c < to; c++) {
                shapes[0].read(candidates[first[c]]);
                for (int i : classes.sameAs(first[c])) {
                  if (i != first[c]) {
                    shapes[1].read(candidates[i]);
                    if (!shapes[1].isAs(shapes[0])) {
                      alone[i] = true;
                      sound.set(false);
                    }
                  }
                }
              }
            });
    return sound.get();
  }

  /** A member of each class with more than one, in the order of the link. */
  private int[] firsts(Classes classes) {
    int[] first = new int[candidates.length];
    int count = 0;
    for (int i = 0; i < first.length; i++) {
      if (classes.size(i) > 1 && classes.first(i) == i) {
        first[count++] = i;
      }
    }
    return Arrays.copyOf(first, count);
  }

  // What follows from the classes

  private void apply(Classes classes) {
    int[] first = firsts(classes);
    int[][] folded = new int[first.length][];
    int[] into = new int[sections.count()];
    Units units = new Units(ctxt);
    ctxt.tasks()
        .forRanges(
            first.length,
            256,
            (from, to) -> {
              for (int c = from; c < to; c++) {
                folded[c] = ordered(classes.sameAs(first[c]));
                for (int i = 1; i < folded[c].length; i++) {
                  units.fold(candidates[folded[c][i]], candidates[folded[c][0]], into);
                }
              }
            });
    sections.fold(into);
    flagSymbols(into);
    if (ctxt.option(LinkOption.PRINT_ICF_SECTIONS)) {
      Arrays.sort(folded, (a, b) -> Integer.compare(a[0], b[0]));
      for (int[] same : folded) {
        ctxt.message("selected section " + shown(candidates[same[0]]));
        for (int i = 1; i < same.length; i++) {
          ctxt.message("  removing identical section " + shown(candidates[same[i]]));
        }
      }
    }
  }

  private String shown(int section) {
    ObjectFile f = sections.object(section).file();
    return f.displayName() + ":(" + sections.name(section) + ")";
  }

  /** Of equal candidates first the one that is kept, then the others in the order of the link. */
  private int[] ordered(int[] same) {
    Arrays.sort(same);
    int best = 0;
    for (int i = 1; i < same.length; i++) {
      best = align(same[i]) > align(same[best]) ? i : best;
    }
    int kept = same[best];
    System.arraycopy(same, 0, same, 1, best);
    same[0] = kept;
    return same;
  }

  private long align(int candidate) {
    int id = candidates[candidate];
    return Decompress.align(sections.object(id).file(), sections.index(id));
  }

  /** Tells the symbols: debug information speaks of the section that is kept alone. */
  private void flagSymbols(int[] into) {
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                flagSymbols(ctxt.objects().get(o), into);
              }
            });
  }

  private void flagSymbols(LinkedObject object, int[] into) {
    ObjectFile f = object.file();
    boolean any = false;
    for (int i = 1; i < f.sectionCount() && !any; i++) {
      any = into[object.sectionId(i)] != 0;
    }
    for (int i = 1; any && i < f.symbolCount(); i++) {
      int ndx = f.shndx(i);
      int id = object.symbolId(i);
      if (ndx > 0
          && into[object.sectionId(ndx)] != 0
          && (i < f.firstGlobal() || ctxt.symbols().isDefinedBy(id, object.order(), i))) {
        boolean gone = into[object.sectionId(ndx)] == Units.GONE;
        ctxt.symbols().flag(id, gone ? SymbolTable.DISCARDED : SymbolTable.FOLDED);
      }
    }
  }
}
