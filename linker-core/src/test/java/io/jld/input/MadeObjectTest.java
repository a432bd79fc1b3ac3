package io.jld.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Objects that are made of inputs that are none, read as others are. */
class MadeObjectTest {
  /** 40,000 groups have more sections than a header and a symbol can number (gABI, "Sections"). */
  @ParameterizedTest
  @CsvSource({"true, 0", "true, 2", "false, 2", "true, 40000", "false, 40000"})
  void groupsAndSymbolsAreThere(boolean is64, int groups) {
    MadeObject made = new MadeObject(ElfClass.of(is64), 62);
    int global = Elf.STB_GLOBAL << 4;
    made.add("undefined", global, 0, 0, 0, 0);
    made.add("common", global, 0, ObjectFile.COMMON, 1, 8);
    made.add("absolute", global, 0, ObjectFile.ABS, 5, 0);
    for (int g = 0; g < groups; g++) {
      made.add("f" + g, global | Elf.STT_FUNC, Elf.STV_HIDDEN, made.group("key" + g), 0, 0);
    }
    byte[] data = {1, 2, 3};
    ObjectFile f =
        new ObjectFile(
            "made",
            null,
            made.finish(
                MemorySegment.ofArray(data), n -> MemorySegment.ofArray(new byte[(int) n])));
    int first = f.firstGlobal();
    assertEquals(1 + groups, first);
    assertEquals(first + 3 + groups, f.symbolCount());
    assertEquals(0, f.shndx(first));
    assertEquals(ObjectFile.COMMON, f.shndx(first + 1));
    assertEquals(ObjectFile.ABS, f.shndx(first + 2));
    assertEquals(groups, f.groups().size());
    for (int g = 0; g < groups; g += Math.max(1, groups / 7)) {
      ObjectFile.Group group = f.groups().get(g);
      assertTrue(group.comdat());
      assertArrayEquals(new int[] {f.shndx(first + 3 + g)}, group.members());
      assertEquals("f" + g, f.symbolName(first + 3 + g));
      assertEquals("key" + g, f.symbolName(f.info(group.section())));
    }
    assertEquals(3, f.rawSize(MadeObject.DATA));
  }
}
