package io.jld.resolve;

import io.jld.input.Inputs;
import io.jld.input.SharedFile;
import io.jld.link.LinkException;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.load.NeededFiles;
import io.jld.model.Context;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The libraries that the libraries on the command line need, directly or through others: what they
 * refer to and define. The loader loads them with the program, and their references are bound to
 * the program's definitions as those of the named libraries are. So an executable has to export
 * them, as with GNU ld. Most often all of these libraries are named, and no file is read for it.
 */
public final class LibrariesBehind {
  private final Context ctxt;
  private final Inputs inputs;

  /** The libraries of the command line by their names. */
  private final Map<String, LinkedLibrary> given = new HashMap<>();

  private final Set<String> loaded = new HashSet<>();

  /** All libraries that others need, in the order in which the loader meets them. */
  private final List<Found> all = new ArrayList<>();

  /** A library that another one needs. */
  private static final class Found {
    final LinkedLibrary by;
    final Path path;
    final String soname;

    /** Null where it is on the command line. */
    final MemorySegment bytes;

    /** Null where it can't be read. */
    LinkedLibrary library;

    /**
     * The hashes of its names; null where it is on the command line, since its names have numbers
     * then.
     */
    long[] hashes;

    Found(LinkedLibrary by, Path path, String soname, MemorySegment bytes) {
      this.by = by;
      this.path = path;
      this.soname = soname;
      this.bytes = bytes;
    }

    /** None where it can't be read. */
    int rows() {
      return library == null ? 0 : library.file().rows();
    }
  }

  /**
   * A reference of a library.
   *
   * @param row of the library's names
   * @param by the library that needs it
   */
  public record Reference(LinkedLibrary library, int row, LinkedLibrary by) {}

  private LibrariesBehind(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
  }

  /**
   * It is known which libraries the output names.
   *
   * @return what has been found; empty where the output is not an executable
   */
  public static LibrariesBehind run(Context ctxt, Inputs inputs) {
    LibrariesBehind b = new LibrariesBehind(ctxt, inputs);
    if (ctxt.kind() != OutputKind.SHARED && !ctxt.shared().isEmpty()) {
      b.run();
    }
    return b;
  }

  private void run() {
    List<LinkedLibrary> level = new ArrayList<>();
    for (LinkedLibrary l : ctxt.shared()) {
      given.putIfAbsent(l.soname(), l);
      if (l.isNeeded()) {
        loaded.add(l.soname());
        level.add(l);
      }
    }
    while (!level.isEmpty()) {
      List<Found> found = behind(level);
      all.addAll(found);
      level = new ArrayList<>();
      for (Found f : found) {
        if (f.library != null) {
          level.add(f.library);
          NeededLibraries.markShared(ctxt, f.library);
        }
      }
    }
  }

  /**
   * The libraries that these need and that none before them needs; those of the command line first.
   */
  private List<Found> behind(List<LinkedLibrary> libraries) {
    List<Found> known = new ArrayList<>();
    List<Found> found = new ArrayList<>();
    for (LinkedLibrary l : libraries) {
      for (String soname : l.file().needed()) {
        if (!loaded.add(soname)) {
          continue;
        }
        LinkedLibrary named = given.get(soname);
        Path path = named == null ? new NeededFiles(ctxt, inputs).find(soname, l.file()) : null;
        if (named != null) {
          Found k = new Found(l, named.file().path(), soname, null);
          k.library = named;
          known.add(k);
        } else if (path != null) {
          found.add(new Found(l, path, soname, inputs.map(path)));
        }
      }
    }
    if (!found.isEmpty()) {
      ctxt.tasks().forEach(found.size(), i -> read(found.get(i)));
    }
    known.addAll(found);
    return known;
  }

  private void read(Found f) {
    try {
      SharedFile file = inputs.library(NameBytes.string(f.path), f.path, f.bytes);
      int[] ids = new int[file.names().count()];
      f.hashes = file.names().hashes();
      for (int i = 0; i < ids.length; i++) {
        ids[i] = ctxt.names.find(file, i);
      }
      f.library = new LinkedLibrary(file, ids, f.soname, true);
    } catch (LinkException e) {
      // That is the loader's business; the link that names the library reports it.
    }
  }

  /**
   * The strong references of these libraries to names that nothing defines which is loaded with
   * them. Versions are not looked at, and names that the link does not have are compared by their
   * hashes alone, so that a reference may be missed.
   */
  public List<Reference> unsatisfied() {
    BitSet ids = new BitSet();
    long[] others = defined(ids);
    List<Reference> references = new ArrayList<>();
    for (Found f : all) {
      for (int r = 0; r < f.rows(); r++) {
        if (f.library.file().isDefined(r) || f.library.file().isWeak(r)) {
          continue;
        }
        int id = f.library.nameId(r);
        boolean defined =
            id == 0
                ? others[place(others, f.hashes[r])] != 0
                : ids.get(id) || isVisible(ctxt.symbols(), id);
        if (!defined) {
          references.add(new Reference(f.library, r, f.by));
        }
      }
    }
    return references;
  }

  /**
   * What these libraries define.
   *
   * @param ids takes the names that the link has
   * @return the hashes of the others, each at its {@link #place}
   */
  private long[] defined(BitSet ids) {
    int n = 1;
    for (Found f : all) {
      n += f.hashes == null ? 0 : f.hashes.length;
    }
    long[] others = new long[2 * Integer.highestOneBit(n) * 2];
    for (Found f : all) {
      for (int r = 0; r < f.rows(); r++) {
        if (f.library.file().isDefined(r)) {
          int id = f.library.nameId(r);
          if (id != 0) {
            ids.set(id);
          } else {
            others[place(others, f.hashes[r])] = f.hashes[r];
          }
        }
      }
    }
    return others;
  }

  /** Where a hash is in a table, or would be: one in four places at least is free. */
  private static int place(long[] table, long hash) {
    int p = (int) (hash ^ hash >>> 32) & table.length - 1;
    while (table[p] != 0 && table[p] != hash) {
      p = (p + 1) & table.length - 1;
    }
    return p;
  }

  /** Whether a library or the output defines a name so that libraries can see it. */
  public static boolean isVisible(SymbolTable symbols, int id) {
    return symbols.has(id, SymbolTable.SHARED_DEF)
        || (symbols.isDefined(id)
            && !symbols.has(id, SymbolTable.HIDDEN | SymbolTable.FORCED_LOCAL));
  }
}
