package io.jld.pass;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jld.input.Archive;
import io.jld.input.ArchiveMember;
import io.jld.input.ObjectFile;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.testing.ArchiveBuilder;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives with a symbol index: only members that may be linked are read. */
class IndexedArchivesTest {
  /** Defines {@code name} in a section of that name, and refers to others. */
  private static ObjectBuilder defines(String name, String... uses) {
    ObjectBuilder o = ObjectBuilder.wide();
    int data = o.data("." + name, new byte[8 * (uses.length + 1)]);
    o.object(name, data, 0, 8);
    for (int i = 0; i < uses.length; i++) {
      o.reloc(data, 8L * (i + 1), TestArch.WORD, o.undefined(uses[i]), 0);
    }
    return o;
  }

  private static ObjectBuilder start(String... uses) {
    ObjectBuilder o = defines("main", uses);
    o.function("_start", o.code(".text", new byte[4]), 0, 4);
    return o;
  }

  /** Damage that only shows if the member is read. */
  private static ObjectBuilder damaged(String name) {
    ObjectBuilder o = defines(name);
    o.symbol("bad", STB_GLOBAL, STT_OBJECT, STV_DEFAULT, 4000, 0, 0);
    return o;
  }

  private static Consumer<LinkRequest.Builder> archive(String name, ArchiveBuilder a) {
    InputSource source = new InputSource.OfMemory(name, a.segment(), InputFlags.NONE);
    return b -> b.input(source);
  }

  private static ArchiveBuilder library(ArchiveBuilder a) {
    return a.member("a.o", defines("a", "b"), "a")
        .member("b.o", defines("b"), "b")
        .member("c.o", defines("c"), "c")
        .member("longer-name.o", defines("d", "a"), "d");
  }

  @Test
  void linksWhatAnArchiveWithoutIndexDoes() {
    byte[] plain = link(library(ArchiveBuilder.plain()), start("d")).toArray();
    assertArrayEquals(plain, link(library(ArchiveBuilder.indexed()), start("d")).toArray());
    assertArrayEquals(plain, link(library(ArchiveBuilder.wideIndex()), start("d")).toArray());
  }

  private static Linked link(ArchiveBuilder library, ObjectBuilder... objects) {
    return Linked.link(archive("lib.a", library), objects);
  }

  @Test
  void membersThatNothingRefersToAreNotLinked() {
    Linked l = link(library(ArchiveBuilder.indexed()), start("a"));
    assertNotNull(l.section(".a"));
    assertNotNull(l.section(".b"));
    assertNull(l.section(".c"));
    assertNull(l.section(".d"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void sameBytesForAnyNumberOfThreads(int threads) {
    ArchiveBuilder many = ArchiveBuilder.indexed();
    for (int i = 0; i < 300; i++) {
      String next = "s" + (i * 7 + 1) % 300;
      many.member("m" + i + ".o", defines("s" + i, next), "s" + i);
    }
    byte[] one = link(many, start("s5")).toArray();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      Linked l =
          Linked.link(
              b -> {
                archive("lib.a", many).accept(b);
                b.executor(pool, threads);
              },
              start("s5"));
      assertArrayEquals(one, l.toArray());
    }
  }

  @Test
  void archivesMayNeedEachOtherInAGroup() {
    ArchiveBuilder first =
        ArchiveBuilder.indexed()
            .member("a.o", defines("a", "b"), "a")
            .member("c.o", defines("c"), "c");
    ArchiveBuilder second = ArchiveBuilder.indexed().member("b.o", defines("b", "c"), "b");
    Linked l =
        Linked.link(
            b -> {
              b.input(InputSource.Bracket.GROUP_START);
              archive("first.a", first).accept(b);
              archive("second.a", second).accept(b);
              b.input(InputSource.Bracket.GROUP_END);
            },
            start("a"));
    assertNotNull(l.section(".c"));
    LinkException e =
        assertThrows(
            LinkException.class,
            () ->
                Linked.link(
                    b -> {
                      archive("first.a", first).accept(b);
                      archive("second.a", second).accept(b);
                    },
                    start("a")));
    assertEquals("undefined reference to 'c'", firstLine(e));
  }

  private static String firstLine(LinkException e) {
    return e.diagnostics().getFirst().message().lines().findFirst().orElseThrow();
  }

  @Test
  void optionsAskForMembers() {
    assertNotNull(
        Linked.link(
                b -> {
                  b.set(LinkOption.UNDEFINED, List.of("c"));
                  archive("lib.a", library(ArchiveBuilder.indexed())).accept(b);
                },
                start())
            .section(".c"));
    Linked wrapped =
        Linked.link(
            b -> {
              b.set(LinkOption.WRAP, List.of("c"));
              archive(
                      "lib.a",
                      library(ArchiveBuilder.indexed())
                          .member("w.o", defines("__wrap_c", "__real_c"), "__wrap_c"))
                  .accept(b);
            },
            start("c"));
    assertNotNull(wrapped.section(".__wrap_c"));
    assertNotNull(wrapped.section(".c"));
  }

  @Test
  void aCommonSymbolTakesADefinitionFromAnArchive() {
    ObjectBuilder o = start();
    o.symbol("c", STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 8, 8);
    assertNotNull(link(library(ArchiveBuilder.indexed()), o).section(".c"));
  }

  @Test
  void aDefaultVersionIsTheNameItself() {
    ArchiveBuilder a = ArchiveBuilder.indexed().member("v.o", defines("v@@V1"), "v@@V1");
    assertEquals(
        "undefined reference to 'w'",
        firstLine(assertThrows(LinkException.class, () -> link(a, start("v", "w")))));
  }

  @Test
  void whatTheIndexLacksIsNotThere() {
    ArchiveBuilder a = ArchiveBuilder.indexed().member("a.o", defines("a"), "b");
    LinkException e = assertThrows(LinkException.class, () -> link(a, start("a")));
    assertEquals("undefined reference to 'a'", firstLine(e));
  }

  @Test
  void membersThatMayNotBeLinkedAreNotLookedAt() {
    ArchiveBuilder a =
        ArchiveBuilder.indexed()
            .member("a.o", defines("a"), "a")
            .member("bad.o", damaged("x"), "x");
    assertNotNull(link(a, start("a")).section(".a"));
    assertThrows(LinkException.class, () -> link(a, start("x")));
  }

  @ParameterizedTest
  @ValueSource(longs = {2, -8, -60, 1 << 20, Integer.MAX_VALUE})
  void anIndexThatNamesNoMemberIsAnError(long shift) {
    ArchiveBuilder a = library(ArchiveBuilder.indexed()).shiftIndex(shift);
    LinkException e = assertThrows(LinkException.class, () -> link(a, start("a")));
    assertEquals("lib.a", e.diagnostics().getFirst().location().file());
    assertNull(e.getCause());
  }

  @Test
  void aDamagedIndexIsNone() {
    byte[] bytes = library(ArchiveBuilder.indexed()).build();
    bytes[8 + 60] = 0x7f; // the number of names
    Linked l =
        Linked.link(
            b ->
                b.input(
                    new InputSource.OfMemory(
                        "lib.a", MemorySegment.ofArray(bytes), InputFlags.NONE)),
            start("d"));
    assertArrayEquals(link(library(ArchiveBuilder.plain()), start("d")).toArray(), l.toArray());
    assertNull(Archive.open("lib.a", null, MemorySegment.ofArray(bytes), null).index());
  }

  @Test
  void theFirstObjectIsFoundWithoutTheOthers() {
    byte[] bytes = library(ArchiveBuilder.indexed()).build();
    bytes[bytes.length - 60] = 'x';
    ArchiveMember first =
        Archive.open("lib.a", null, MemorySegment.ofArray(bytes), null)
            .first(m -> ObjectFile.isElf(m.content()));
    assertEquals("a.o", first.name());
  }
}
