package io.jld.pattern;

import io.jld.link.NameBytes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pattern for names, as POSIX {@code fnmatch} without flags has it and GNU ld uses it: {@code *}
 * is any number of bytes, {@code ?} one, {@code [a-z_]} one of a set, {@code [!x]} or {@code [^x]}
 * one that is not in the set, {@code [[:alpha:]]} one of a class; {@code \} takes the next
 * character as it is. A {@code [} without its {@code ]} stands for itself.
 *
 * <p>Patterns and names are compared as bytes, which are UTF-8 where they come from a {@code
 * String}.
 *
 * <p>The stars cut a pattern into parts. The first and the last have their place; each part between
 * them is best found as far left as possible, so that no choice has ever to be taken back, and the
 * time is bounded by the product of the two lengths.
 */
public final class Glob {
  /**
   * In a part: any byte. From 0 to 255 it is that byte, above {@code ANY} the set at {@code SET -
   * element}.
   */
  private static final int ANY = 256;

  private static final int SET = 257;

  private final String pattern;
  private final int[][] parts;
  private final List<long[]> sets = new ArrayList<>();
  private final long minLength;

  private Glob(String pattern) {
    this.pattern = pattern;
    parts = parse(NameBytes.bytes(pattern));
    long sum = 0;
    for (int[] part : parts) {
      sum += part.length;
    }
    minLength = sum;
  }

  /** The pattern, whatever it is made of: there are none that are malformed. */
  public static Glob of(String pattern) {
    return new Glob(pattern);
  }

  /**
   * The one name that a pattern without wildcards matches, its {@code \} taken away; null where
   * there are wildcards.
   */
  public static String literal(String pattern) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '*' || c == '?' || c == '[') {
        return null;
      }
      if (c == '\\') {
        if (++i == pattern.length()) {
          return null; // matches nothing: see parse()
        }
        c = pattern.charAt(i);
      }
      name.append(c);
    }
    return name.toString();
  }

  public boolean matches(String name) {
    byte[] bytes = NameBytes.bytes(name);
    return matches(bytes, bytes.length);
  }

  /**
   * Whether the {@code length} bytes at {@code offset}, which lie in {@code bytes}, match as a
   * whole. They are copied, since to read mapped memory byte by byte costs a cold start
   * (docs/performance.md).
   */
  public boolean matches(MemorySegment bytes, long offset, int length) {
    if (length < minLength) {
      return false;
    }
    byte[] copy = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    return matches(copy, length);
  }

  private boolean matches(byte[] bytes, int length) {
    if (length < minLength) {
      return false;
    }
    int[] head = parts[0];
    if (parts.length == 1) {
      return length == head.length && matchesAt(head, bytes, 0);
    }
    int[] tail = parts[parts.length - 1];
    int at = head.length;
    int end = length - tail.length;
    if (!matchesAt(head, bytes, 0) || !matchesAt(tail, bytes, end)) {
      return false;
    }
    for (int i = 1; i < parts.length - 1; i++) {
      int[] part = parts[i];
      while (at + part.length <= end && !matchesAt(part, bytes, at)) {
        at++;
      }
      at += part.length;
      if (at > end) {
        return false;
      }
    }
    return true;
  }

  private boolean matchesAt(int[] part, byte[] bytes, int at) {
    for (int i = 0; i < part.length; i++) {
      int element = part[i];
      if (element != ANY) {
        int b = bytes[at + i] & 0xff;
        if (element < ANY ? element != b : !contains(sets.get(element - SET), b)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean contains(long[] set, int b) {
    return (set[b >> 6] >>> (b & 63) & 1) != 0;
  }

  private int[][] parse(byte[] p) {
    List<int[]> all = new ArrayList<>();
    int[] part = new int[p.length];
    int length = 0;
    for (int i = 0; i < p.length; i++) {
      switch (p[i]) {
        case '*' -> {
          if (length > 0 || all.isEmpty()) { // ** is *
            all.add(Arrays.copyOf(part, length));
            length = 0;
          }
        }
        case '?' -> part[length++] = ANY;
        case '[' -> {
          int end = parseSet(p, i + 1);
          part[length++] = end < 0 ? '[' : SET + sets.size() - 1;
          i = Math.max(i, end);
        }
        case '\\' -> {
          if (i + 1 == p.length) { // fnmatch: a pattern that ends with \ matches nothing
            sets.add(new long[4]);
            part[length++] = SET + sets.size() - 1;
          } else {
            part[length++] = p[++i] & 0xff;
          }
        }
        default -> part[length++] = p[i] & 0xff;
      }
    }
    all.add(Arrays.copyOf(part, length));
    return all.toArray(int[][]::new);
  }

  /**
   * Adds the set whose first byte is at {@code i}; gives where its {@code ]} is, or -1 if there is
   * none.
   */
  private int parseSet(byte[] p, int i) {
    boolean negated = i < p.length && (p[i] == '!' || p[i] == '^');
    if (negated) {
      i++;
    }
    long[] set = new long[4];
    for (int first = i; i < p.length && (p[i] != ']' || i == first); i++) {
      int classEnd = namedClass(p, i, set);
      if (classEnd > 0) {
        i = classEnd;
        continue;
      }
      i = skipEscape(p, i);
      int low = i < p.length ? p[i] & 0xff : 0;
      int high = low;
      if (i + 2 < p.length && p[i + 1] == '-' && p[i + 2] != ']') {
        i = skipEscape(p, i + 2);
        high = i < p.length ? p[i] & 0xff : 0;
      }
      for (int b = low; b <= high; b++) {
        set[b >> 6] |= 1L << (b & 63);
      }
    }
    if (i >= p.length) {
      return -1;
    }
    if (negated) {
      for (int k = 0; k < set.length; k++) {
        set[k] = ~set[k];
      }
    }
    sets.add(set);
    return i;
  }

  private static int skipEscape(byte[] p, int i) {
    return i < p.length && p[i] == '\\' ? i + 1 : i;
  }

  /** Adds {@code [:NAME:]} if it stands at {@code i}; gives where its last byte is, or 0. */
  private static int namedClass(byte[] p, int i, long[] set) {
    if (p[i] != '[' || i + 1 >= p.length || p[i + 1] != ':') {
      return 0;
    }
    int end = i + 2;
    while (end < p.length && p[end] >= 'a' && p[end] <= 'z') {
      end++;
    }
    if (end + 1 >= p.length || p[end] != ':' || p[end + 1] != ']') {
      return 0;
    }
    String name = NameBytes.string(p, i + 2, end - i - 2);
    for (int b = 0; b < 0x80; b++) {
      if (inClass(name, b)) {
        set[b >> 6] |= 1L << (b & 63);
      }
    }
    return end + 1;
  }

  /** The classes of the C locale. */
  private static boolean inClass(String name, int b) {
    boolean lower = b >= 'a' && b <= 'z';
    boolean upper = b >= 'A' && b <= 'Z';
    boolean digit = b >= '0' && b <= '9';
    return switch (name) {
      case "alpha" -> lower || upper;
      case "digit" -> digit;
      case "alnum" -> lower || upper || digit;
      case "lower" -> lower;
      case "upper" -> upper;
      case "xdigit" -> digit || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
      case "blank" -> b == ' ' || b == '\t';
      case "space" -> b == ' ' || (b >= '\t' && b <= '\r');
      case "punct" -> b > ' ' && b < 0x7f && !lower && !upper && !digit;
      case "graph" -> b > ' ' && b < 0x7f;
      case "print" -> b >= ' ' && b < 0x7f;
      case "cntrl" -> b < ' ' || b == 0x7f;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return pattern;
  }
}
