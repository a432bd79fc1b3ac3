package io.jld.script;

import java.util.Locale;

/** What somebody may have meant who has written an unknown word. */
public final class Spelling {
  private Spelling() {}

  /**
   * A hint to the word that is nearly the same, for the end of a message; empty where there is
   * none.
   */
  static String hint(String written, String... words) {
    if (written.length() < 2 || written.length() > 64) {
      return "";
    }
    int limit = written.length() < 6 ? 1 : 2;
    String upper = written.toUpperCase(Locale.ROOT);
    String best = null;
    int bestDistance = limit + 1;
    for (String word : words) {
      int d = distance(upper, word, limit);
      if (d < bestDistance) {
        best = word;
        bestDistance = d;
      }
    }
    return best == null ? "" : "; did you mean " + best + "?";
  }

  /** Edits that turn one name into the other; more than {@code limit} are not counted. */
  public static int distance(String a, String b, int limit) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      int least = i;
      for (int j = 1; j <= b.length(); j++) {
        int d =
            Math.min(
                Math.min(row[j], row[j - 1]) + 1,
                diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
        diagonal = row[j];
        row[j] = d;
        least = Math.min(least, d);
      }
      if (least > limit) {
        return limit + 1;
      }
    }
    return row[b.length()];
  }
}
