package io.jld.load;

import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.model.Twins;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins the several names that {@code .symver} makes of one symbol, as GNU ld does:
 *
 * <ul>
 *   <li>{@code f@@V} is what {@code f} means, and is {@code f@V} too: that name gets the number of
 *       {@code f}.
 *   <li>The assembler leaves {@code f} beside the {@code f@V} that {@code .symver f, f@V} makes of
 *       it. Both are {@code f@V} then; there is no {@code f} without a version, nor with the one
 *       that a version script has for it.
 * </ul>
 *
 * <p>It stands after the extraction of members: only what is linked counts.
 */
public final class VersionedNames {
  private final Context ctxt;

  /** For names that get another one's number: that number. */
  private final Map<Integer, Integer> joined = new HashMap<>();

  private final Twins twins = new Twins();

  private VersionedNames(Context ctxt) {
    this.ctxt = ctxt;
  }

  /**
   * Joins them.
   *
   * @return the definitions that another name takes the place of
   */
  public static Twins run(Context ctxt) {
    VersionedNames v = new VersionedNames(ctxt);
    for (LinkedObject o : ctxt.objects()) {
      if (o.file().hasVersionedNames()) {
        ctxt.noteVersionedNames();
        v.look(o);
      }
    }
    if (!v.joined.isEmpty()) {
      ctxt.objects().forEach(v::rename);
      ctxt.shared().forEach(v::rename);
    }
    return v.twins;
  }

  private void look(LinkedObject o) {
    ObjectFile f = o.file();
    Map<Integer, Integer> plain = new HashMap<>();
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      if (f.shndx(i) != 0 && f.symbolName(i).indexOf('@', 1) < 0) {
        plain.put(o.symbolNameId(i), i);
      }
    }
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      String name = f.symbolName(i);
      int at = name.indexOf('@', 1);
      if (at < 0 || f.shndx(i) == 0) {
        continue;
      }
      boolean isDefault = name.startsWith("@@", at);
      int id = isDefault ? o.symbolNameId(i) : ctxt.names.find(name.substring(0, at));
      Integer twin = plain.get(id);
      if (twin != null && isSamePlace(f, i, twin)) {
        twins.add(o, twin);
        plain.remove(id);
        if (!isDefault) {
          joined.put(o.symbolNameId(i), id);
        }
      }
      int other = isDefault ? ctxt.names.find(name.substring(0, at) + name.substring(at + 1)) : 0;
      if (other != 0) {
        joined.put(other, id);
      }
    }
  }

  /** The numbers of those names {@code f@V} that a file defines as {@code f@@V}. */
  static List<Integer> defaults(Context ctxt, ObjectFile f) {
    if (!f.hasVersionedNames()) {
      return List.of();
    }
    List<Integer> ids = new ArrayList<>();
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      String name = f.shndx(i) == 0 ? "" : f.symbolName(i);
      int at = name.indexOf("@@", 1);
      int id = at < 0 ? 0 : ctxt.names.find(name.substring(0, at) + name.substring(at + 1));
      if (id != 0) {
        ids.add(id);
      }
    }
    return ids;
  }

  private static boolean isSamePlace(ObjectFile f, int i, int j) {
    return f.shndx(i) == f.shndx(j)
        && f.shndx(i) != ObjectFile.COMMON
        && f.symbolValue(i) == f.symbolValue(j)
        && f.symbolOther(i) == f.symbolOther(j);
  }

  private void rename(LinkedObject o) {
    for (int i = o.file().firstGlobal(); i < o.file().symbolCount(); i++) {
      Integer id = joined.get(o.symbolNameId(i));
      if (id != null) {
        o.rename(i, id);
      }
    }
  }

  private void rename(LinkedLibrary library) {
    for (int r = 0; r < library.file().rows(); r++) {
      Integer id = joined.get(library.nameId(r));
      if (id != null) {
        library.setNameId(r, id);
      }
    }
  }
}
