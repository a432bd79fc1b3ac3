package io.jld.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameBytesTest {
  private static byte[] latin1(String bytes) {
    return bytes.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void utf8IsItself() {
    for (String s :
        new String[] {
          "", "main", "what?", "h\u00e9", "\u20ac\uFFFD", "\uD83D\uDE00?", "\0\u07ff"
        }) {
      byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
      assertArrayEquals(utf8, NameBytes.bytes(s));
      assertEquals(s, NameBytes.string(utf8));
      assertEquals(
          "b" + s,
          NameBytes.string(
              latin1("ab" + new String(utf8, StandardCharsets.ISO_8859_1) + "c"),
              1,
              utf8.length + 1));
    }
  }

  /** What Python's "surrogateescape" makes of the same bytes. */
  @Test
  void otherBytesAreLoneSurrogates() {
    String[][] names = {
      {"n\u00e9", "n\uDCE9"},
      {"\u00c3", "\uDCC3"},
      {"\u00a9?", "\uDCA9?"},
      {"\u00e2\u0082x", "\uDCE2\uDC82x"}, // the start of a character
      {"\u00c0\u0080", "\uDCC0\uDC80"}, // longer than it need be
      {"\u00ed\u00b3\u00a9", "\uDCED\uDCB3\uDCA9"}, // a surrogate of its own
      {"\u00f0\u009f\u0098\u0080\u00e9", "\uD83D\uDE00\uDCE9"}, // behind a pair
      {"\u00f5\u00ff\u00c3\u00a9", "\uDCF5\uDCFF\u00e9"},
      {"\u00ef\u00bf\u00bd\u00fe", "\uFFFD\uDCFE"},
    };
    for (String[] n : names) {
      assertEquals(n[1], NameBytes.string(latin1(n[0])));
      assertArrayEquals(latin1(n[0]), NameBytes.bytes(n[1]));
    }
  }

  @Test
  void allPairsOfBytesAreDifferentNames() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < 0x10000; i++) {
      byte[] name = {(byte) (i >> 8), (byte) i};
      String s = NameBytes.string(name);
      assertTrue(names.add(s), s);
      assertArrayEquals(name, NameBytes.bytes(s));
    }
  }

  @Test
  void anyBytesComeBack() {
    Random random = new Random(4);
    for (int i = 0; i < 20_000; i++) {
      byte[] name = new byte[random.nextInt(12)];
      for (int k = 0;
          k < name.length;
          k++) { // more of what characters of several bytes are made of
        name[k] = (byte) (random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(0x80, 0x100));
      }
      assertArrayEquals(name, NameBytes.bytes(NameBytes.string(name)));
    }
  }
}
