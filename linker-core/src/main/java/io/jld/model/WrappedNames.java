package io.jld.model;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code --wrap=f}: who refers to f means {@code __wrap_f}, and who refers to {@code __real_f}
 * means f. An object's references to its own definitions stay; an expression's, of a script or
 * {@code --defsym}, never do.
 */
public final class WrappedNames {
  private WrappedNames() {}

  /** What each name means for who refers to it; names that are not there mean themselves. */
  public static Map<String, String> of(Collection<String> wrapped) {
    Map<String, String> meant = new LinkedHashMap<>();
    for (String f : wrapped) {
      meant.put(f, "__wrap_" + f);
      meant.put("__real_" + f, f);
    }
    return meant;
  }
}
