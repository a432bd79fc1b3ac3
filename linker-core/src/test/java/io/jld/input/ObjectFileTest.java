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
