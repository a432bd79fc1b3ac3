package io.jld.resolve;

import static io.jld.elf.Elf.STT_TLS;

import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The space of all common symbols.
 *
 * @param large names of those that may be far away from others ({@code SHN_X86_64_LCOMMON})
 * @param spaces of those that are plain, large and thread-local, in this order
 */
public record CommonSymbols(Set<Integer> large, List<Commons> spaces) {
  static void allocate(Context ctxt, List<LinkedObject> withCommons) {
    List<Commons> spaces =
        List.of(
            new Commons(Commons.Kind.PLAIN),
            new Commons(Commons.Kind.LARGE),
            new Commons(Commons.Kind.THREAD_LOCAL));
    Set<Integer> large = large(withCommons);
    for (Commons c : spaces) {
      c.allocate(ctxt, withCommons, large);
    }
    ctxt.handOn(new CommonSymbols(large, spaces));
  }

  /** What one object has among the small ones is there for all: its code reaches no farther. */
  private static Set<Integer> large(List<LinkedObject> withCommons) {
    Set<Integer> large = new HashSet<>();
    for (LinkedObject o : withCommons) {
      addCommons(o, true, large);
    }
    if (!large.isEmpty()) {
      Set<Integer> small = new HashSet<>();
      for (LinkedObject o : withCommons) {
        addCommons(o, false, small);
      }
      large.removeAll(small);
    }
    return large;
  }

  private static void addCommons(LinkedObject o, boolean large, Set<Integer> found) {
    ObjectFile f = o.file();
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      if (f.shndx(i) == ObjectFile.COMMON && f.isLargeCommon(i) == large) {
        found.add(o.symbolNameId(i));
      }
    }
  }

  public static CommonSymbols of(Context ctxt) {
    return ctxt.get(CommonSymbols.class);
  }

  /** Whether the name's space may be far away. */
  public boolean isLarge(int id) {
    return large.contains(id);
  }

  /**
   * Takes the space from the common symbols of objects that nothing refers to.
   *
   * @param live the others
   */
  public void retain(Context ctxt, Set<LinkedObject> live) {
    spaces.forEach(c -> c.retain(ctxt, live));
  }

  /** Where a common symbol of an object has its space. */
  public Commons of(LinkedObject object, int sym) {
    boolean threadLocal = object.file().symbolType(sym) == STT_TLS;
    Commons.Kind kind = Commons.kind(threadLocal, isLarge(object.symbolNameId(sym)));
    return spaces.get(kind.ordinal()).of(object);
  }
}
