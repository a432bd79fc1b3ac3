package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.Elf;
import io.jld.link.LinkException;
import io.jld.testing.ObjectBuilder;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers, names and groups as they are read; what is wrong with them has tests of its own. */
class ObjectFileTest {
  private static ObjectBuilder builder(boolean wide) {
    return wide ? ObjectBuilder.wide() : ObjectBuilder.narrow();
  }

  /** Small groups and one of several thousand members: they are read in pieces. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void groupsOfAllSizes(boolean wide) {
    ObjectBuilder o = builder(wide);
    Random random = new Random(1);
    List<int[]> groups = new ArrayList<>();
    int text = o.code(".text", new byte[4]);
    for (int size : new int[] {1, 3, 5000, 2, 1}) {
      int[] members = new int[size];
      for (int i = 0; i < size; i++) {
        members[i] = o.code(".text." + random.nextInt(10), new byte[0]);
      }
      groups.add(members);
    }
    for (int g = 0; g < groups.size(); g++) {
      o.group(o.function("signature" + g, text, 0, 4), g != 1, groups.get(g));
    }
    ObjectFile f = o.file("a.o");
    assertEquals(groups.size(), f.groups().size());
    for (int g = 0; g < groups.size(); g++) {
      ObjectFile.Group group = f.groups().get(g);
      assertArrayEquals(groups.get(g), group.members());
      assertEquals(g != 1, group.comdat());
    }
  }

  /** A local one would get the space of another; code and section symbols have space already. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, local",
    "0, 1, local",
    "0, 3, local",
    "0, 4, local",
    "0, 6, local",
    "1, 3, type 3",
    "1, 4, type 4",
    "1, 10, type 10",
    "2, 10, type 10",
    "1, 1, ",
    "2, 2, ",
    "1, 6, ",
  })
  void symbolsThatCannotBeCommon(int bind, int type, String wrong) {
    for (boolean wide : new boolean[] {true, false}) {
      ObjectBuilder o = builder(wide);
      o.symbol("x", bind, type, 0, Elf.SHN_COMMON, 4, 4);
      if (wrong == null) {
        assertEquals(ObjectFile.COMMON, o.file("a.o").shndx(1));
        continue;
      }
      LinkException e = assertThrows(LinkException.class, () -> o.file("a.o"));
      assertTrue(e.getMessage().startsWith("error: a.o:0x"), e.getMessage());
      assertTrue(e.getMessage().contains("symbol 1"), e.getMessage());
      assertTrue(e.getMessage().contains(wrong), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatSectionsSayOfTheFile(boolean wide) {
    ObjectBuilder plain = builder(wide);
    plain.code(".text", new byte[4]);
    ObjectFile f = plain.file("plain.o");
    assertTrue(!f.hasNotes() && !f.has(SectionKind.IDENTIFIER));
    ObjectBuilder o = builder(wide);
    o.section(".note.x", Elf.SHT_NOTE, Elf.SHF_ALLOC, 4, 0, new byte[12]);
    o.data("my_set", new byte[8]);
    f = o.file("a.o");
    assertTrue(f.hasNotes() && f.has(SectionKind.IDENTIFIER));
  }

  @ParameterizedTest
  @CsvSource({
    "true,  4, 3,    invalid ELF class 3",
    "true,  5, 2,    not a little-endian ELF file",
    "true, 16, 2,    not a relocatable object (e_type 2)",
    "true, 58, 63,   invalid e_shentsize",
    "true, 43, 1,    section header table lies outside of the file",
    "true, 60, 255,  section header table lies outside of the file",
    "true, 62, 200,  invalid section name table index 200",
    "false, 16, 3,   not a relocatable object (e_type 3)",
    "false, 46, 64,  invalid e_shentsize",
    "false, 35, 1,   section header table lies outside of the file",
    "false, 48, 255, section header table lies outside of the file",
    "false, 50, 200, invalid section name table index 200"
  })
  void brokenHeaders(boolean wide, int at, int value, String message) {
    ObjectBuilder o = builder(wide);
    o.code(".text", new byte[4]);
    byte[] bytes = o.build();
    bytes[at] = (byte) value;
    LinkException e =
        assertThrows(
            LinkException.class, () -> new ObjectFile("a.o", null, MemorySegment.ofArray(bytes)));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  /** What is ordered by a section, and by that; also where a ring of sections never ends. */
  @Test
  void orderedSections() {
    ObjectBuilder o = ObjectBuilder.wide();
    int text = o.code(".text", new byte[4]);
    int[] s = new int[7];
    for (int i = 0; i < s.length; i++) {
      long flags = Elf.SHF_ALLOC | Elf.SHF_LINK_ORDER;
      s[i] = o.section(".o" + i, Elf.SHT_PROGBITS, flags, 1, 0, new byte[1]);
    }
    // 0 and 3 are ordered by the code, 2 by 0, 1 by 2; 4 and 5 by each other, 6 by 4
    int[] by = {text, s[2], s[0], text, s[5], s[4], s[4]};
    for (int i = 0; i < s.length; i++) {
      o.link(s[i], by[i], 0);
    }
    ObjectFile f = o.file("a.o");
    assertTrue(f.hasOrdered());
    assertEquals(List.of(s[0], s[2], s[1], s[3]), below(f, text));
    assertEquals(List.of(s[2], s[1]), below(f, s[0]));
    assertEquals(List.of(s[5], s[6]), below(f, s[4]));
    assertEquals(List.of(s[4], s[6]), below(f, s[5]));
    assertEquals(List.of(), below(f, s[3]));
    assertEquals(s[0], f.firstOrdered(text));
    assertEquals(s[3], f.nextOrdered(s[0]));
    assertEquals(0, f.nextOrdered(s[3]));
    for (int i = 0; i < s.length; i++) {
      assertEquals(by[i], f.orderedBy(s[i]));
    }
    assertEquals(0, f.orderedBy(text));
  }

  private static List<Integer> below(ObjectFile f, int root) {
    List<Integer> all = new ArrayList<>();
    for (int o = f.nextOrderedBelow(root, root); o != 0; o = f.nextOrderedBelow(root, o)) {
      all.add(o);
    }
    return all;
  }

  /** By nothing, by what has no place, and by no section. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void orderedByWhat(boolean wide) {
    for (int link : new int[] {0, 1, 2, 3, 5, 6, 7, -1, Integer.MIN_VALUE}) {
      ObjectBuilder o = builder(wide);
      int text = o.code(".text", new byte[4]);
      long flags = Elf.SHF_ALLOC | Elf.SHF_LINK_ORDER;
      int s = o.section("order", Elf.SHT_PROGBITS, flags, 1, 0, new byte[1]);
      o.group(o.function("f", text, 0, 4), true, text); // section 3; 4 is .symtab
      o.link(s, link == 5 ? 4 : link, 0);
      if (link >= 0 && link <= 2 || link == 6) {
        assertEquals(link, o.file("a.o").orderedBy(s));
        continue;
      }
      LinkException e = assertThrows(LinkException.class, () -> o.file("a.o"));
      String unsigned = Integer.toUnsignedString(link == 5 ? 4 : link);
      assertEquals(
          "error: a.o:(order): SHF_LINK_ORDER with an invalid sh_link "
              + unsigned
              + " [malformed-object]",
          e.getMessage());
    }
  }

  @Test
  void shortFiles() {
    ObjectBuilder o = ObjectBuilder.wide();
    o.code(".text", new byte[4]);
    byte[] bytes = o.build();
    for (int size : new int[] {4, 51, 52, 63}) {
      MemorySegment cut = MemorySegment.ofArray(bytes).asSlice(0, size);
      LinkException e = assertThrows(LinkException.class, () -> new ObjectFile("a.o", null, cut));
      assertTrue(e.getMessage().contains("file is too short to be an ELF object"), e.getMessage());
    }
  }
}
