package io.jld.examples.riscv64;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The instructions that an object uses: {@code rv64i2p1_m2p0_zicsr2p0} (The RISC-V Instruction Set
 * Manual, "ISA Extension Naming Conventions"): a base with the extensions beside it, each with its
 * version.
 *
 * @param base {@code rv64i} or the like
 * @param extensions versions by name, {@code "2p1"}, in the order in which they are written; the
 *     base's letter is among them
 */
record Riscv64Isa(String base, TreeMap<String, String> extensions) {
  private static final String ORDER = "iemafdqlcbkjtpvnh";
  private static final Pattern LETTER = Pattern.compile("([a-wy])(\\d+p\\d+|\\d+)?_?");
  private static final Pattern WORD = Pattern.compile("_?([szx][a-z0-9]*?[a-z])(\\d+p\\d+)?(_|$)");

  /** Single letters in the manual's order, then z by its second letter, s, x. */
  private static final Comparator<String> CANONICAL =
      Comparator.<String>comparingInt(Riscv64Isa::kind)
          .thenComparingInt(Riscv64Isa::rank)
          .thenComparing(Comparator.naturalOrder());

  private static int kind(String name) {
    return name.length() == 1 ? 0 : 1 + "zsx".indexOf(name.charAt(0));
  }

  private static int rank(String name) {
    int kind = kind(name);
    if (kind > 1) {
      return 0;
    }
    int rank = ORDER.indexOf(name.charAt(kind));
    return rank < 0 ? ORDER.length() : rank;
  }

  /**
   * Reads the name of a set of instructions.
   *
   * @throws IllegalArgumentException with a message where it is none
   */
  static Riscv64Isa parse(String s) {
    TreeMap<String, String> found = new TreeMap<>(CANONICAL);
    if (!s.matches("rv(32|64)[ieg].*")) {
      throw new IllegalArgumentException("unknown instruction set '" + s + "'");
    }
    int at = 4;
    Matcher letter = LETTER.matcher(s);
    while (at < s.length() && letter.find(at) && letter.start() == at) {
      add(found, letter.group(1), letter.group(2));
      at = letter.end();
      if (at < s.length() && "szx".indexOf(s.charAt(at)) >= 0) {
        break;
      }
    }
    Matcher word = WORD.matcher(s);
    while (at < s.length() && word.find(at) && word.start() == at) {
      add(found, word.group(1), word.group(2));
      at = word.end();
    }
    if (at < s.length()) {
      throw new IllegalArgumentException("unknown instruction set '" + s + "'");
    }
    return new Riscv64Isa(s.substring(0, 5), found);
  }

  private static void add(Map<String, String> to, String name, String version) {
    to.merge(name, version == null ? "" : version, Riscv64Isa::newer);
  }

  private static String newer(String a, String b) {
    int[] x = numbers(a);
    int[] y = numbers(b);
    return x[0] > y[0] || (x[0] == y[0] && x[1] >= y[1]) ? a : b;
  }

  private static int[] numbers(String version) {
    String[] parts = (version.isEmpty() ? "0" : version).split("p");
    return new int[] {number(parts[0]), parts.length > 1 ? number(parts[1]) : 0};
  }

  private static int number(String digits) {
    return digits.length() > 6 ? 999_999 : Integer.parseInt(digits);
  }

  /** The extensions of both, each in its newer version. */
  Riscv64Isa join(Riscv64Isa other) {
    TreeMap<String, String> all = new TreeMap<>(extensions);
    other.extensions.forEach((name, version) -> add(all, name, version));
    return new Riscv64Isa(base, all);
  }

  @Override
  public String toString() {
    StringBuilder s = new StringBuilder(base.substring(0, 4));
    String separator = "";
    for (Map.Entry<String, String> e : extensions.entrySet()) {
      s.append(separator).append(e.getKey()).append(e.getValue());
      separator = "_";
    }
    return s.toString();
  }
}
