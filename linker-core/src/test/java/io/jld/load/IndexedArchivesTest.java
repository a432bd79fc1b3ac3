package io.jld.load;

import static io.jld.elf.Elf.SHN_COMMON;
import static io.jld.elf.Elf.STB_GLOBAL;
import static io.jld.elf.Elf.STB_WEAK;
import static io.jld.elf.Elf.STT_NOTYPE;
import static io.jld.elf.Elf.STT_OBJECT;
import static io.jld.elf.Elf.STV_DEFAULT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.ElfClass;
import io.jld.input.Names;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.OutputKind;
import io.jld.testing.ArchiveBuilder;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Links with archives of which only those members are read that an index says may be linked. */
class IndexedArchivesTest {
  /** What a link has made, null where it has failed, and why; and the members that it has taken. */
  private record Outcome(Linked linked, String failure, List<String> members) {
    void same(Outcome other, String what) {
      assertEquals(failure, other.failure, what);
      assertEquals(members, other.members, what);
      if (linked != null) {
        assertArrayEquals(linked.toArray(), other.linked.toArray(), what);
      }
    }

    /** As {@link #same}, but that the order of the symbol table is free. */
    void sameImage(Outcome other, String what) {
      assertEquals(failure, other.failure, what);
      assertEquals(members, other.members, what);
      if (linked != null) {
        assertEquals(linked.bytes().byteSize(), other.linked.bytes().byteSize(), what);
        for (String section : List.of(".text", ".data")) {
          assertEquals(content(linked, section), content(other.linked, section), what);
        }
        assertEquals(symbols(linked), symbols(other.linked), what);
      }
    }

    private static List<Byte> content(Linked linked, String section) {
      List<Byte> bytes = new ArrayList<>();
      if (linked.section(section) != null) {
        for (byte b : linked.section(section).bytes().toArray(ValueLayout.JAVA_BYTE)) {
          bytes.add(b);
        }
      }
      return bytes;
    }

    /** The symbol table's rows, sorted by name. */
    private static List<String> symbols(Linked linked) {
      MemorySegment table = linked.section(".symtab").bytes();
      MemorySegment names = linked.section(".strtab").bytes();
      ElfClass elf = linked.elf();
      List<String> rows = new ArrayList<>();
      for (long at = 0; at < table.byteSize(); at += elf.symSize) {
        rows.add(
            Names.string(names, ElfClass.stName(table, at))
                + " "
                + List.of(
                    elf.stInfo(table, at),
                    elf.stOther(table, at),
                    elf.stShndx(table, at),
                    elf.stValue(table, at),
                    elf.stSize(table, at)));
      }
      Collections.sort(rows);
      return rows;
    }
  }

  private static Outcome link(Consumer<LinkRequest.Builder> options, InputSource... inputs) {
    List<String> members = new ArrayList<>();
    Consumer<LinkRequest.Builder> all =
        b -> {
          b.inputs(List.of(inputs)).set(LinkOption.TRACE, LinkOption.Trace.MEMBERS);
          b.messages(
              line -> {
                if (line.startsWith("(")) {
                  members.add(line);
                }
              });
          options.accept(b);
        };
    try {
      return new Outcome(Linked.link(all), "", members);
    } catch (LinkException e) {
      return new Outcome(null, e.getMessage(), members);
    }
  }

  private static List<String> members(
      Consumer<LinkRequest.Builder> options, InputSource... inputs) {
    Outcome o = link(options, inputs);
    assertEquals("", o.failure);
    return o.members;
  }

  private static List<String> members(InputSource... inputs) {
    return members(b -> {}, inputs);
  }

  private static String failure(InputSource... inputs) {
    return assertThrows(LinkException.class, () -> Linked.link(b -> b.inputs(List.of(inputs))))
        .getMessage();
  }

  /** Code that defines a symbol and refers to others. */
  private static ObjectBuilder object(String name, String... refersTo) {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", ObjectBuilder.filled(8 * refersTo.length + 8, 0x90));
    o.function(name, text, 0, 8);
    for (int i = 0; i < refersTo.length; i++) {
      o.reloc(text, 8L * i, TestArch.PC32, o.undefined(refersTo[i]), -4);
    }
    return o;
  }

  private static InputSource main(String... refersTo) {
    return object("_start", refersTo).source("main.o");
  }

  /** One member for each name: {@code f:g,h} defines f and refers to g and h. */
  private static ArchiveBuilder archive(String... members) {
    ArchiveBuilder b = new ArchiveBuilder();
    for (String m : members) {
      String[] parts = m.split(":");
      String[] refersTo = parts.length == 1 ? new String[0] : parts[1].split(",");
      b.member(parts[0] + ".o", object(parts[0], refersTo), parts[0]);
    }
    return b;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8})
  void chainsThroughArchives(int word) {
    InputSource a = archive("a1:b1", "a2:b2", "a3").source("liba.a", word);
    InputSource b = archive("b1:b3,a2", "b2:a3", "b3", "b4:a1").source("libb.a", word);
    assertEquals(List.of("(liba.a)a3.o"), members(main("a3"), a, b));
    // a1 wants b1, which wants a2 of the archive before it: only a group has that
    assertTrue(link(x -> {}, main("a1"), a, b).failure.contains("a2"));
    assertEquals(
        List.of(
            "(liba.a)a1.o",
            "(libb.a)b1.o",
            "(libb.a)b3.o",
            "(liba.a)a2.o",
            "(libb.a)b2.o",
            "(liba.a)a3.o"),
        members(main("a1"), InputSource.Bracket.GROUP_START, a, b, InputSource.Bracket.GROUP_END));
    // an archive before what refers to it gives nothing
    assertTrue(link(x -> {}, a, main("a3")).failure.contains("a3"));
    assertEquals(
        List.of("(liba.a)a3.o"),
        members(main("b2"), archive("b2:a3").source("x.a", word), a).subList(1, 2));
  }

  /** Members that options and files other than objects ask for. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8})
  void membersThatOptionsWant(int word) {
    InputSource lib =
        archive("first:inner", "inner", "__wrap_f:__real_f", "f", "g", "h").source("lib.a", word);
    assertEquals(List.of(), members(main(), lib));
    assertEquals(
        List.of("(lib.a)first.o", "(lib.a)inner.o"),
        members(b -> b.set(LinkOption.UNDEFINED, List.of("first")), main(), lib));
    assertEquals(
        List.of("(lib.a)g.o"),
        members(b -> b.set(LinkOption.REQUIRE_DEFINED, List.of("g")), main(), lib));
    assertEquals(List.of("(lib.a)g.o"), members(b -> b.set(LinkOption.ENTRY, "g"), main(), lib));
    assertEquals(
        List.of("(lib.a)g.o"),
        members(
            b -> b.set(LinkOption.DEFSYM, List.of(Map.entry("made", "g + 4"))), main("made"), lib));
    assertEquals(
        List.of("(lib.a)__wrap_f.o", "(lib.a)f.o"),
        members(b -> b.set(LinkOption.WRAP, List.of("f")), main("f"), lib));
    assertEquals(
        List.of(), members(b -> b.set(LinkOption.TRACE_SYMBOL, List.of("h")), main(), lib));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8})
  void membersThatASharedLibraryWants(int word, @TempDir Path dir) throws IOException {
    ObjectBuilder api = object("api");
    api.reloc(api.data(".data", new byte[8]), 0, TestArch.WORD, api.undefined("callback"), 0);
    Linked library = Linked.link(b -> b.set(LinkOption.OUTPUT_KIND, OutputKind.SHARED), api);
    Path path = Files.write(dir.resolve("libapi.so"), library.toArray());
    InputSource lib = archive("callback:helper", "helper", "other").source("lib.a", word);
    assertEquals(
        List.of("(lib.a)callback.o", "(lib.a)helper.o"),
        members(main("api"), InputSource.path(path), lib));
  }

  /** A common symbol takes a definition out of an archive, but no other common symbol. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8})
  void membersThatACommonSymbolWants(int word) {
    ObjectBuilder main = object("_start");
    main.symbol("buffer", STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 8, 16);
    main.symbol("table", STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 8, 16);
    ObjectBuilder defines = ObjectBuilder.wide();
    defines.object("buffer", defines.data(".data", new byte[16]), 0, 16);
    ObjectBuilder common = ObjectBuilder.wide();
    common.symbol("table", STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 8, 16);
    InputSource lib =
        new ArchiveBuilder()
            .member("common.o", common, "table")
            .member("defines.o", defines, "buffer")
            .source("lib.a", word);
    assertEquals(List.of("(lib.a)defines.o"), members(main.source("main.o"), lib));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 8})
  void aWeakReferenceWantsNothing(int word) {
    ObjectBuilder main = object("_start");
    main.symbol("maybe", STB_WEAK, STT_NOTYPE, STV_DEFAULT, 0, 0, 0);
    InputSource lib = archive("maybe", "sure:maybe").source("lib.a", word);
    assertEquals(List.of(), members(main.source("main.o"), lib));
    assertEquals(
        List.of("(lib.a)sure.o", "(lib.a)maybe.o"),
        members(main.source("main.o"), main2("sure"), lib));
  }

  private static InputSource main2(String... refersTo) {
    return object("second", refersTo).source("second.o");
  }

  @Test
  void defaultVersionsAreFoundByTheirName() {
    ObjectBuilder o = ObjectBuilder.wide();
    o.function("f@@V1", o.code(".text", new byte[8]), 0, 8);
    InputSource lib = new ArchiveBuilder().member("f.o", o, "f@@V1").source("lib.a", 4);
    assertEquals(List.of("(lib.a)f.o"), link(b -> {}, main("f"), lib).members);
  }

  /** As with GNU ld: what the index lacks is not there. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void whatTheIndexLacksIsNotLinked(int word) {
    ObjectBuilder both = object("x");
    both.function("y", 1, 4, 4);
    ArchiveBuilder lib = new ArchiveBuilder().member("both.o", both, "x");
    assertEquals(List.of("(lib.a)both.o"), members(main("y"), lib.source("lib.a", 0)));
    String message = failure(main("y"), lib.source("lib.a", word));
    assertTrue(message.contains("undefined") && message.contains("y"), message);
    assertEquals(List.of("(lib.a)both.o"), members(main("x", "y"), lib.source("lib.a", word)));
  }

  /** A name of the index that its member does not define: nothing is linked for it. */
  @Test
  void whatOnlyTheIndexHasIsNotLinked() {
    ArchiveBuilder lib = new ArchiveBuilder().member("x.o", object("x"), "x", "y");
    assertTrue(failure(main("y"), lib.source("lib.a", 4)).contains("y"));
    assertEquals(List.of("(lib.a)x.o"), members(main("x"), lib.source("lib.a", 4)));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void aDamagedIndexIsNone(int word) {
    ArchiveBuilder lib = archive("f:g", "g", "h");
    Outcome sound = link(b -> {}, main("f"), lib.source("lib.a", 0));
    assertEquals(List.of("(lib.a)f.o", "(lib.a)g.o"), sound.members);
    for (long n : new long[] {4, 1000, Integer.MAX_VALUE, 0xffffffffL}) {
      byte[] bytes = ArchiveBuilder.patch(lib.build(word), word, 0, n);
      sound.same(link(b -> {}, main("f"), InputSource.memory("lib.a", bytes)), n + " names");
    }
  }

  /** Only what may be linked is read: the others may be damaged, or no objects at all. */
  @Test
  void otherMembersAreNotRead() {
    byte[] damaged = Arrays.copyOf(object("bad").build(), 80);
    ArchiveBuilder lib =
        archive("f")
            .member("bad.o", damaged, "bad")
            .member("text.txt", "text".getBytes(StandardCharsets.US_ASCII), "text");
    assertEquals(List.of("(lib.a)f.o"), members(main("f"), lib.source("lib.a", 4)));
    assertEquals(
        failure(main("bad"), lib.source("lib.a", 0)), failure(main("bad"), lib.source("lib.a", 4)));
    assertTrue(failure(main("bad"), lib.source("lib.a", 4)).contains("'bad'"));
    assertTrue(failure(main("text"), lib.source("lib.a", 4)).contains("text"));
  }

  @Test
  void wholeArchiveNeedsNoIndex() {
    ArchiveBuilder lib = new ArchiveBuilder();
    lib.member("f.o", object("f"), "f").member("g.o", object("g"));
    InputFlags whole = InputFlags.NONE.withWholeArchive(true);
    for (int word : new int[] {0, 4, 8}) {
      assertEquals(
          List.of("(lib.a)f.o", "(lib.a)g.o"), members(main(), lib.source("lib.a", whole, word)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void thinArchives(int word, @TempDir Path dir) throws IOException {
    ArchiveBuilder lib = archive("f:g", "g", "gone");
    Files.write(dir.resolve("f.o"), object("f", "g").build());
    Files.write(dir.resolve("g.o"), object("g").build());
    Path path = Files.write(dir.resolve("lib.a"), lib.thin(word));
    String name = "(" + path + ")";
    // gone.o does not exist, and nobody looks for it
    assertEquals(List.of(name + "f.o", name + "g.o"), members(main("f"), InputSource.path(path)));
    String message = failure(main("gone"), InputSource.path(path));
    assertTrue(message.contains("gone.o"), message);
    Files.write(path, lib.thin(0));
    assertTrue(failure(main("f"), InputSource.path(path)).contains("gone.o"));
    Files.write(dir.resolve("gone.o"), object("gone").build());
    Outcome without = link(b -> {}, main("f"), InputSource.path(path));
    Files.write(path, lib.thin(word));
    without.sameImage(link(b -> {}, main("f"), InputSource.path(path)), "with an index");
  }

  /** Offsets of members that are none: one error that names the archive, and only if it matters. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void hostileOffsets(int word) {
    ArchiveBuilder lib = archive("f", "g");
    byte[] sound = lib.build(word);
    long f = ArchiveBuilder.word(sound, word, 1);
    List<Long> places = new ArrayList<>();
    for (long at : new long[] {0, 7, 8, 9, 68, f - 1, f + 1, f + 2, f + 60, f + 100, -1}) {
      places.add(at);
    }
    String text = new String(sound, StandardCharsets.ISO_8859_1);
    places.add((long) text.indexOf("//  "));
    for (int back : new int[] {59, 60, 0, -1}) {
      places.add((long) sound.length - back);
    }
    places.add(0xffffffffL);
    if (word == 8) {
      places.addAll(
          List.of(Long.MIN_VALUE, Long.MAX_VALUE, 1L << 44, (1L << 44) - 2, f + (1L << 44)));
    }
    for (long at : places) {
      byte[] bytes = ArchiveBuilder.patch(sound.clone(), word, 1, at);
      InputSource hostile = InputSource.memory("lib.a", bytes);
      Outcome o = link(b -> {}, main("f"), hostile);
      assertTrue(o.failure.contains("lib.a"), () -> at + ": " + o.failure);
      assertFalse(o.failure.contains("internal"), () -> at + ": " + o.failure);
      assertEquals(List.of("(lib.a)g.o"), members(main("g"), hostile));
      for (int threads : new int[] {2, 8}) {
        o.same(link(b -> b.threads(threads), main("f"), hostile), "threads: " + threads);
      }
    }
  }

  /** An index that leads to another member than that with the name. */
  @Test
  void anIndexThatLies() {
    byte[] bytes = archive("f", "g").build(4);
    ArchiveBuilder.patch(bytes, 4, 1, ArchiveBuilder.word(bytes, 4, 2));
    assertTrue(failure(main("f"), InputSource.memory("lib.a", bytes)).contains("f"));
    assertEquals(List.of("(lib.a)g.o"), members(main("g"), InputSource.memory("lib.a", bytes)));
  }

  /** A header within a member's content, as an archive in an archive has. */
  @Test
  void anArchiveWithinAnArchive() {
    byte[] inner = archive("f").build(0);
    byte[] bytes = new ArchiveBuilder().member("inner.a", inner, "f").build(4);
    assertEquals(List.of(), link(b -> {}, main("f"), InputSource.memory("lib.a", bytes)).members);
    long member = ArchiveBuilder.word(bytes, 4, 1);
    ArchiveBuilder.patch(bytes, 4, 1, member + 60 + 8 + 60 + 6); // f.o within inner.a
    Outcome o = link(b -> {}, main("f"), InputSource.memory("lib.a", bytes));
    assertFalse(o.failure.contains("internal"), o.failure);
  }

  /** Random bytes in an index never bring the link down: it succeeds or names the archive. */
  @Test
  void randomDamage() {
    Random random = new Random(1);
    byte[] sound = archive("f:g", "g:h", "h", "i").build(4);
    for (int n = 0; n < 400; n++) {
      byte[] bytes = sound.clone();
      for (int k = 1 + random.nextInt(3); k > 0; k--) {
        bytes[8 + random.nextInt(60 + 4 + 16 + 8)] = (byte) random.nextInt();
      }
      Outcome o = link(b -> {}, main("f"), InputSource.memory("lib.a", bytes));
      assertFalse(o.failure.contains("internal"), o.failure);
      boolean told = o.failure.contains("lib.a") || o.failure.contains("undefined");
      assertTrue(o.failure.isEmpty() || told, o.failure);
    }
  }

  /** Random references between the members of several archives. */
  private static InputSource[] random(long seed, int word) {
    Random random = new Random(seed);
    int archives = 1 + random.nextInt(4);
    int perArchive = 1 + random.nextInt(40);
    int n = archives * perArchive;
    List<InputSource> inputs = new ArrayList<>();
    inputs.add(main("m" + random.nextInt(n), "m" + random.nextInt(n), "m" + random.nextInt(n)));
    boolean group = random.nextInt(3) > 0;
    if (group) {
      inputs.add(InputSource.Bracket.GROUP_START);
    }
    for (int a = 0; a < archives; a++) {
      ArchiveBuilder b = new ArchiveBuilder();
      for (int i = 0; i < perArchive; i++) {
        int m = a * perArchive + i;
        ObjectBuilder o = object("m" + m);
        int data = o.data(".data", new byte[32]);
        List<String> defines = new ArrayList<>(List.of("m" + m));
        for (int k = random.nextInt(4); k > 0; k--) {
          String name = "m" + random.nextInt(n);
          int bind = random.nextInt(4) == 0 ? STB_WEAK : STB_GLOBAL;
          int sym = o.symbol(name, bind, STT_NOTYPE, STV_DEFAULT, 0, 0, 0);
          o.reloc(data, 8L * k, TestArch.WORD, sym, 0);
        }
        String shared = "c" + random.nextInt(n);
        switch (random.nextInt(6)) {
          case 0 -> {
            o.symbol(shared, STB_GLOBAL, STT_OBJECT, STV_DEFAULT, SHN_COMMON, 8, 8);
            defines.add(shared);
          }
          case 1 -> {
            o.symbol(shared, STB_WEAK, STT_OBJECT, STV_DEFAULT, data, 0, 8);
            defines.add(shared);
          }
          case 2 -> o.undefined(shared);
          default -> {}
        }
        b.member(m + ".o", o, defines.toArray(String[]::new));
      }
      inputs.add(b.source("lib" + a + ".a", word));
    }
    if (group) {
      inputs.add(InputSource.Bracket.GROUP_END);
    }
    return inputs.toArray(InputSource[]::new);
  }

  /**
   * The same program, members and messages with and without an index; the same bytes whatever the
   * index's words are and for any number of threads. Only the order of the symbol table is that in
   * which the members were read.
   */
  @Test
  void sameAsWithoutAnIndex() {
    int linked = 0;
    int failed = 0;
    for (long seed = 0; seed < 80; seed++) {
      Consumer<LinkRequest.Builder> options =
          seed % 2 == 0
              ? b -> b.set(LinkOption.UNRESOLVED, LinkOption.Unresolved.IGNORE_ALL)
              : b -> {};
      Outcome without = link(options, random(seed, 0));
      Outcome with = link(options, random(seed, 4));
      without.sameImage(with, "seed " + seed);
      linked += with.members.size();
      failed += with.failure.isEmpty() ? 0 : 1;
      for (int threads : new int[] {1, 2, 8}) {
        String what = "seed " + seed + ", threads " + threads;
        Consumer<LinkRequest.Builder> more = options.andThen(b -> b.threads(threads));
        without.same(link(more, random(seed, 0)), what);
        with.same(link(more, random(seed, 4)), what);
        with.same(link(more, random(seed, 8)), what);
      }
    }
    assertTrue(linked > 400 && failed > 5 && failed < 40, linked + " members, " + failed);
  }

  /** Bitcode that the index does not know is named where something stays undefined. */
  @Test
  void whyNothingDefinesANameIsSaidOfMembersBesideTheIndex() {
    ObjectBuilder known = ObjectBuilder.wide();
    known.object("known", known.data(".data", new byte[8]), 0, 8);
    byte[] archive =
        new ArchiveBuilder()
            .member("known.o", known, "known")
            .member("bitcode.o", new byte[] {'B', 'C', (byte) 0xc0, (byte) 0xde})
            .build(4);
    ObjectBuilder main = ObjectBuilder.wide();
    int text = main.code(".text", new byte[16]);
    main.function("_start", text, 0, 4);
    main.reloc(text, 0, TestArch.WORD, main.undefined("wanted"), 0);
    LinkException e =
        assertThrows(
            LinkException.class,
            () ->
                Linked.link(
                    b -> b.input(InputSource.memory("lib.a", MemorySegment.ofArray(archive))),
                    main));
    assertTrue(
        e.diagnostics().stream()
            .anyMatch(
                d ->
                    d.message().startsWith("LLVM bitcode")
                        && "bitcode.o".equals(d.location().member())),
        e.getMessage());
  }
}
