package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArchiveTest {
  private static final Path PATH = Path.of("dir", "lib.a");

  /** Puts an archive together, header by header. */
  private static final class Ar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Ar(String magic) {
      text(magic);
    }

    static Ar normal() {
      return new Ar("!<arch>\n");
    }

    static Ar thin() {
      return new Ar("!<thin>\n");
    }

    Ar text(String s) {
      out.writeBytes(s.getBytes(StandardCharsets.ISO_8859_1));
      return this;
    }

    int size() {
      return out.size();
    }

    Ar header(String name, Object size) {
      return text(
          String.format("%-16s%-12s%-6s%-6s%-8s%-10s`\n", name, "0", "0", "0", "644", size));
    }

    Ar member(String name, String content) {
      header(name, content.length()).text(content);
      return (content.length() & 1) == 0 ? this : text("\n");
    }

    MemorySegment bytes() {
      return MemorySegment.ofArray(out.toByteArray());
    }
  }

  private static List<ArchiveMember> read(Ar ar) {
    return Archive.members("lib.a", PATH, ar.bytes(), path -> MemorySegment.ofArray(new byte[0]));
  }

  private static String text(ArchiveMember member) {
    return new String(member.content().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }

  private static String failure(Ar ar) {
    return assertThrows(LinkException.class, () -> read(ar)).getMessage();
  }

  private static Ar gnu() {
    return Ar.normal()
        .member("/", "\0\0\0\0")
        .member("//", "averyveryverylongname.o/\nanother_longer_name.o/\n")
        .member("a.o/", "AAA")
        .member("/0", "BBBB")
        .member("/25", "CC")
        .member("sp ace.o/", "");
  }

  @Test
  void gnuNames() {
    List<ArchiveMember> members = read(gnu());
    assertEquals(
        List.of("a.o", "averyveryverylongname.o", "another_longer_name.o", "sp ace.o"),
        members.stream().map(ArchiveMember::name).toList());
    assertEquals(
        List.of("AAA", "BBBB", "CC", ""), members.stream().map(ArchiveTest::text).toList());
    assertEquals(8 + 64 + 60 + 48, members.getFirst().headerOffset());
  }

  /** A name of 15 bytes has its slash in the last place, where GNU ar forgets it. */
  @Test
  void longNameOverAShortOne() {
    Ar ar = Ar.thin().member("//", "d/fifteen_bytes.o/\n").header("/0             /", 8);
    List<ArchiveMember> members =
        Archive.members("a/lib.a", Path.of("a/lib.a"), ar.bytes(), p -> null);
    assertEquals(Path.of("a/d/fifteen_bytes.o"), members.getFirst().path());
  }

  @Test
  void lastPaddingMayBeMissing() {
    assertEquals("odd", text(read(Ar.normal().header("a.o/", 3).text("odd")).getFirst()));
  }

  @Test
  void emptyArchive() {
    assertTrue(read(Ar.normal()).isEmpty());
    assertTrue(read(Ar.thin()).isEmpty());
    assertFalse(
        Archive.isArchive(MemorySegment.ofArray("!<arch>".getBytes(StandardCharsets.US_ASCII))));
  }

  @Test
  void symbolIndexesAreSkipped() {
    Ar ar =
        Ar.normal()
            .member("/SYM64/", "\0\0\0\0\0\0\0\0")
            .member("__.SYMDEF", "x")
            .member("#1/20", "__.SYMDEF SORTED\0\0\0\0index")
            .member("a.o/", "A");
    assertEquals(List.of("a.o"), read(ar).stream().map(ArchiveMember::name).toList());
  }

  @Test
  void bsdNames() {
    List<ArchiveMember> members =
        read(
            Ar.normal()
                .member("#1/12", "long name.o\0BODY")
                .member("short.o", "S")
                .member("#1/3", "abcD"));
    assertEquals(
        List.of("long name.o", "short.o", "abc"),
        members.stream().map(ArchiveMember::name).toList());
    assertEquals("BODY", text(members.get(0)));
    assertEquals("D", text(members.get(2)));
  }

  @Test
  void thinMembersAreFiles() {
    Ar ar =
        Ar.thin()
            .member("/", "\0\0\0\0")
            .member("//", "sub/b.o/\n/abs/c.o/\n")
            .header("/0", 840)
            .header("/9", 99999)
            .header("d.o/", 1);
    List<ArchiveMember> members = read(ar);
    assertEquals(
        List.of(Path.of("dir/sub/b.o"), Path.of("/abs/c.o"), Path.of("dir/d.o")),
        members.stream().map(ArchiveMember::path).toList());
    assertEquals("sub/b.o", members.getFirst().name());
    assertTrue(members.getFirst().external());
  }

  @Test
  void membersOfNestedArchives() {
    Ar inner = Ar.normal().member("//", "member_with_long_name.o/\n");
    int first = inner.size();
    inner.member("x.o/", "XX");
    int second = inner.size();
    inner.member("/0", "YYYY");
    Ar innerThin = Ar.thin().member("//", "z/z.o/\n");
    int third = innerThin.size();
    innerThin.header("/0", 5);

    Ar outer = Ar.thin().member("//", "s/inner.a/\ns/thin.a/\n");
    outer.header("/0:" + first, 2).header("/0:" + second, 4).header("/11:" + third, 5);
    Map<Path, Integer> opened = new HashMap<>();
    List<ArchiveMember> members =
        Archive.members(
            "lib.a",
            PATH,
            outer.bytes(),
            path -> {
              opened.merge(path, 1, Integer::sum);
              return path.endsWith("thin.a") ? innerThin.bytes() : inner.bytes();
            });
    assertEquals(
        List.of("x.o", "member_with_long_name.o", "z/z.o"),
        members.stream().map(ArchiveMember::name).toList());
    assertEquals("XX", text(members.get(0)));
    assertEquals("YYYY", text(members.get(1)));
    assertEquals(Path.of("dir/s/z/z.o"), members.get(2).path());
    assertEquals(Map.of(Path.of("dir/s/inner.a"), 1, Path.of("dir/s/thin.a"), 1), opened);
  }

  @Test
  void archiveThatNamesItself() {
    Ar ar = Ar.thin().member("//", "lib.a/\n");
    ar.header("/0:" + ar.size(), 0);
    LinkException e =
        assertThrows(
            LinkException.class,
            () -> Archive.members("lib.a", PATH, ar.bytes(), path -> ar.bytes()));
    assertTrue(e.getMessage().contains("nested more than"), e.getMessage());
  }

  @Test
  void errorsNameFileAndOffset() {
    Ar ar = Ar.normal().member("a.o/", "A");
    String at = "lib.a:0x" + Integer.toHexString(ar.size()) + ": ";
    assertTrue(failure(ar.text("garbage")).contains(at + "truncated archive: 7 bytes"));
    assertTrue(failure(Ar.normal().header("a.o/", 5)).contains("lib.a:0x8: truncated archive"));
    assertTrue(failure(Ar.normal().text("x".repeat(60))).contains("no member's header"));
    assertTrue(failure(Ar.normal().header("a.o/", "12a")).contains("size is not a decimal number"));
    assertTrue(failure(Ar.normal().header("a.o/", "")).contains("size is not a decimal number"));
    assertTrue(failure(Ar.normal().header("a.o/", "-1")).contains("size is not a decimal number"));
    assertTrue(failure(Ar.normal().header("/0", 0)).contains("no table of long names"));
    assertTrue(
        failure(Ar.normal().member("//", "a/\n").header("/3", 0)).contains("of a table of 3"));
    assertTrue(failure(Ar.normal().member("//", "a/\n").header("/0:8", 0)).contains("not thin"));
    assertTrue(failure(Ar.normal().member("//", "a/\n").header("/x", 0)).contains("not a decimal"));
    assertTrue(failure(Ar.normal().member("#1/9", "short")).contains("a name of 9 bytes"));
    assertTrue(failure(Ar.thin().member("#1/3", "short")).contains("BSD name"));
    assertTrue(failure(Ar.thin().header("/", 9)).contains("truncated archive"));
    assertTrue(
        failure(Ar.thin().header("/", 0).member("//", "i.a/\n").header("/0:8", 9))
            .contains("not an archive"));
    assertTrue(
        assertThrows(
                LinkException.class,
                () -> Archive.members("mem", Ar.thin().header("a/", 1).bytes()))
            .getMessage()
            .contains("in memory"));
    assertTrue(failure(new Ar("!<arch>")).contains("not an archive"));
  }

  @Test
  void longNameWithoutEnd() {
    String table = "n".repeat(70_000);
    assertTrue(failure(Ar.normal().member("//", table).member("/0", "")).contains("has no end"));
    assertEquals(
        100,
        read(Ar.normal().member("//", "n".repeat(100)).member("/0", ""))
            .getFirst()
            .name()
            .length());
  }

  /** Nothing but a LinkException comes out, whatever is cut off or changed. */
  @Test
  void damagedArchives() {
    Ar thin = Ar.thin().member("/", "\0\0\0\0").member("//", "sub/b.o/\nlib.a/\n").header("/0", 8);
    thin.header("/9:" + (thin.size() - 60), 840).header("x.o/", 12);
    Random random = new Random(1);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (Ar ar : List.of(gnu(), thin, Ar.normal().member("#1/12", "long name.o\0BODY"))) {
            byte[] good = ar.bytes().toArray(ValueLayout.JAVA_BYTE);
            for (int i = 0; i <= good.length; i++) {
              survives(Arrays.copyOf(good, i));
            }
            byte[] bad = good.clone();
            for (int i = 0; i < good.length; i++) {
              for (int value :
                  new int[] {0, ' ', '/', ':', '#', '9', '\n', 0xff, random.nextInt(256)}) {
                bad[i] = (byte) value;
                survives(bad);
              }
              bad[i] = good[i];
            }
            for (int round = 0; round < 5_000; round++) {
              bad = good.clone();
              for (int n = 1 + random.nextInt(6); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
              }
              survives(bad);
            }
          }
        });
  }

  private static void survives(byte[] bytes) {
    MemorySegment segment = MemorySegment.ofArray(bytes);
    try {
      long left = bytes.length;
      for (ArchiveMember m : Archive.members("lib.a", PATH, segment, path -> segment)) {
        left -= 60;
        assertTrue(m.external() || m.content().byteSize() <= bytes.length);
      }
      assertTrue(left >= 0);
    } catch (LinkException e) {
      assertFalse(e.diagnostics().isEmpty());
    }
  }

  @Test
  void contentIsASlice() {
    MemorySegment bytes = gnu().bytes();
    ArchiveMember a = Archive.members("lib.a", bytes).getFirst();
    assertArrayEquals(
        bytes.asSlice(a.headerOffset() + 60, 3).toArray(ValueLayout.JAVA_BYTE),
        a.content().toArray(ValueLayout.JAVA_BYTE));
    bytes.set(ValueLayout.JAVA_BYTE, a.headerOffset() + 60, (byte) 'Z');
    assertEquals("ZAA", text(a));
  }
}
