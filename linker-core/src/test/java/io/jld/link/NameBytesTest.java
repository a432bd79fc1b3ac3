package io.jld.link;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void paths(@TempDir Path dir) throws IOException {
    String[] names = {"a b", "h\u00e9", "n\uDCE9", "\uDCC3 %41?#&;", "\uD83D\uDE00\uDCFF"};
    for (String name : names) {
      Path file = NameBytes.path(dir + "/" + name);
      assertEquals(dir + "/" + name, NameBytes.string(file));
      assertEquals(name, NameBytes.string(file.getFileName()));
      Path inside = Files.createDirectories(file.resolve(NameBytes.path(name + "/x"))).getParent();
      assertEquals(dir + "/" + name + "/" + name, NameBytes.string(inside));
      try (Stream<Path> there = Files.list(file)) {
        assertEquals(List.of(inside), there.toList());
      }
    }
    try (Stream<Path> there = Files.list(dir)) {
      Set<String> found = there.map(p -> NameBytes.string(p.getFileName())).collect(toSet());
      assertEquals(Set.of(names), found);
    }
    assertTrue(Files.exists(Path.of(URI.create("file://" + dir + "/n%E9"))));
  }

  @Test
  void pathsAsThePlatformHasThem() {
    assertEquals("../\uDCE9/./b", NameBytes.string(NameBytes.path("..//\uDCE9/.///b/")));
    assertEquals("/\uDCE9", NameBytes.string(NameBytes.path("//\uDCE9")));
    assertEquals(Path.of("a//b/"), NameBytes.path("a//b/"));
    assertEquals(Path.of("/"), NameBytes.path("/"));
    assertEquals("", NameBytes.string(Path.of("")));
    assertThrows(InvalidPathException.class, () -> NameBytes.path("a\0"));
    assertThrows(InvalidPathException.class, () -> NameBytes.path("\uDCE9\0"));
  }
}
