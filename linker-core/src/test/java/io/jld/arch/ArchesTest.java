package io.jld.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.testing.TestArch;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchesTest {
  /** The class path may have their jars in any order. */
  @Test
  void messagesDoNotDependOnTheOrderOfTheClassPath() {
    for (List<TestArch> found :
        List.of(List.of(TestArch.WIDE, TestArch.NARROW), List.of(TestArch.NARROW, TestArch.WIDE))) {
      Arches arches = new Arches(found);
      assertEquals(List.of(TestArch.NARROW, TestArch.WIDE), arches.sorted());
      assertEquals("narrow, wide", arches.names());
      assertEquals(
          "unrecognised emulation mode: x; there are: elf_narrow, elf_wide",
          arches.noEmulation("x"));
    }
  }
}
