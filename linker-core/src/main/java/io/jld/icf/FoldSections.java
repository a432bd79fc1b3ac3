package io.jld.icf;

import static io.jld.elf.Elf.*;

import io.jld.elf.Columns;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;

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
    long[] order = byHash();
    int[][] edges = new int[candidates.length][];
    boolean[] same = verify(order, edges);
    int mask = indexMask();
    int[] members = new int[candidates.length];
    int[] classes = new int[candidates.length];
    int count = 0;
    int alone = candidates.length;
    int last = 0;
    for (int k = 0; k < order.length; k++) {
      int i = (int) order[k] & mask;
      if (k > 0 && isApart(order[k - 1], order[k], mask)) {
        last = count;
      }
      if (same[i]) {
        members[count] = i;
        classes[count++] = last;
      } else {
        members[--alone] = i;
        classes[alone] = alone;
      }
    }
    apply(new Classes(ctxt.tasks(), members, classes, edges).refine());
  }

  /** Which bits of a row of {@link #byHash} are the number of a candidate. */
  private int indexMask() {
    return (Integer.highestOneBit(candidates.length) << 1) - 1;
  }

  private static boolean isApart(long a, long b, int mask) {
    return ((a ^ b) & ~(long) mask) != 0;
  }

  /** The candidates, sorted by a hash of what they do: the hash with its low bits replaced. */
  private long[] byHash() {
    long[] rows = new long[candidates.length];
    int mask = indexMask();
    ctxt.tasks()
        .forRanges(
            rows.length,
            256,
            () -> new Shape(ctxt, numbers, cies),
            (shape, from, to) -> {
              for (int i = from; i < to; i++) {
                shape.read(candidates[i]);
                rows[i] = (shape.hash() & ~(long) mask) | i;
              }
            });
    Arrays.sort(rows);
    return rows;
  }

  /**
   * Compares those that have the same hash with the first of them.
   *
   * @param edges is filled in: for each candidate the candidates that it refers to, in order
   * @return whether a candidate is as the first with its hash, and there is more than one
   */
  private boolean[] verify(long[] order, int[][] edges) {
    boolean[] same = new boolean[candidates.length];
    int mask = indexMask();
    int[] starts = new int[candidates.length + 1];
    int runs = 0;
    for (int k = 1; k < order.length; k++) {
      if (!isApart(order[k - 1], order[k], mask)
          && (k == 1 || isApart(order[k - 2], order[k - 1], mask))) {
        starts[runs++] = k - 1;
      }
    }
    int[] first = Arrays.copyOf(starts, runs);
    ctxt.tasks()
        .forRanges(
            runs,
            64,
            () -> new Shape[] {new Shape(ctxt, numbers, cies), new Shape(ctxt, numbers, cies)},
            (shapes, from, to) -> {
              for (int r = from; r < to; r++) {
                verify(order, first[r], shapes, edges, same);
              }
            });
    return same;
  }

  private void verify(long[] order, int start, Shape[] shapes, int[][] edges, boolean[] same) {
    int mask = indexMask();
    int first = (int) order[start] & mask;
    shapes[0].read(candidates[first]);
    edges[first] = shapes[0].edges();
    for (int k = start + 1; k < order.length && !isApart(order[start], order[k], mask); k++) {
      int i = (int) order[k] & mask;
      shapes[1].read(candidates[i]);
      if (shapes[1].isAs(shapes[0])) {
        edges[i] = shapes[1].edges();
        same[i] = true;
        same[first] = true;
      }
    }
  }

  // What follows from the classes

  private void apply(Classes classes) {
    int[] into = new int[sections.count()];
    boolean print = ctxt.option(LinkOption.PRINT_ICF_SECTIONS);
    int[] leaders = leaders(classes);
    Units units = new Units(ctxt);
    for (int i = 0; i < candidates.length; i++) {
      if (leaders[i] != i || classes.size(i) < 2) {
        continue;
      }
      if (print) {
        ctxt.message("selected section " + shown(candidates[i]));
      }
      for (int other : classes.sameAs(i)) {
        if (other != i) {
          if (print) {
            ctxt.message("  removing identical section " + shown(candidates[other]));
          }
          units.fold(candidates[other], candidates[i], into);
        }
      }
    }
    sections.fold(into);
    flagSymbols(into);
  }

  private String shown(int section) {
    ObjectFile f = sections.object(section).file();
    return f.displayName() + ":(" + sections.name(section) + ")";
  }

  /** For each candidate the one of its class that is kept. */
  private int[] leaders(Classes classes) {
    int[] ofClass = new int[candidates.length];
    Columns.fill(ofClass, -1);
    int[] leaders = new int[candidates.length];
    for (int i = 0; i < candidates.length; i++) {
      int c = classes.of(i);
      if (ofClass[c] < 0 || align(i) > align(ofClass[c])) {
        ofClass[c] = i;
      }
    }
    for (int i = 0; i < candidates.length; i++) {
      leaders[i] = ofClass[classes.of(i)];
    }
    return leaders;
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
        ctxt.symbols().flag(id, SymbolTable.FOLDED);
      }
    }
  }
}
