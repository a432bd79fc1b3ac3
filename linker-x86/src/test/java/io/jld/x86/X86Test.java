package io.jld.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.jld.arch.ArchInfo;
import io.jld.arch.Arches;
import org.junit.jupiter.api.Test;

class X86Test {
  @Test
  void isFoundAsAService() {
    Arches arches = Arches.in(X86.class.getClassLoader());
    assertInstanceOf(X86.class, arches.byName("x86").orElseThrow());
    assertInstanceOf(X86.class, arches.byName("i386").orElseThrow());
    assertInstanceOf(X86.class, arches.byEmulation("elf_i386").orElseThrow());
    assertInstanceOf(X86.class, arches.byOutputFormat("elf32-i386").orElseThrow());
    assertInstanceOf(X86.class, arches.byMachine(3, false).orElseThrow());
  }

  @Test
  void sizes() {
    ArchInfo info = new X86().info();
    assertEquals(4, info.wordSize());
    assertEquals(8, info.relSize());
    assertEquals(".rel", info.relPrefix());
  }

  @Test
  void relocationNames() {
    X86 arch = new X86();
    assertEquals("R_386_NONE", arch.relocationName(0));
    assertEquals("R_386_TLS_LE", arch.relocationName(17));
    assertEquals("R_386_16", arch.relocationName(20));
    assertEquals("R_386_GOT32X", arch.relocationName(43));
    assertEquals("R_386_GNU_VTENTRY", arch.relocationName(251));
    assertEquals("12", arch.relocationName(12));
    assertEquals("44", arch.relocationName(44));
    assertEquals("-1", arch.relocationName(-1));
  }
}
