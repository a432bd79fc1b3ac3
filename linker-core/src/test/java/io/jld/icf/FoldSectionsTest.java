package io.jld.icf;

import static io.jld.elf.Elf.*;
import static io.jld.testing.ObjectBuilder.filled;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.link.OutputSink;
import io.jld.testing.FrameTable;
import io.jld.testing.Frames;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldSectionsTest {
  private static final Consumer<LinkRequest.Builder> ALL =
      b -> b.set(LinkOption.ICF, LinkOption.Icf.ALL);
  private static final Consumer<LinkRequest.Builder> SAFE =
      b -> b.set(LinkOption.ICF, LinkOption.Icf.SAFE);
  private static final Consumer<LinkRequest.Builder> DATA =
      ALL.andThen(b -> b.set(LinkOption.IGNORE_DATA_ADDRESS_EQUALITY, true));

  private static ObjectBuilder start(boolean wide) {
    ObjectBuilder o = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    o.function("_start", o.code(".text", filled(4, 0x77)), 0, 4);
    return o;
  }

  /** A function in a section of its own; its number as a section. */
  private static int function(ObjectBuilder o, String name, int content) {
    return o.code(".text." + name, filled(16, content));
  }

  private static int symbol(ObjectBuilder o, String name, int section) {
    return o.function(name, section, 0, 16);
  }

  /** Adds {@code .data} with a word for each symbol. */
  private static void words(ObjectBuilder o, int... symbols) {
    int width = o.is64() ? 8 : 4;
    int data = o.data(".data", new byte[symbols.length * width]);
    for (int i = 0; i < symbols.length; i++) {
      o.reloc(data, (long) i * width, TestArch.WORD, symbols[i], 0);
    }
  }

  /** Which words of {@code .data} are the same as which before: aab. */
  private static String same(Linked linked, int n) {
    List<Long> seen = new ArrayList<>();
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < n; i++) {
      long word = linked.word(".data", i);
      if (!seen.contains(word)) {
        seen.add(word);
      }
      s.append((char) ('a' + seen.indexOf(word)));
    }
    return s.toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void equalCodeIsLinkedOnce(boolean wide) {
    ObjectBuilder a = start(wide);
    ObjectBuilder b = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    int f = symbol(a, "f", function(a, "f", 1));
    int g = symbol(a, "g", function(a, "g", 1));
    int h = symbol(a, "h", function(a, "h", 2));
    symbol(b, "k", function(b, "k", 1));
    words(a, f, g, h, a.undefined("k"));
    assertEquals("abcd", same(Linked.link(a, b), 4));
    Linked folded = Linked.link(ALL, a, b);
    assertEquals("aaba", same(folded, 4));
    assertEquals(16 + 16 + 16, folded.section(".text").bytes().byteSize());
  }

  /** Targets count, addends, types and offsets. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void referencesAreCompared(boolean wide) {
    ObjectBuilder o = start(wide);
    int x = symbol(o, "x", function(o, "x", 1));
    int y = symbol(o, "y", function(o, "y", 2));
    int x2 = symbol(o, "x2", function(o, "x2", 1));
    int[] symbols = new int[8];
    long[][] references = {
      {0, TestArch.PC32, x, 4},
      {0, TestArch.PC32, x, 4},
      {0, TestArch.PC32, y, 4},
      {0, TestArch.PC32, x, 5},
      {0, TestArch.ABS32, x, 4},
      {4, TestArch.PC32, x, 4},
      {0, TestArch.PC32, x2, 4}, // is folded with x
      {}
    };
    for (int i = 0; i < symbols.length; i++) {
      int section = function(o, "f" + i, 0);
      symbols[i] = symbol(o, "f" + i, section);
      long[] r = references[i];
      if (r.length > 0) {
        o.reloc(section, r[0], (int) r[1], (int) r[2], r[3]);
      }
    }
    words(o, symbols);
    assertEquals("aabcdeaf", same(Linked.link(ALL, o), 8));
  }

  /** A section symbol with an addend and a symbol that lies there are the same. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void waysToNameAPlace(boolean wide) {
    ObjectBuilder o = start(wide);
    int x = function(o, "x", 1);
    int inside = o.local("inside", x, 8);
    int f = function(o, "f", 0);
    int g = function(o, "g", 0);
    o.reloc(f, 0, TestArch.PC32, inside, -4);
    o.reloc(g, 0, TestArch.PC32, o.sectionSymbol(x), 4);
    words(o, symbol(o, "f", f), symbol(o, "g", g));
    assertEquals("aa", same(Linked.link(ALL, o), 2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void circlesAreFolded(boolean wide) {
    ObjectBuilder o = start(wide);
    int[] symbols = new int[9];
    for (int i = 0; i < 3; i++) {
      int even = function(o, "even" + i, 1);
      int odd = function(o, "odd" + i, 2);
      int self = function(o, "self" + i, 3);
      symbols[i] = symbol(o, "even" + i, even);
      symbols[3 + i] = symbol(o, "odd" + i, odd);
      symbols[6 + i] = symbol(o, "self" + i, self);
      o.reloc(even, 0, TestArch.PC32, symbols[3 + i], 0);
      o.reloc(odd, 0, TestArch.PC32, symbols[i], 0);
      o.reloc(self, 0, TestArch.PC32, symbols[6 + i], 0);
    }
    // The third pair knows somebody else.
    o.reloc(2 + 3 * 2 + 1, 4, TestArch.PC32, symbols[6], 0);
    words(o, symbols);
    assertEquals("aabccdeee", same(Linked.link(ALL, o), 9));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mergedStringsAreComparedByContent(boolean wide) {
    ObjectBuilder[] objects = new ObjectBuilder[2];
    int[][] functions = new int[2][2];
    for (int n = 0; n < 2; n++) {
      ObjectBuilder o = n == 0 ? start(wide) : wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
      byte[] content = (n == 0 ? "one\0two\0" : "two\0one\0").getBytes(StandardCharsets.US_ASCII);
      int strings =
          o.section(
              ".rodata.str1.1", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE | SHF_STRINGS, 1, 1, content);
      for (int i = 0; i < 2; i++) {
        int f = function(o, "f" + n + i, 0);
        functions[n][i] = symbol(o, "f" + n + i, f);
        if (n == 0) {
          o.reloc(f, 0, TestArch.ABS32, o.sectionSymbol(strings), 4L * i);
        } else {
          o.reloc(f, 0, TestArch.ABS32, o.local(".LC" + i, strings, 4L * i), 0);
        }
      }
      objects[n] = o;
    }
    ObjectBuilder o = objects[0];
    words(o, functions[0][0], functions[0][1], o.undefined("f10"), o.undefined("f11"));
    assertEquals("abba", same(Linked.link(ALL, objects), 4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".init", ".fini", "set_of_code", ".ctors", ".text.kept", ".mine", ".rodata.x"})
  void whatIsNotFolded(String name) {
    ObjectBuilder o = start(true);
    long flags = SHF_ALLOC | (name.equals(".rodata.x") ? 0 : SHF_EXECINSTR);
    int a = o.section(name, SHT_PROGBITS, flags, 4, 0, filled(16, 5));
    int b = o.section(name, SHT_PROGBITS, flags, 4, 0, filled(16, 5));
    words(o, symbol(o, "a", a), symbol(o, "b", b));
    Consumer<LinkRequest.Builder> keep =
        ALL.andThen(r -> r.set(LinkOption.KEEP_UNIQUE, List.of("b")));
    Linked x = Linked.link(name.equals(".text.kept") ? keep : ALL, o);
    assertEquals(name.equals(".mine") ? "aa" : "ab", same(x, 2));
  }

  @Test
  void whatIsWrittenToOrRetainedIsNotFolded() {
    for (long flag : new long[] {SHF_WRITE, SHF_GNU_RETAIN}) {
      ObjectBuilder o = start(true);
      long flags = SHF_ALLOC | SHF_EXECINSTR | flag;
      int a = o.section(".text.a", SHT_PROGBITS, flags, 4, 0, filled(16, 5));
      int b = o.section(".text.b", SHT_PROGBITS, flags, 4, 0, filled(16, 5));
      words(o, symbol(o, "a", a), symbol(o, "b", b));
      assertEquals("ab", same(Linked.link(DATA, o), 2));
    }
  }

  /** Data is folded where nobody may compare its addresses; what only the loader writes, too. */
  @ParameterizedTest
  @ValueSource(strings = {".rodata", ".data.rel.ro"})
  void dataIsFolded(String kind) {
    ObjectBuilder o = start(true);
    long flags = SHF_ALLOC | (kind.equals(".rodata") ? 0 : SHF_WRITE);
    int a = o.section(kind + ".a", SHT_PROGBITS, flags, 8, 0, filled(16, 5));
    int b = o.section(kind + ".b", SHT_PROGBITS, flags, 8, 0, filled(16, 5));
    words(o, symbol(o, "a", a), symbol(o, "b", b));
    assertEquals("ab", same(Linked.link(ALL, o), 2));
    assertEquals("aa", same(Linked.link(DATA, o), 2));
  }

  /** Adds {@code .llvm_addrsig}; all sections are there. */
  private static void significant(ObjectBuilder o, int... indices) {
    byte[] table = new byte[indices.length];
    for (int i = 0; i < table.length; i++) {
      table[i] = (byte) indices[i];
    }
    int section = o.section(".llvm_addrsig", SHT_LLVM_ADDRSIG, SHF_EXCLUDE, 1, 0, table);
    o.link(section, section + 1, 0);
  }

  /** Without a table a relocation that is no call takes the address. */
  @Test
  void safeWithoutATable() {
    ObjectBuilder o = start(true);
    int[] symbols = new int[4];
    for (int i = 0; i < 4; i++) {
      symbols[i] = symbol(o, "f" + i, function(o, "f" + i, 1));
    }
    int caller = function(o, "caller", 2);
    o.reloc(caller, 0, TestArch.PC32, symbols[0], 0);
    o.reloc(caller, 4, TestArch.PC32, symbols[1], 0);
    symbol(o, "caller", caller);
    words(o, symbols[2], symbols[3]);
    Linked x = Linked.link(SAFE, o);
    assertEquals("ab", same(x, 2));
    assertEquals(16 + 16 * 4, x.section(".text").bytes().byteSize(), "f0 and f1 are one");
    Linked all = Linked.link(SAFE.andThen(FoldSectionsTest::ignoreFunctions), o);
    assertEquals("aa", same(all, 2));
  }

  private static void ignoreFunctions(LinkRequest.Builder b) {
    b.set(LinkOption.IGNORE_FUNCTION_ADDRESS_EQUALITY, true);
  }

  @Test
  void safeWithATable() {
    ObjectBuilder o = start(true);
    int[] symbols = new int[4];
    for (int i = 0; i < 4; i++) {
      symbols[i] = symbol(o, "f" + i, function(o, "f" + i, 1));
    }
    words(o, symbols);
    significant(o, 3, 5); // after _start: f1 and f3
    assertEquals("abac", same(Linked.link(SAFE, o), 4));
    assertEquals("aaaa", same(Linked.link(ALL, o), 4));
  }

  @Test
  void dataWithATable() {
    ObjectBuilder o = start(true);
    int[] symbols = new int[3];
    for (int i = 0; i < 3; i++) {
      int s = o.section(".rodata.d" + i, SHT_PROGBITS, SHF_ALLOC, 8, 0, filled(16, 5));
      symbols[i] = symbol(o, "d" + i, s);
    }
    words(o, symbols);
    significant(o, 3);
    assertEquals("aba", same(Linked.link(ALL, o), 3));
    assertEquals("aba", same(Linked.link(SAFE, o), 3));
    assertEquals("aaa", same(Linked.link(DATA, o), 3));
  }

  /** A tool that has changed the symbol table, and does not know the other, breaks the link. */
  @Test
  void tablesThatLost() {
    ObjectBuilder o = start(true);
    int f = symbol(o, "f", function(o, "f", 1));
    int g = symbol(o, "g", function(o, "g", 1));
    words(o, f, g);
    o.section(".llvm_addrsig", SHT_LLVM_ADDRSIG, SHF_EXCLUDE, 1, 0, new byte[0]);
    assertEquals("ab", same(Linked.link(SAFE, o), 2), "relocations decide");
    ObjectBuilder bad = start(true);
    significant(bad, 1, 99);
    LinkException e = assertThrows(LinkException.class, () -> Linked.link(SAFE, bad));
    assertTrue(e.getMessage().contains("invalid symbol index"), e::getMessage);
    ObjectBuilder cut = start(true);
    significant(cut, 1, 0x80);
    assertThrows(LinkException.class, () -> Linked.link(SAFE, cut));
  }

  /** What is ordered by a section is compared with it, and goes with it. */
  @Test
  void orderedSections() {
    ObjectBuilder o = start(true);
    int[] symbols = new int[4];
    for (int i = 0; i < 4; i++) {
      int f = function(o, "f" + i, 1);
      symbols[i] = symbol(o, "f" + i, f);
      if (i < 3) {
        int about =
            o.section(
                "about", SHT_PROGBITS, SHF_ALLOC | SHF_LINK_ORDER, 8, 0, filled(8, i == 2 ? 1 : 0));
        o.link(about, f, 0);
        if (i < 2) {
          o.reloc(about, 0, TestArch.WORD, symbols[i], 0);
        }
      }
    }
    for (int i = 0; i < 2; i++) {
      int sizes = o.section("sizes", SHT_PROGBITS, SHF_LINK_ORDER, 1, 0, filled(4, i));
      o.link(sizes, 2 + 2 * i, 0);
      o.local("size" + i, sizes, 0);
    }
    words(o, symbols);
    Linked x = Linked.link(ALL, o);
    assertEquals(4, x.section("sizes").bytes().byteSize(), "what is not loaded is not compared");
    assertEquals("aabc", same(x, 4));
    assertEquals(16, x.section("about").bytes().byteSize());
    assertEquals(x.word(".data", 0), x.word("about", 0));
  }

  @Test
  void whatIsOrderedMayForbidIt() {
    for (long flags : new long[] {SHF_ALLOC, SHF_ALLOC | SHF_WRITE}) {
      ObjectBuilder o = start(true);
      int[] symbols = new int[2];
      for (int i = 0; i < 2; i++) {
        int f = function(o, "f" + i, 1);
        symbols[i] = symbol(o, "f" + i, f);
        o.link(o.section("about", SHT_PROGBITS, flags | SHF_LINK_ORDER, 8, 0, filled(8, 0)), f, 0);
      }
      words(o, symbols);
      assertEquals(flags == SHF_ALLOC ? "aa" : "ab", same(Linked.link(ALL, o), 2));
    }
  }

  @Test
  void theLargestAlignmentIsKept() {
    ObjectBuilder o = start(true);
    int a = o.section(".text.a", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 4, 0, filled(16, 5));
    int b = o.section(".text.b", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 64, 0, filled(16, 5));
    words(o, symbol(o, "a", a), symbol(o, "b", b));
    Linked x = Linked.link(ALL, o);
    assertEquals("aa", same(x, 2));
    assertEquals(0, x.word(".data", 0) % 64);
  }

  @Test
  void print() {
    ObjectBuilder o = start(true);
    for (int i = 0; i < 3; i++) {
      symbol(o, "f" + i, function(o, "f" + i, 1));
    }
    List<String> said = new ArrayList<>();
    Linked.link(
        ALL.andThen(b -> b.set(LinkOption.PRINT_ICF_SECTIONS, true).messages(said::add)), o);
    assertEquals(
        List.of(
            "selected section obj0.o:(.text.f0)",
            "  removing identical section obj0.o:(.text.f1)",
            "  removing identical section obj0.o:(.text.f2)"),
        said);
  }

  @Test
  void keepUniqueOfNothing() {
    Linked x =
        Linked.link(
            ALL.andThen(b -> b.set(LinkOption.KEEP_UNIQUE, List.of("missing"))), start(true));
    assertTrue(
        x.diagnostics().toString().contains("could not find symbol 'missing' to keep unique"),
        x.diagnostics()::toString);
  }

  /** The same bytes for any number of threads; and for any content what links without it. */
  @Test
  void threads() {
    Random random = new Random(7);
    ObjectBuilder[] objects = new ObjectBuilder[40];
    int functions = 60;
    for (int n = 0; n < objects.length; n++) {
      ObjectBuilder o = n == 0 ? start(true) : ObjectBuilder.wide();
      int[] sections = new int[functions];
      int[] symbols = new int[functions];
      for (int i = 0; i < functions; i++) {
        sections[i] = function(o, n + "_" + i, random.nextInt(3));
        symbols[i] = symbol(o, "f" + n + "_" + i, sections[i]);
      }
      for (int i = 0; i < functions; i++) {
        for (int r = random.nextInt(3); r > 0; r--) {
          o.reloc(sections[i], 4L * r, TestArch.PC32, symbols[random.nextInt(functions)], 0);
        }
      }
      words(o, symbols);
      objects[n] = o;
    }
    byte[] one = Linked.link(ALL, objects).toArray();
    assertTrue(one.length < Linked.link(objects).toArray().length);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (int threads : new int[] {2, 4, 4}) {
        assertArrayEquals(
            one, Linked.link(ALL.andThen(b -> b.executor(pool, threads)), objects).toArray());
      }
    }
    Linked x = Linked.link(ALL, objects);
    Linked y = Linked.link(objects);
    for (int i = 0; i < objects.length * functions; i++) {
      assertArrayEquals(
          head(y, y.word(".data", i)), head(x, x.word(".data", i)), "what is not relocated");
    }
  }

  private static byte[] head(Linked x, long addr) {
    return x.at(addr).asSlice(0, 4).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  /** Three functions with the same code, two of which have equal tables of handlers. */
  private static ObjectBuilder withFrames(boolean wide) {
    ObjectBuilder o = start(wide);
    int personality = o.function("personality", o.code(".text.p", filled(8, 9)), 0, 8);
    Frames frames = new Frames();
    int plain = frames.cie(0x1b);
    int cie = frames.cieWithPersonality(personality);
    int[] symbols = new int[5];
    for (int i = 0; i < symbols.length; i++) {
      int f = function(o, "f" + i, 1);
      symbols[i] = symbol(o, "f" + i, f);
      if (i < 3) {
        int table =
            o.section(
                ".gcc_except_table.f" + i,
                SHT_PROGBITS,
                SHF_ALLOC,
                4,
                0,
                filled(8, i == 1 ? 1 : 2));
        frames.fdeWithHandlers(cie, o.sectionSymbol(f), 16, o.sectionSymbol(table));
      } else {
        frames.fde(plain, o.sectionSymbol(f), 0, 16);
      }
    }
    frames.addTo(o);
    words(o, symbols);
    return o;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void framesAreCompared(boolean wide) {
    Linked x = Linked.link(ALL, withFrames(wide));
    assertEquals("abacc", same(x, 5));
    FrameTable frames = new FrameTable(x);
    assertEquals(3, frames.fdes().size(), "records of folded functions are left out");
    assertEquals(16, x.section(".gcc_except_table").bytes().byteSize(), "equal tables are folded");
  }

  /** Whatever is wrong with an object is an error of the object. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hostileObjects(boolean wide) {
    ObjectBuilder o = withFrames(wide);
    int about = o.section("about", SHT_PROGBITS, SHF_ALLOC | SHF_LINK_ORDER, 4, 0, filled(8, 0));
    o.link(about, 2, 0);
    significant(o, 2, 3);
    byte[] sound = o.build();
    Random random = new Random(3);
    int failed = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = sound.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] =
            (byte) (random.nextInt(4) == 0 ? -1 : random.nextInt());
      }
      LinkRequest.Builder b =
          LinkRequest.builder()
              .arches(TestArch.ARCHES)
              .output(OutputSink.memory())
              .threads(1)
              .input(InputSource.memory("bad.o", bytes));
      (round % 2 == 0 ? DATA : SAFE).accept(b);
      try {
        Linker.link(b.build());
      } catch (LinkException e) {
        assertFalse(e.getMessage().contains("internal error"), () -> stack(e));
        failed++;
      }
    }
    assertTrue(failed > 100, "only " + failed);
  }

  private static String stack(Throwable e) {
    StringWriter s = new StringWriter();
    e.printStackTrace(new PrintWriter(s));
    return s.toString();
  }
}
