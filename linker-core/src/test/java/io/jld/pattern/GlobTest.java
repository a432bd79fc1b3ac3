package io.jld.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource({
    "foo, foo, true",
    "foo, foob, false",
    "foo, fo, false",
    "'', '', true",
    "'', x, false",
    "*, '', true",
    "*, anything/.at.all, true",
    "**, x, true",
    "f*, foo, true",
    "f*, of, false",
    "*o, foo, true",
    "*o, fox, false",
    "f*x, fx, true",
    "f*x, fox, true",
    "f*fx, fx, false",
    "*b*r, bar, true",
    "*b*r, foobar, true",
    "*b*r, rb, false",
    "a*b*c, a-b-b-c, true",
    "a*b*b*c, a-b-c, false",
    "*aab*, aaab, true",
    "?, x, true",
    "?, '', false",
    "fo?, foo, true",
    "fo??, foo, false",
    "f?*, f, false",
    "[abc], b, true",
    "[abc], d, false",
    "[a-c]x, bx, true",
    "[a-c]x, dx, false",
    "[!a-c], d, true",
    "[!a-c], b, false",
    "[^b], b, false",
    "[^b], c, true",
    "[c-a], b, false",
    "[]a], ], true",
    "[!]a], ], false",
    "[a-], -, true",
    "[-a], -, true",
    "[a, [a, true",
    "[a, a, false",
    "[, [, true",
    "[], [], true",
    "[!, [!, true",
    "x[, x[, true",
    "[a\\]b], ], true",
    "[\\a-\\c], b, true",
    "\\*, *, true",
    "\\*, x, false",
    "f\\o\\o, foo, true",
    "f\\157, f157, true",
    "foo\\, foo\\, false",
    "foo\\, foo, false",
    "[[:alpha:]], q, true",
    "[[:alpha:]], 1, false",
    "[![:digit:]_], _, false",
    "[[:digit:][:upper:]x]*, 9, true",
    "[[:digit:][:upper:]x]*, y, false",
    "[[:nope:]], a, false",
    "[[:x], ':', true",
    "_ZN*E?, _ZN2ns1fEi, true",
  })
  void fnmatch(String pattern, String name, boolean expected) {
    assertEquals(expected, Glob.of(pattern).matches(name));
  }

  @Test
  void matchesABytesRange() {
    MemorySegment names =
        MemorySegment.ofArray("\0main\0foobar\0".getBytes(StandardCharsets.US_ASCII));
    assertTrue(Glob.of("f*r").matches(names, 6, 6));
    assertFalse(Glob.of("f*r").matches(names, 6, 5));
    assertTrue(Glob.of("oo*").matches(names, 7, 3));
  }

  @Test
  void bytesAreUnsigned() {
    assertTrue(Glob.of("\u00e4*").matches("\u00e4x"));
    assertTrue(Glob.of("??").matches("\u00e4"));
    assertTrue(Glob.of("[\u00e4][!a]").matches("\u00e4"));
  }

  @Test
  void literals() {
    assertEquals("foo", Glob.literal("fo\\o"));
    assertEquals("*", Glob.literal("\\*"));
    assertEquals("", Glob.literal(""));
    assertNull(Glob.literal("fo?"));
    assertNull(Glob.literal("fo[o]"));
    assertNull(Glob.literal("*"));
    assertNull(Glob.literal("foo\\"));
  }

  @Test
  void timeIsBounded() {
    String name = "a".repeat(20_000);
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertFalse(Glob.of("a*".repeat(200) + "b").matches(name));
          assertFalse(Glob.of("*a".repeat(200) + "*b*").matches(name));
          assertTrue(Glob.of("*a".repeat(200) + "*").matches(name));
          assertFalse(Glob.of("*" + "a".repeat(300) + "b*").matches(name));
        });
  }

  /** Against the definition itself, on a small alphabet. */
  @Test
  void randomPatterns() {
    Random random = new Random(4);
    for (int round = 0; round < 200_000; round++) {
      String pattern = word(random, "ab*?*", 7);
      String name = word(random, "ab", 7);
      assertEquals(matches(pattern, name), Glob.of(pattern).matches(name), pattern + " " + name);
    }
    for (int round = 0; round < 100_000; round++) { // never an exception
      Glob.of(word(random, "a*[]!-^\\:z?\u00e4", 12)).matches(word(random, "a[]-\\:z!\u00e4", 6));
    }
  }

  private static String word(Random random, String alphabet, int limit) {
    StringBuilder s = new StringBuilder();
    for (int n = random.nextInt(limit); n > 0; n--) {
      s.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return s.toString();
  }

  private static boolean matches(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    String rest = pattern.substring(1);
    if (pattern.charAt(0) == '*') {
      return matches(rest, name) || (!name.isEmpty() && matches(pattern, name.substring(1)));
    }
    return !name.isEmpty()
        && (pattern.charAt(0) == '?' || pattern.charAt(0) == name.charAt(0))
        && matches(rest, name.substring(1));
  }
}
