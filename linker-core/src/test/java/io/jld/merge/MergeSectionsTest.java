package io.jld.merge;

import static io.jld.elf.Elf.*;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.ElfClass;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Linker;
import io.jld.testing.Linked;
import io.jld.testing.ObjectBuilder;
import io.jld.testing.TestArch;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeSectionsTest {
  private static final long STRINGS = SHF_ALLOC | SHF_MERGE | SHF_STRINGS;
  private static final long CONSTANTS = SHF_ALLOC | SHF_MERGE;

  private static byte[] ascii(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }

  private static ObjectBuilder start() {
    ObjectBuilder o = ObjectBuilder.wide();
    o.function("_start", o.code(".text", new byte[4]), 0, 4);
    return o;
  }

  private static int strings(ObjectBuilder o, String content) {
    return o.section(".rodata.str1.1", SHT_PROGBITS, STRINGS, 1, 1, ascii(content));
  }

  /** Adds {@code .data} with a word for each pair of symbol and addend. */
  private static void words(ObjectBuilder o, long... symbolsAndAddends) {
    int data = o.data(".data", new byte[symbolsAndAddends.length / 2 * (o.is64() ? 8 : 4)]);
    for (int i = 0; i < symbolsAndAddends.length; i += 2) {
      long at = (long) i / 2 * (o.is64() ? 8 : 4);
      o.reloc(data, at, TestArch.WORD, (int) symbolsAndAddends[i], symbolsAndAddends[i + 1]);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void equalStringsAreLinkedOnce(boolean wide) {
    ObjectBuilder a = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    a.function("_start", a.code(".text", new byte[4]), 0, 4);
    ObjectBuilder b = wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
    int sa = strings(a, "one\0two\0\0three\0one\0");
    int sb = strings(b, "three\0four\0two\0");
    words(
        a,
        a.sectionSymbol(sa),
        0,
        a.sectionSymbol(sa),
        4,
        a.sectionSymbol(sa),
        6,
        a.sectionSymbol(sa),
        8,
        a.local(".L3", sa, 9),
        0,
        a.object("one2", sa, 15, 4),
        0);
    words(
        b,
        b.sectionSymbol(sb),
        0,
        b.local(".L4", sb, 6),
        1,
        b.sectionSymbol(sb),
        11,
        b.undefined("one2"),
        1,
        b.sectionSymbol(sb),
        15);
    Linked linked = Linked.link(a, b);
    assertEquals(
        ascii("one\0two\0\0three\0four\0").length, linked.section(".rodata").bytes().byteSize());
    List<String> found = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      found.add(linked.string(linked.word(".data", i)));
    }
    assertEquals(
        List.of("one", "two", "o", "", "three", "one", "three", "our", "two", "ne"), found);
    assertEquals(linked.word(".data", 0), linked.word(".data", 5));
    assertEquals(linked.word(".data", 4), linked.word(".data", 6));
    assertEquals(linked.word(".data", 1) + 4, linked.word(".data", 10), "the end of the section");
  }

  @Test
  void behindTheEndIsRefused() {
    ObjectBuilder o = start();
    int s = strings(o, "one\0");
    words(o, o.sectionSymbol(s), 5);
    LinkException e = assertThrows(LinkException.class, () -> Linked.link(o));
    assertTrue(e.getMessage().contains("obj0.o:(.data+0x0)"), e.getMessage());
  }

  @Test
  void withoutLastNulItStaysAsItIs() {
    ObjectBuilder o = start();
    int s = strings(o, "one\0one\0on");
    words(o, o.sectionSymbol(s), 4);
    Linked linked = Linked.link(o);
    assertArrayEquals(
        ascii("one\0one\0on"), linked.section(".rodata").bytes().toArray(ValueLayout.JAVA_BYTE));
    assertEquals(linked.section(".rodata").addr() + 4, linked.word(".data", 0));
  }

  @Test
  void withRelocationsItStaysAsItIs() {
    ObjectBuilder o = start();
    int s = o.section(".rodata.cst8", SHT_PROGBITS, CONSTANTS, 8, 8, new byte[16]);
    o.reloc(s, 0, TestArch.WORD, o.sectionSymbol(s), 0);
    assertEquals(16, Linked.link(o).section(".rodata").bytes().byteSize());
  }

  @Test
  void wideCharacters() {
    for (int width : new int[] {2, 4}) {
      ObjectBuilder o = start();
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (String s : List.of("ab", "c", "ab")) {
        for (char c : (s + "\0").toCharArray()) {
          text.write(c);
          text.write(c == 0 ? 0 : 1); // no byte of a character is 0 alone
          text.writeBytes(new byte[width - 2]);
        }
      }
      int s =
          o.section(".rodata.str" + width, SHT_PROGBITS, STRINGS, width, width, text.toByteArray());
      int symbol = o.sectionSymbol(s);
      words(o, symbol, 0, symbol, 5L * width, symbol, 6L * width, symbol, 3L * width);
      Linked linked = Linked.link(o);
      assertEquals(linked.word(".data", 0), linked.word(".data", 1));
      assertEquals(linked.word(".data", 0) + width, linked.word(".data", 2));
      assertEquals('c', linked.at(linked.word(".data", 3)).get(ValueLayout.JAVA_BYTE, 0));
      assertEquals(5L * width, linked.section(".rodata").bytes().byteSize());
    }
  }

  @Test
  void constants() {
    ObjectBuilder o = start();
    byte[] content = new byte[32];
    content[0] = 1;
    content[8] = 2;
    content[16] = 1;
    content[24] = 3;
    int s = o.section(".rodata.cst8", SHT_PROGBITS, CONSTANTS, 8, 8, content);
    int symbol = o.sectionSymbol(s);
    words(o, symbol, 0, symbol, 8, symbol, 16, symbol, 25, symbol, 32);
    Linked linked = Linked.link(o);
    long at = linked.section(".rodata").addr();
    assertEquals(24, linked.section(".rodata").bytes().byteSize());
    assertEquals(at, linked.word(".data", 0));
    assertEquals(at + 8, linked.word(".data", 1));
    assertEquals(at, linked.word(".data", 2));
    assertEquals(at + 17, linked.word(".data", 3));
    assertEquals(at + 24, linked.word(".data", 4));
  }

  @Test
  void constantsKeepTheirAlignment() {
    ObjectBuilder o = start();
    o.section(".rodata.cst4", SHT_PROGBITS, CONSTANTS, 16, 4, new byte[16]);
    Linked linked = Linked.link(o);
    assertEquals(16, linked.section(".rodata").bytes().byteSize(), "not split");
  }

  @Test
  void alignedStringsStayAligned() {
    ObjectBuilder o = start();
    int s =
        o.section(
            ".rodata.str1.8",
            SHT_PROGBITS,
            STRINGS,
            8,
            1,
            ascii("first\0\0\0secondsecond\0\0\0\0third\0"));
    int symbol = o.sectionSymbol(s);
    words(o, symbol, 0, symbol, 8, symbol, 24);
    Linked linked = Linked.link(o);
    for (int i = 0; i < 3; i++) {
      assertEquals(0, linked.word(".data", i) % 8);
    }
    assertEquals("first", linked.string(linked.word(".data", 0)));
    assertEquals("secondsecond", linked.string(linked.word(".data", 1)));
    assertEquals("third", linked.string(linked.word(".data", 2)));
  }

  @Test
  void kindsAreKeptApart() {
    ObjectBuilder o = start();
    o.section(".rodata.cst4", SHT_PROGBITS, CONSTANTS, 4, 4, ascii("abc\0abc\0"));
    o.section(".rodata.str4", SHT_PROGBITS, STRINGS, 1, 1, ascii("abc\0"));
    o.section(".other", SHT_PROGBITS, STRINGS, 1, 1, ascii("abc\0"));
    o.section(".comment", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, 1, 1, ascii("abc\0abc\0"));
    Linked linked = Linked.link(o);
    assertEquals(8, linked.section(".rodata").bytes().byteSize());
    assertEquals(4, linked.section(".other").bytes().byteSize());
    Linked.Section comment = linked.section(".comment");
    int own = ("Linker: jld " + Linker.VERSION + '\0').length();
    assertEquals(4 + own, comment.bytes().byteSize());
    assertEquals(SHF_MERGE | SHF_STRINGS, comment.flags());
    assertEquals(1, comment.entsize());
  }

  private static byte[] compressed(byte[] content) {
    Deflater deflater = new Deflater();
    deflater.setInput(content);
    deflater.finish();
    byte[] out = new byte[content.length + 100];
    MemorySegment m = MemorySegment.ofArray(out);
    ElfClass.put32(m, 0, ELFCOMPRESS_ZLIB);
    ElfClass.put64(m, 8, content.length);
    ElfClass.put64(m, 16, 1);
    int n = deflater.deflate(out, 24, out.length - 24);
    deflater.end();
    return Arrays.copyOf(out, 24 + n);
  }

  @Test
  void compressedStrings() {
    ObjectBuilder a = start();
    ObjectBuilder b = ObjectBuilder.wide();
    long flags = SHF_MERGE | SHF_STRINGS | SHF_COMPRESSED;
    a.section(".debug_str", SHT_PROGBITS, flags, 8, 1, compressed(ascii("int\0char\0")));
    int s = b.section(".debug_str", SHT_PROGBITS, flags, 8, 1, compressed(ascii("long\0char\0")));
    int info = b.section(".debug_info", SHT_PROGBITS, 0, 1, 0, new byte[4]);
    b.reloc(info, 0, TestArch.ABS32, b.sectionSymbol(s), 5);
    Linked linked = Linked.link(a, b);
    MemorySegment str = linked.section(".debug_str").bytes();
    assertEquals(14, str.byteSize());
    long at = ElfClass.u32(linked.section(".debug_info").bytes(), 0);
    assertEquals("char", str.getString(at));
    assertNull(
        Linked.link(x -> x.set(LinkOption.STRIP, LinkOption.Strip.DEBUG), a, b)
            .section(".debug_str"));
  }

  @Test
  void collectedSectionsAreNotMerged() {
    ObjectBuilder o = start();
    strings(o, "nobody reads this\0");
    assertNull(Linked.link(b -> b.set(LinkOption.GC_SECTIONS, true), o).section(".rodata"));
  }

  /**
   * Many pieces in many objects, so that there are several shards, against what each reference
   * should find.
   */
  private static ObjectBuilder[] many(
      long seed, int count, List<String> expected, Set<String> all) {
    Random random = new Random(seed);
    ObjectBuilder[] objects = new ObjectBuilder[count];
    for (int i = 0; i < objects.length; i++) {
      ObjectBuilder o = i == 0 ? start() : ObjectBuilder.wide();
      StringBuilder text = new StringBuilder();
      int n = 1 + random.nextInt(2000);
      long[] words = new long[2 * n];
      for (int k = 0; k < n; k++) {
        String s = "s".repeat(random.nextInt(3)) + random.nextInt(30_000);
        int into = random.nextInt(s.length() + 1);
        words[2 * k + 1] = text.length() + into;
        expected.add(s.substring(into));
        all.add(s);
        text.append(s).append('\0');
      }
      int section = strings(o, text.toString());
      int symbol = o.sectionSymbol(section);
      for (int k = 0; k < n; k++) {
        words[2 * k] = symbol;
      }
      words(o, words);
      objects[i] = o;
    }
    return objects;
  }

  @Test
  void everyReferenceFindsItsString() {
    List<String> expected = new ArrayList<>();
    Linked linked = Linked.link(many(1, 40, expected, new TreeSet<>()));
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), linked.string(linked.word(".data", i)));
    }
  }

  @Test
  void tailsAreMerged() {
    List<String> expected = new ArrayList<>();
    Set<String> all = new TreeSet<>();
    Consumer<LinkRequest.Builder> o2 = b -> b.set(LinkOption.OPTIMIZE, 2);
    ObjectBuilder[] objects = many(2, 20, expected, all);
    Linked linked = Linked.link(o2, objects);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i), linked.string(linked.word(".data", i)));
    }
    assertEquals(withoutTails(all), linked.section(".rodata").bytes().byteSize());
    ObjectBuilder o = start();
    strings(o, "bar\0foobar\0\0r\0xbar\0");
    assertEquals(12, Linked.link(o2, o).section(".rodata").bytes().byteSize());
  }

  /** Bytes of the strings that are no other one's end, each with its NUL. */
  private static long withoutTails(Set<String> all) {
    TreeSet<String> reversed = new TreeSet<>();
    all.forEach(s -> reversed.add(new StringBuilder(s).reverse().toString()));
    long size = 0;
    for (String s : reversed) {
      String next = reversed.higher(s);
      size += next != null && next.startsWith(s) ? 0 : s.length() + 1;
    }
    return size;
  }

  @Test
  void resultDoesNotDependOnThreads() {
    ObjectBuilder[] objects = many(3, 30, new ArrayList<>(), new TreeSet<>());
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (int level : new int[] {1, 2}) {
        Consumer<LinkRequest.Builder> options = b -> b.set(LinkOption.OPTIMIZE, level);
        byte[] one = Linked.link(options, objects).toArray();
        byte[] four = Linked.link(options.andThen(b -> b.executor(pool, 4)), objects).toArray();
        assertArrayEquals(one, four);
      }
    }
  }

  /** Whatever the header says: a link that succeeds or a LinkException. */
  @Test
  void randomHeaders() {
    Random random = new Random(11);
    long[] sizes = {0, 1, 2, 3, 4, 7, 8, 16, 64, 128, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    for (int round = 0; round < 1000; round++) {
      ObjectBuilder o = start();
      byte[] content = new byte[random.nextInt(40)];
      for (int i = 0; i < content.length; i++) {
        content[i] = (byte) random.nextInt(3);
      }
      long flags = STRINGS & ~(random.nextBoolean() ? SHF_STRINGS : 0);
      long entsize = sizes[random.nextInt(sizes.length)];
      int s = o.section(".rodata", SHT_PROGBITS, flags, 1L << random.nextInt(9), entsize, content);
      words(o, o.sectionSymbol(s), random.nextInt(44) - 2);
      try {
        Linked.link(o);
      } catch (LinkException e) {
        assertTrue(e.getMessage().contains("obj0.o"), e.getMessage());
      }
    }
  }
}
