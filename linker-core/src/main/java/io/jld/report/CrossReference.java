package io.jld.report;

import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.model.Context;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code --cref}: for each global symbol of the linked objects the file that defines it, then those
 * that define it as common, then those that refer to it. In GNU ld's layout; but symbols that only
 * shared libraries mention, of which libc alone has thousands, are left out.
 */
public final class CrossReference {
  private static final int FILE = 50;

  private final Context ctxt;
  private final BitSet mentioned = new BitSet();

  /** Start of each symbol's uses in {@link #use}; they come in the order of the link. */
  private final int[] start;

  /** The file's order times 4, plus its {@link #DEFINES} and so on. */
  private long[] use = {};

  private static final int DEFINES = 0;
  private static final int COMMON = 1;
  private static final int REFERS = 2;

  /** Takes a symbol that a file mentions, and how. */
  private interface Uses {
    void add(int id, LinkedFile file, int kind);
  }

  private CrossReference(Context ctxt) {
    this.ctxt = ctxt;
    this.start = new int[ctxt.symbols().globals() + 1];
  }

  static void print(Context ctxt, Consumer<String> sink) {
    new CrossReference(ctxt).print(sink);
  }

  private void print(Consumer<String> sink) {
    collect();
    ShownNames names = new ShownNames(ctxt, take -> mentioned.stream().forEach(take));
    record Entry(String name, int id) {}
    List<Entry> entries = new ArrayList<>(mentioned.cardinality());
    mentioned.stream().forEach(id -> entries.add(new Entry(names.of(id), id)));
    entries.sort(Comparator.comparing(Entry::name).thenComparingInt(Entry::id));
    sink.accept("");
    sink.accept("Cross Reference Table");
    sink.accept("");
    sink.accept("Symbol                                            File");
    for (Entry e : entries) {
      StringBuilder b = new StringBuilder(e.name());
      if (b.length() >= FILE - 1) {
        sink.accept(e.name());
        b.setLength(0);
      }
      for (int kind = DEFINES; kind <= REFERS; kind++) {
        for (int i = start[e.id()]; i < start[e.id() + 1]; i++) {
          if ((use[i] & 3) == kind) {
            MapRows.pad(b, FILE);
            sink.accept(b.append(file((int) (use[i] >> 2)).file().displayName()).toString());
            b.setLength(0);
          }
        }
      }
    }
  }

  private LinkedFile file(int order) {
    int objects = ctxt.objects().size();
    return order < objects ? ctxt.objects().get(order) : ctxt.shared().get(order - objects);
  }

  /** Counts each symbol's uses, then puts them in their places. */
  private void collect() {
    objects((id, file, kind) -> mentioned.set(id));
    Uses count = (id, file, kind) -> start[id + 1]++;
    objects(count);
    shared(count);
    for (int id = 0; id + 1 < start.length; id++) {
      start[id + 1] += start[id];
    }
    use = new long[start[start.length - 1]];
    int[] next = start.clone();
    Uses put = (id, file, kind) -> use[next[id]++] = ((long) file.order() << 2) | kind;
    objects(put);
    shared(put);
  }

  private void objects(Uses uses) {
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        int id = object.symbolNameId(i);
        int ndx = f.shndx(i);
        boolean refers =
            ndx == 0
                || (ndx > 0 && ctxt.sections().has(object.sectionId(ndx), SectionTable.DUPLICATE));
        if (id != 0) {
          uses.add(id, object, refers ? REFERS : ndx == ObjectFile.COMMON ? COMMON : DEFINES);
        }
      }
    }
  }

  private void shared(Uses uses) {
    for (LinkedLibrary library : ctxt.shared()) {
      SharedFile f = library.file();
      for (int row = 0; row < f.rows(); row++) {
        int id = library.nameId(row);
        if (mentioned.get(id)) {
          uses.add(id, library, f.isDefined(row) ? DEFINES : REFERS);
        }
      }
    }
  }
}
