package io.jld.cli.map;

import io.jld.cli.map.SizeTree.Place;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which input of one link is which of another, where their paths differ: builds have directories of
 * their own, and compilers give objects names that nobody has used before. Those are the same whose
 * paths are; of the others, those whose names without directories are the same and belong to one
 * input of each link alone.
 */
final class SameInputs {
  /** What gcc and clang call an object that they delete after the link. */
  private static final Pattern TEMPORARY = Pattern.compile("(cc|.+-)[0-9A-Za-z]{6}\\.o");

  private record Input(String library, String object) {
    static Input of(Place p) {
      return new Input(p.library(), p.object());
    }

    /** Without directories, and without the chance part of a temporary name. */
    Input plain() {
      String file = name(object);
      if (!library.equals(SizeTree.OBJECTS)) {
        return new Input(name(library), file);
      }
      return new Input(library, TEMPORARY.matcher(file).replaceFirst("$1.o"));
    }

    private static String name(String path) {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  private SameInputs() {}

  /** The sizes of an earlier link by the places of a later one. */
  static Map<Place, Map<String, Long>> renamed(
      Map<Place, Map<String, Long>> before, Set<Place> now) {
    Map<Input, Input> later = byPlainName(now, before.keySet());
    Map<Input, Input> earlier = byPlainName(before.keySet(), now);
    Map<Place, Map<String, Long>> renamed = new LinkedHashMap<>();
    before.forEach(
        (place, sizes) -> {
          Input is = Input.of(place);
          Input plain = is.plain();
          Input same = is.equals(earlier.get(plain)) ? later.get(plain) : null;
          Place other =
              same == null ? place : new Place(same.library(), same.object(), place.section());
          renamed.put(other, sizes);
        });
    return renamed;
  }

  /** The inputs of some places that others do not have, by the names that belong to one alone. */
  private static Map<Input, Input> byPlainName(Set<Place> places, Set<Place> others) {
    Set<Input> inputs = new LinkedHashSet<>();
    places.forEach(p -> inputs.add(Input.of(p)));
    others.forEach(p -> inputs.remove(Input.of(p)));
    Map<Input, Input> byName = new HashMap<>();
    Set<Input> several = new HashSet<>();
    for (Input i : inputs) {
      if (byName.putIfAbsent(i.plain(), i) != null) {
        several.add(i.plain());
      }
    }
    byName.keySet().removeAll(several);
    return byName;
  }
}
