package io.jld.load;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.WrappedNames;
import io.jld.symbol.LinkedObject;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code --wrap}: undefined references of objects go to the names that {@link WrappedNames} says.
 * It stands before members are extracted, which the new names decide.
 */
public final class WrapSymbols {
  private WrapSymbols() {}

  /** The names that this adds to the link, to be interned. */
  public static List<String> names(Context ctxt) {
    Map<String, String> meant = WrappedNames.of(ctxt.option(LinkOption.WRAP));
    Set<String> names = new LinkedHashSet<>(meant.keySet());
    names.addAll(meant.values());
    return List.copyOf(names);
  }

  static void run(Context ctxt, List<LinkedObject> objects) {
    Map<Integer, Integer> to = new HashMap<>();
    WrappedNames.of(ctxt.option(LinkOption.WRAP))
        .forEach((name, meant) -> to.put(ctxt.names.find(name), ctxt.names.find(meant)));
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
