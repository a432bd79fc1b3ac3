package io.jld.keep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept, how long, and who goes first. */
class KeeperTest {
  @TempDir Path dir;
  private final Keeper keeper = new Keeper(1 << 20, () -> Instant.now().plusSeconds(10));

  private Path object(String name, int bytes) throws Exception {
    ObjectBuilder o = ObjectBuilder.wide();
    o.code(".text", ObjectBuilder.filled(bytes, 1));
    return Files.write(dir.resolve(name), o.build());
  }

  private static ObjectFile read(Lease lease, Arena arena, Path path) {
    Inputs inputs = new Inputs(arena, lease);
    MemorySegment bytes = inputs.map(path);
    return inputs.object(
        path.toString(), null, bytes, ObjectFile.Origin.FILE, new io.jld.input.ReadBuffers());
  }

  private ObjectFile read(Keeper keeper, Path path) {
    return read(keeper, path, "");
  }

  private ObjectFile read(Keeper keeper, Path path, String digest) {
    try (Arena arena = Arena.ofShared();
        Lease lease = keeper.lease(Map.of(path, digest))) {
      return read(lease, arena, path);
    }
  }

  @Test
  void parsedOnce() throws Exception {
    Path a = object("a.o", 8);
    ObjectFile first = read(keeper, a);
    assertSame(first, read(keeper, a));
    assertNotSame(first, read(keeper, object("b.o", 8)));
    assertNotSame(first, read(keeper, dir.resolve("../" + dir.getFileName() + "/a.o")));
    Files.setLastModifiedTime(a, FileTime.fromMillis(1000));
    assertNotSame(first, read(keeper, a));
    assertFalse(first.data().scope().isAlive(), "it is not mapped any more");
  }

  @Test
  void whatIsYoungIsNot() throws Exception {
    Path a = object("a.o", 8);
    Instant changed = Files.getLastModifiedTime(a).toInstant();
    Keeper now = new Keeper(1 << 20, () -> changed.plusMillis(40));
    assertNotSame(read(now, a), read(now, a));
    assertEquals(0, now.files());
    Keeper later = new Keeper(1 << 20, () -> changed.plusMillis(60));
    assertSame(read(later, a), read(later, a));
  }

  /** A digest shows what times may not, and that nothing has changed but the number of links. */
  @Test
  void aDigestTellsWhatChanges() throws Exception {
    Path a = object("a.o", 8);
    FileTime modified = FileTime.from(Instant.now());
    Files.setLastModifiedTime(a, modified);
    Keeper now = new Keeper(1 << 20, modified::toInstant);
    ObjectFile first = read(now, a, "1");
    Files.createLink(dir.resolve("b.o"), a);
    assertSame(first, read(now, a, "1"));
    ObjectBuilder o = ObjectBuilder.wide();
    o.code(".text", ObjectBuilder.filled(8, 2));
    Files.write(a, o.build()); // in place, of the same size, with the same time
    Files.setLastModifiedTime(a, modified);
    ObjectFile second = read(now, a, "2");
    assertNotSame(first, second);
    assertSame(second, read(now, a, "2"));
    assertNotSame(second, read(now, a), "nobody knows it any more");
    assertFalse(first.data().scope().isAlive());
  }

  /** What lies in the name's place by now may be kept by the same digest no more. */
  @Test
  void aDigestIsNotAllThatCounts() throws Exception {
    Path a = object("a.o", 8);
    ObjectFile first = read(keeper, a, "1");
    Files.move(object("b.o", 8), a, StandardCopyOption.REPLACE_EXISTING);
    ObjectFile second = read(keeper, a, "1");
    assertNotSame(first, second, "another inode");
    Files.setLastModifiedTime(a, FileTime.fromMillis(1000));
    assertNotSame(second, read(keeper, a, "1"), "mtime");
  }

  @Test
  void wholeSecondsAreOlder() {
    Instant t = Instant.ofEpochSecond(1000);
    Identity coarse = new Identity(1, 2, 3, FileTime.from(t), FileTime.from(t), "");
    assertFalse(coarse.isSettled(t.plusMillis(2000)));
    assertTrue(coarse.isSettled(t.plusMillis(2200)));
    Identity set = new Identity(1, 2, 3, FileTime.from(t), FileTime.from(t.plusMillis(100)), "");
    assertFalse(set.isSettled(t.plusMillis(140)), "ctime counts too");
    assertTrue(set.isSettled(t.plusMillis(160)));
  }

  @Test
  void theLeastRecentlyUsedGoesFirst() throws Exception {
    Path a = object("a.o", 1000);
    Path b = object("b.o", 1000);
    Path c = object("c.o", 1000);
    long size = Files.size(a);
    // The bound of mapped bytes has room for two.
    Keeper two = new Keeper(2 * size / Keeper.MAPPED + 4000, () -> Instant.now().plusSeconds(10));
    ObjectFile ofA = read(two, a);
    long one = two.heap();
    Keeper k = new Keeper(2 * one + one / 2, () -> Instant.now().plusSeconds(10));
    ofA = read(k, a);
    ObjectFile ofB = read(k, b);
    assertSame(ofA, read(k, a));
    read(k, c);
    assertEquals(2, k.files());
    assertSame(ofA, read(k, a));
    assertNotSame(ofB, read(k, b));
  }

  @Test
  void largeFilesAreBoundToo() throws Exception {
    Path large = object("large.o", 1 << 20);
    Keeper k = new Keeper(100_000, () -> Instant.now().plusSeconds(10));
    read(k, large);
    assertEquals(0, k.files());
    assertEquals(0, k.heap());
    assertEquals(0, k.mapped());
  }

  /** What a link has stays mapped until it ends, whatever becomes of the file. */
  @Test
  void aLinkKeepsWhatItHas() throws Exception {
    Path a = object("a.o", 8);
    ObjectFile used;
    try (Arena arena = Arena.ofShared();
        Lease lease = keeper.lease(Map.of())) {
      used = read(lease, arena, a);
      keeper.clear();
      assertEquals(0, keeper.files());
      object("a.o", 24);
      assertNotSame(used, read(keeper, a));
      Files.delete(a);
      keeper.close();
      assertEquals(0x7f, used.data().get(ValueLayout.JAVA_BYTE, 0));
    }
    assertFalse(used.data().scope().isAlive());
    assertEquals(List.of(0L, 0L), List.of(keeper.heap(), keeper.mapped()));
  }

  /** A kept file that has shrunk is not read: its mapping has pages that are not there. */
  @Test
  void aFileThatHasShrunk() throws Exception {
    Path a = object("a.o", 1 << 16);
    ObjectFile kept = read(keeper, a);
    byte[] other = Files.readAllBytes(object("small.o", 8));
    try (java.nio.channels.FileChannel f =
        java.nio.channels.FileChannel.open(a, java.nio.file.StandardOpenOption.WRITE)) {
      f.truncate(0);
      f.write(java.nio.ByteBuffer.wrap(other));
    }
    ObjectFile now = read(keeper, a);
    assertNotSame(kept, now);
    assertEquals(other.length, Files.size(a));
    assertEquals(1, keeper.files());
  }

  @Test
  void noFilesOfOtherKinds() throws Exception {
    assertEquals(null, Identity.of(dir, ""));
    assertEquals(null, Identity.of(dir.resolve("missing"), ""));
    assertEquals(null, Identity.of(Path.of("/dev/null"), ""));
  }

  /** The entries of a kept file's names are those of the first link that has it. */
  @Test
  void namesAreTakenInOnce() throws Exception {
    Path a = named("a.o", "f", "g");
    int[] first = entries(keeper, a);
    assertEquals(2, first.length);
    assertNotEquals(first[0], first[1]);
    assertSame(first, entries(keeper, a));
    int[] other = entries(keeper, named("b.o", "g", "h"));
    assertEquals(first[1], other[0]);
    assertFalse(other[1] == first[0] || other[1] == first[1]);
    assertNotSame(first, entries(keeper, named("a.o", "f", "g")));
  }

  /** Names of files that are gone are forgotten with all others. */
  @Test
  void namesHaveABound() throws Exception {
    Keeper small = new Keeper(64 << 10, () -> Instant.now().plusSeconds(10));
    Path a = named("a.o", "f");
    int[] first = entries(small, a);
    for (int i = 0; i < 40; i++) {
      entries(small, named("b.o", "x".repeat(1000) + i));
      assertTrue(small.heap() <= 64 << 10, () -> small.heap() + " bytes");
    }
    assertNotSame(first, entries(small, a));
  }

  private Path named(String file, String... names) throws Exception {
    ObjectBuilder o = ObjectBuilder.wide();
    for (String name : names) {
      o.undefined(name);
    }
    return Files.write(dir.resolve(file), o.build());
  }

  private static int[] entries(Keeper keeper, Path path) {
    try (Arena arena = Arena.ofShared();
        Lease lease = keeper.lease(Map.of())) {
      ObjectFile f = read(lease, arena, path);
      return lease.entries(
          f, () -> lease.names().add(f.nameWords(new io.jld.input.ReadBuffers()), 0, true));
    }
  }
}
