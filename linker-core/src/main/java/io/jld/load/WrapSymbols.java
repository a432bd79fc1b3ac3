package io.jld.load;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * {@code --wrap=f}: undefined references to f go to {@code __wrap_f}, those to {@code __real_f} to
 * f. It stands before members are extracted, which the new names decide; references of an object to
 * its own definitions stay.
 */
public final class WrapSymbols {
  private WrapSymbols() {}

  /** The names that this adds to the link, to be interned. */
  public static List<String> names(Context ctxt) {
    List<String> names = new ArrayList<>();
    for (String f : new LinkedHashSet<>(ctxt.option(LinkOption.WRAP))) {
      names.addAll(List.of(f, "__wrap_" + f, "__real_" + f));
    }
    return names;
  }

  static void run(Context ctxt, List<LinkedObject> objects) {
    Map<Integer, Integer> to = new HashMap<>();
    for (String f : ctxt.option(LinkOption.WRAP)) {
      to.put(ctxt.names.find(f), ctxt.names.find("__wrap_" + f));
      to.put(ctxt.names.find("__real_" + f), ctxt.names.find(f));
    }
    if (to.isEmpty()) {
      return;
    }
    for (LinkedObject o : objects) {
      ObjectFile f = o.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        if (f.shndx(i) == 0 && to.containsKey(o.symbolNameId(i))) {
          o.rename(i, to.get(o.symbolNameId(i)));
        }
      }
    }
  }
}
