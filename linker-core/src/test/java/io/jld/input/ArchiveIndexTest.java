package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import io.jld.testing.ArchiveBuilder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveIndexTest {
  private static Archive open(byte[] bytes) {
    return Archive.open(
        "lib.a", Path.of("dir", "lib.a"), MemorySegment.ofArray(bytes), path -> null);
  }

  private static byte[] content(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }

  private static ArchiveBuilder sample() {
    return new ArchiveBuilder()
        .member("a.o", content("AAA"), "alpha", "beta")
        .member("a_member_with_a_long_name.o", content("BBBB"))
        .member("c.o", content("C"), "gamma@@V1", "delta@V2", "");
  }

  private static long hash(String name) {
    byte[] bytes = content(name);
    return Names.hash(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private static String failure(byte[] archive, long at) {
    return assertThrows(LinkException.class, () -> open(archive).memberAt(at)).getMessage();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void namesAndMembers(int word) {
    Archive archive = open(sample().build(word));
    ArchiveIndex index = archive.index();
    String[] names = {"alpha", "beta", "gamma", "delta@V2", ""};
    String[] members = {"a.o", "a.o", "c.o", "c.o", "c.o"};
    assertEquals(names.length, index.count());
    for (int i = 0; i < names.length; i++) {
      assertEquals(hash(names[i]), index.hash(i), names[i]);
      assertEquals(members[i], archive.memberAt(index.member(i)).name());
      assertEquals(index.member(i), archive.memberAt(index.member(i)).headerOffset());
    }
    ArchiveMember c = archive.memberAt(index.member(2));
    assertArrayEquals(content("C"), c.content().toArray(ValueLayout.JAVA_BYTE));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8})
  void membersAreTheSameHoweverTheyAreAskedFor(int word) {
    byte[] bytes = sample().build(word);
    List<ArchiveMember> all = open(bytes).members();
    assertEquals(
        List.of("a.o", "a_member_with_a_long_name.o", "c.o"),
        all.stream().map(ArchiveMember::name).toList());
    for (int i = all.size() - 1; i >= 0; i--) {
      ArchiveMember m = open(bytes).memberAt(all.get(i).headerOffset());
      assertEquals(all.get(i).name(), m.name());
      assertEquals(-1, all.get(i).content().mismatch(m.content()));
    }
  }

  @Test
  void thinMembers() {
    byte[] bytes = sample().thin(4);
    Archive archive = open(bytes);
    assertTrue(archive.isThin());
    ArchiveMember c = archive.memberAt(archive.index().member(2));
    assertEquals(Path.of("dir", "c.o"), c.path());
    assertNull(c.content());
  }

  @Test
  void manyNames() {
    ArchiveBuilder b = new ArchiveBuilder();
    for (int m = 0; m < 300; m++) {
      String[] names = new String[20];
      for (int i = 0; i < names.length; i++) {
        names[i] = "n" + m + "_" + "x".repeat((m + i) % 37) + i;
      }
      b.member(m + ".o", content("" + m), names);
    }
    Archive archive = open(b.build(8));
    ArchiveIndex index = archive.index();
    assertEquals(6000, index.count());
    for (int e = 0; e < index.count(); e++) {
      int m = e / 20;
      int i = e % 20;
      assertEquals(hash("n" + m + "_" + "x".repeat((m + i) % 37) + i), index.hash(e));
      assertEquals(m + ".o", archive.memberAt(index.member(e)).name());
    }
  }

  @Test
  void noIndex() {
    assertNull(open(sample().build(0)).index());
    assertNull(open(content("!<arch>\n")).index());
    // one that is not the first member is none
    byte[] late = new ArchiveBuilder().member("a.o", content("AA")).build(0);
    byte[] index = Arrays.copyOfRange(sample().build(4), 8, 200);
    byte[] both = Arrays.copyOf(late, late.length + index.length);
    System.arraycopy(index, 0, both, late.length, index.length);
    assertNull(open(both).index());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void noNames(int word) {
    ArchiveIndex index = open(new ArchiveBuilder().member("a", content("x")).build(word)).index();
    assertEquals(0, index.count());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void wrongCounts(int word) {
    for (long n : new long[] {6, 7, 1000, Integer.MAX_VALUE, 0x80000000L, 0xffffffffL, -1}) {
      byte[] bytes = ArchiveBuilder.patch(sample().build(word), word, 0, n);
      assertNull(open(bytes).index(), () -> n + " names");
    }
    for (long n : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, (1L << 61) + 5}) {
      assertNull(open(ArchiveBuilder.patch(sample().build(8), 8, 0, n)).index());
    }
    // too few: what remains is taken for the first names, but within the index
    assertEquals(4, open(ArchiveBuilder.patch(sample().build(word), word, 0, 4)).index().count());
  }

  /** An index of every size that is too small for what its first word says. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void tooShort(int word) {
    byte[] whole = sample().build(word);
    int size = Integer.parseInt(new String(whole, 8 + 48, 10, StandardCharsets.US_ASCII).trim());
    int sound = 0;
    for (int n = 0; n <= size; n++) {
      byte[] content = Arrays.copyOfRange(whole, 68, 68 + n);
      ArchiveIndex index = ArchiveIndex.read(MemorySegment.ofArray(content), word);
      sound += index == null ? 0 : 1;
      if (n < size) {
        assertNull(index, n + " of " + size + " bytes");
      }
    }
    assertEquals(1, sound);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void lastNameHasNoEnd(int word) {
    for (int last : new int[] {'x', 0x7f, 0x80, 0xff}) {
      byte[] bytes = new byte[2 * word + 8];
      bytes[word - 1] = 1;
      Arrays.fill(bytes, 2 * word, bytes.length, (byte) 'n');
      bytes[bytes.length - 1] = (byte) last;
      assertNull(ArchiveIndex.read(MemorySegment.ofArray(bytes), word), () -> "byte " + last);
      bytes[bytes.length - 1] = 0;
      assertNotNull(ArchiveIndex.read(MemorySegment.ofArray(bytes), word));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void indexBehindTheEndOfTheFile(int word) {
    byte[] bytes = Arrays.copyOf(sample().build(word), 90);
    String message = assertThrows(LinkException.class, () -> open(bytes).index()).getMessage();
    assertTrue(message.contains("lib.a") && message.contains("truncated archive"), message);
  }

  /** Places of an archive that are none of a member's header: an error with the file's name. */
  @Test
  void noMember() {
    byte[] bytes = sample().build(4);
    List<Long> headers = open(bytes).members().stream().map(ArchiveMember::headerOffset).toList();
    List<Long> places = new ArrayList<>();
    for (long at = -70; at < bytes.length + 70L; at++) {
      if (!headers.contains(at)) {
        places.add(at);
      }
    }
    places.addAll(
        List.of(1L << 32, 0xffffffffL, 1L << 44, Long.MAX_VALUE, Long.MAX_VALUE - 60, 1L << 63));
    for (long at : places) {
      String message = failure(bytes, at);
      assertTrue(message.startsWith("lib.a") || message.contains(" lib.a"), message);
    }
  }

  /** The index itself and the table of long names are no members. */
  @Test
  void specialMembers() {
    for (int word : new int[] {4, 8}) {
      byte[] bytes = sample().build(word);
      String all = new String(bytes, StandardCharsets.ISO_8859_1);
      assertTrue(failure(bytes, 8).contains("no member here"));
      assertTrue(failure(bytes, all.indexOf("// ")).contains("no member here"));
    }
  }

  @Test
  void first() {
    byte[] bytes = sample().build(4);
    assertEquals("a.o", open(bytes).first(m -> true).name());
    assertEquals("c.o", open(bytes).first(m -> m.content().byteSize() == 1).name());
    assertNull(open(bytes).first(m -> false));
    assertNull(open(content("!<arch>\n")).first(m -> true));
  }

  /** What is damaged behind the member is not looked at. */
  @Test
  void firstDoesNotReadOn() {
    byte[] whole = sample().build(4);
    long second = open(whole).members().get(1).headerOffset();
    byte[] bytes = Arrays.copyOf(whole, (int) second + 30);
    assertEquals("a.o", open(bytes).first(m -> true).name());
    assertThrows(LinkException.class, () -> open(bytes).first(m -> false));
  }
}
