package io.jld.cli.map;

import io.jld.cli.map.SizeTree.Attributes;
import io.jld.cli.map.SizeTree.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sizes of a link beside those of an earlier one, place by place. Of the symbols only the
 * largest, and those that have changed most, stand for themselves; the others of a place are
 * counted.
 */
final class SizeGroups {
  /** Symbols that stand for themselves: with names of 100 characters that is about 6 MB. */
  private static final int MOST = 50_000;

  /** A change counts as much as this many times its bytes. */
  private static final int CHANGE = 16;

  /** Bytes of a symbol now and before. */
  record Leaf(String name, long now, long was) {
    long weight() {
      return Math.max(Math.max(now, was), CHANGE * Math.abs(now - was));
    }
  }

  /**
   * A place with its symbols, the largest first.
   *
   * @param others how many symbols are not among them
   * @param now bytes that those have
   * @param was what they had before
   */
  record Group(Place place, List<Leaf> leaves, int others, long now, long was) {}

  private final boolean compares;
  private final List<Group> groups = new ArrayList<>();
  private final Map<String, Attributes> sections = new LinkedHashMap<>();

  /**
   * @param before the earlier link; null: there is none
   */
  SizeGroups(SizeTree now, SizeTree before) {
    compares = before != null;
    sections.putAll(now.sections());
    Map<Place, Map<String, Long>> old = Map.of();
    if (compares) {
      before.sections().forEach(sections::putIfAbsent);
      old = SameInputs.renamed(before.sizes(), now.sizes().keySet());
    }
    Set<Place> places = new LinkedHashSet<>(now.sizes().keySet());
    places.addAll(old.keySet());
    Map<Place, List<Leaf>> all = new LinkedHashMap<>();
    List<Leaf> heaviest = new ArrayList<>();
    for (Place p : places) {
      List<Leaf> leaves =
          leaves(now.sizes().getOrDefault(p, Map.of()), old.getOrDefault(p, Map.of()));
      all.put(p, leaves);
      heaviest.addAll(leaves);
    }
    long limit = 0;
    if (heaviest.size() > MOST) {
      heaviest.sort(Comparator.comparingLong(Leaf::weight).reversed());
      limit = heaviest.get(MOST).weight(); // as many as that have more
    }
    for (Map.Entry<Place, List<Leaf>> e : all.entrySet()) {
      groups.add(group(e.getKey(), e.getValue(), limit));
    }
  }

  private static List<Leaf> leaves(Map<String, Long> now, Map<String, Long> old) {
    Map<String, Leaf> leaves = new HashMap<>();
    now.forEach((name, size) -> leaves.put(name, new Leaf(name, size, old.getOrDefault(name, 0L))));
    old.forEach((name, size) -> leaves.putIfAbsent(name, new Leaf(name, 0, size)));
    List<Leaf> sorted = new ArrayList<>(leaves.values());
    sorted.sort(Comparator.comparingLong(Leaf::weight).reversed().thenComparing(Leaf::name));
    return sorted;
  }

  private static Group group(Place place, List<Leaf> leaves, long limit) {
    int n = 0;
    while (n < leaves.size() && leaves.get(n).weight() > limit) {
      n++;
    }
    long now = 0;
    long was = 0;
    for (Leaf l : leaves.subList(n, leaves.size())) {
      now += l.now();
      was += l.was();
    }
    return new Group(place, leaves.subList(0, n), leaves.size() - n, now, was);
  }

  /** Whether there is an earlier link. */
  boolean compares() {
    return compares;
  }

  List<Group> groups() {
    return groups;
  }

  /** Of both links, by name. */
  Map<String, Attributes> sections() {
    return sections;
  }

  /** The names of all symbols that stand for themselves. */
  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (Group g : groups) {
      g.leaves().forEach(l -> names.add(l.name()));
    }
    return names;
  }
}
