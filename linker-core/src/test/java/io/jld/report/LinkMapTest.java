package io.jld.report;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LinkMapTest {
  /** The link map of a link. */
  private static String map(Consumer<LinkRequest.Builder> options, ObjectBuilder... objects) {
    List<String> lines = new ArrayList<>();
    Linked.link(
        b -> {
          b.set(LinkOption.MAP, lines::add);
          options.accept(b);
        },
        objects);
    return String.join("\n", lines) + "\n";
  }

  private static byte[] strings(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void mergeable(ObjectBuilder o, String text) {
    o.section(
        ".rodata.str1.1", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE | SHF_STRINGS, 1, 1, strings(text));
  }

  /** An object that starts, with something in each of its sections. */
  private static ObjectBuilder start() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", ObjectBuilder.filled(9, 0x90));
    o.function("_start", text, 0, 9);
    o.reloc(text, 1, TestArch.PC32, o.undefined("_etext"), 0);
    o.reloc(text, 5, TestArch.PC32, o.undefined("a"), 0);
    o.symbol("buffer", STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 8, 24);
    o.section(".comment", SHT_PROGBITS, 0, 1, 0, strings("made by hand"));
    mergeable(o, "one\0two\0");
    return o;
  }

  private static ObjectBuilder other() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text.a_function_with_a_name", ObjectBuilder.filled(3, 0x90));
    o.function("_ZN1a1bEv", text, 1, 2);
    o.function("a", text, 0, 1);
    o.symbol("a_common_symbol_with_a_name", STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 4, 4);
    int unused = o.code(".text.unused", ObjectBuilder.filled(7, 0x90));
    int group = o.function("unused", unused, 0, 7);
    o.group(group, true, unused);
    mergeable(o, "two\0");
    o.section(".note.GNU-stack", SHT_PROGBITS, 0, 1, 0, new byte[0]);
    return o;
  }

  /** An object with a group that {@link #other} has too. */
  private static ObjectBuilder again() {
    ObjectBuilder o = ObjectBuilder.wide();
    int unused = o.code(".text.unused", ObjectBuilder.filled(7, 0x90));
    int group = o.function("unused", unused, 0, 7);
    o.group(group, true, unused);
    return o;
  }

  @Test
  void whatIsWhere() {
    String map =
        map(
            b ->
                b.set(LinkOption.DEFSYM, List.of(Map.entry("five", "2 + 3")))
                    .set(LinkOption.DEMANGLE, false)
                    .input(start().source("obj0.o"))
                    .input(InputSource.Bracket.GROUP_START)
                    .input(TestArchive.of("lib.a", "other.o", other().build()))
                    .input(InputSource.Bracket.GROUP_END)
                    .input(again().source("obj1.o")));
    assertEquals(
        """
        Archive member included to satisfy reference by file (symbol)

        lib.a(other.o)                obj0.o (a)

        Allocating common symbols
        Common symbol       size              file

        buffer              0x18              obj0.o
        a_common_symbol_with_a_name
                            0x4               lib.a(other.o)

        Discarded input sections

         .group         0x0000000000000000        0x8 lib.a(other.o)
         .note.GNU-stack
                        0x0000000000000000        0x0 lib.a(other.o)
         .text.unused   0x0000000000000000        0x7 obj1.o
         .group         0x0000000000000000        0x8 obj1.o

        Memory Configuration

        Name             Origin             Length             Attributes
        *default*        0x0000000000000000 0xffffffffffffffff

        Linker script and memory map

        LOAD obj0.o
        START GROUP
        LOAD lib.a
        END GROUP
        LOAD obj1.o
                        0x0000000000000005                five = 2 + 3

        .rodata         0x0000000000400120        0x8
         .rodata.str1.1
                        0x0000000000400120        0x8 obj0.o
         .rodata.str1.1
                        0x0000000000400128        0x0 lib.a(other.o)
                                                  0x4 (size before relaxing)

        .text           0x0000000000401000       0x27
         .text          0x0000000000401000        0x9 obj0.o
                        0x0000000000401000                _start
         *fill*         0x0000000000401009        0x7\s
         .text.a_function_with_a_name
                        0x0000000000401010        0x3 lib.a(other.o)
                        0x0000000000401010                a
                        0x0000000000401011                _ZN1a1bEv
         *fill*         0x0000000000401013        0xd\s
         .text.unused   0x0000000000401020        0x7 lib.a(other.o)
                        0x0000000000401020                unused
                        0x0000000000401027                PROVIDE (_etext = .)

        .bss            0x0000000000402000       0x1c
         COMMON         0x0000000000402000       0x18 obj0.o
                        0x0000000000402000                buffer
         COMMON         0x0000000000402018        0x4 lib.a(other.o)
                        0x0000000000402018                a_common_symbol_with_a_name

        .comment        0x0000000000000000       0x1e
         .comment       0x0000000000000000        0xc obj0.o
         .comment       0x000000000000000c       0x12 <internal>
        OUTPUT(a.out elf-wide)
        """,
        map);
  }

  @Test
  void addressesOf32Bits() {
    ObjectBuilder o = ObjectBuilder.narrow();
    int text = o.code(".text", ObjectBuilder.filled(4, 0x90));
    o.function("_start", text, 0, 4);
    String map = map(b -> {}, o);
    assertTrue(map.contains("\n*default*        0x00000000         0xffffffff\n"), map);
    assertTrue(
        map.contains(
            """
             .text          0x00401000        0x4 obj0.o
                            0x00401000                _start
            """),
        map);
  }

  @Test
  void discardedSectionsCanBeLeftOut() {
    String map = map(b -> b.set(LinkOption.MAP_DISCARDED, false), start(), other(), again());
    assertTrue(map.startsWith("Allocating common symbols\n"), map);
    assertFalse(map.contains("Discarded"), map);
    assertFalse(map.contains("GNU-stack"), map);
  }

  @Test
  void collectedSectionsAreDiscarded() {
    String map = map(b -> b.set(LinkOption.GC_SECTIONS, true), start(), other());
    int memory = map.indexOf("Memory Configuration");
    int unused = map.indexOf(" .text.unused   0x0000000000000000        0x7 obj1.o\n");
    assertTrue(unused > 0 && unused < memory, map);
    assertEquals(-1, map.indexOf("unused", memory), map);
  }

  @Test
  void wholeArchives() {
    String map =
        map(
            b ->
                b.input(start().source("obj0.o"))
                    .input(
                        TestArchive.of(
                            "lib.a",
                            InputFlags.NONE.withWholeArchive(true),
                            "a_member_with_a_rather_long_name.o",
                            other().build())));
    assertTrue(
        map.startsWith(
            """
            Archive member included to satisfy reference by file (symbol)

            lib.a(a_member_with_a_rather_long_name.o)
                                          (--whole-archive)

            """),
        map);
  }

  @Test
  void theSameForAnyNumberOfThreads() {
    List<ObjectBuilder> objects = new ArrayList<>();
    objects.add(start());
    objects.add(other());
    for (int i = 0; i < 9000; i++) {
      ObjectBuilder o = ObjectBuilder.wide();
      o.function("f" + i, o.code(".text", ObjectBuilder.filled(1 + i % 40, 0x90)), 0, 1);
      objects.add(o);
    }
    ObjectBuilder[] all = objects.toArray(ObjectBuilder[]::new);
    String one = map(b -> b.threads(1), all);
    assertTrue(one.contains(" f8999\n"));
    assertEquals(one, map(b -> b.threads(4), all));
  }

  @Test
  void aSinkThatFailsEndsTheLink() {
    Consumer<String> full =
        line -> {
          throw new UncheckedIOException(new IOException("x.map: disk full"));
        };
    LinkException e =
        assertThrows(
            LinkException.class,
            () -> Linked.link(b -> b.set(LinkOption.MAP, full), start(), other()));
    assertEquals(
        "error: a report cannot be written: x.map: disk full [report-not-writable]",
        e.diagnostics().getLast().toString());
  }
}
