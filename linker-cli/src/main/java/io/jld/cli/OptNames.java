package io.jld.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds options by name: exactly, by an unambiguous beginning, or the nearest one for a message.
 */
final class OptNames {
  /** By long name without dashes. */
  private final Map<String, Opt> anyDashes = HashMap.newHashMap(400);

  /** Names that need two dashes. */
  private final Map<String, Opt> twoDashes = HashMap.newHashMap(20);

  private final Opt[] shorts = new Opt[128];

  /**
   * First letters of the names in {@link #anyDashes}: {@code -L...} is then known to be short
   * without a search.
   */
  private final boolean[] firstLetters = new boolean[128];

  OptNames() {
    for (Opt.Group group : Opt.Group.values()) {
      for (Opt opt : group.options()) {
        add(opt);
      }
    }
  }

  private void add(Opt opt) {
    String names = opt.names();
    int start = 0;
    while (start < names.length()) {
      int end = names.indexOf(' ', start);
      end = end < 0 ? names.length() : end;
      add(opt, names, start, end);
      start = end + 1;
    }
  }

  private void add(Opt opt, String names, int start, int end) {
    boolean two = names.charAt(end - 1) == '!';
    int name = start + (names.charAt(start + 1) == '-' ? 2 : 1);
    if (name == start + 1 && end == name + 1) {
      shorts[names.charAt(name)] = opt;
    } else if (two) {
      twoDashes.put(names.substring(name, end - 1), opt);
    } else {
      anyDashes.put(names.substring(name, end), opt);
      firstLetters[names.charAt(name)] = true;
    }
  }

  /** The option {@code -c}, or null. */
  Opt shortOpt(char c) {
    return c < shorts.length ? shorts[c] : null;
  }

  /**
   * The option of a long name that stands after one dash or two.
   *
   * @return null if there is none
   */
  Opt longOpt(String name, boolean dashes2) {
    Opt opt = anyDashes.get(name);
    return opt == null && dashes2 ? twoDashes.get(name) : opt;
  }

  /** Whether no long name that may stand after one dash begins with {@code c}. */
  boolean isShortOnly(char c) {
    return c >= firstLetters.length || !firstLetters[c];
  }

  /**
   * The long name that {@code start} abbreviates; one that needs two dashes only where there is no
   * other, so that what other linkers' options are called changes no abbreviation of GNU ld's.
   *
   * @return the option; null if there is none; where several differ, an {@link
   *     IllegalArgumentException} names two of them
   */
  Opt abbreviated(String start, boolean dashes2) {
    String first = match(anyDashes, start);
    if (first == null && dashes2) {
      first = match(twoDashes, start);
    }
    return first == null ? null : longOpt(first, dashes2);
  }

  private String match(Map<String, Opt> map, String start) {
    String found = null;
    for (Map.Entry<String, Opt> e : map.entrySet()) {
      String name = e.getKey();
      if (name.startsWith(start)) {
        if (found != null && longOpt(found, true) != e.getValue()) {
          String low = found.compareTo(name) < 0 ? found : name;
          throw new IllegalArgumentException(
              "--" + low + ", --" + (low.equals(found) ? name : found));
        }
        found = found != null && found.compareTo(name) < 0 ? found : name;
      }
    }
    return found;
  }

  /**
   * The long name nearest to a misspelt one.
   *
   * @return without dashes; null if none is near
   */
  String nearest(String name) {
    String best = null;
    int bestDistance = Math.min(3, name.length() / 3) + 1;
    for (Map<String, Opt> map : List.of(anyDashes, twoDashes)) {
      for (String candidate : map.keySet()) {
        int d = distance(name, candidate, bestDistance);
        if (d < bestDistance
            || (best != null && d == bestDistance && candidate.compareTo(best) < 0)) {
          best = candidate;
          bestDistance = d;
        }
      }
    }
    return best;
  }

  /**
   * Damerau-Levenshtein distance (neighbours swapped count once); {@code limit} + 1 and above are
   * not told apart.
   */
  static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) > limit) {
      return limit + 1;
    }
    int[] previous = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    int[] next = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      next[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int d = Math.min(Math.min(row[j], next[j - 1]) + 1, row[j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d = Math.min(d, previous[j - 2] + 1);
        }
        next[j] = d;
      }
      int[] free = previous;
      previous = row;
      row = next;
      next = free;
    }
    return row[b.length()];
  }
}
