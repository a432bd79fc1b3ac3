package io.jld.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code --emit-relocs} for what is put together anew: the records of {@code .eh_frame}. */
class EmitRelocsTest {
  @TempDir Path dir;

  private static final String PROGRAM =
      """
      #include <cstdio>
      struct S { ~S() { std::puts("gone"); } };
      int never(int n) { S s; if (n) throw n; return 1; }
      __attribute__((noinline)) int f(int n) { S s; if (n > 2) throw n; return n; }
      int main() { try { return f(1) + f(3); } catch (int n) { return n; } }
      """;

  @ParameterizedTest
  @EnumSource
  void frames(Target target) {
    Tools.needCxx(target);
    Workbench w = new Workbench(dir, target);
    Path a = w.cxx("a", PROGRAM, "-O1", "-ffunction-sections");
    Path b = w.cxx("b", "int g(int x) { return x; }", "-ffunction-sections");
    for (String kind : List.of("-no-pie", "-pie")) {
      for (List<String> how : List.of(List.of("-Wl,-q"), List.of("-Wl,-q,--gc-sections"))) {
        Linked x = w.sameAsLd("g++", kind, how, a, b).silent();
        assertEquals(3, x.run().status());
        check(target, x.elf());
      }
    }
  }

  private static void check(Target target, ElfImage elf) {
    ElfImage.Section frames = elf.section(".eh_frame");
    String table = target == Target.AMD64 ? ".rela.eh_frame" : ".rel.eh_frame";
    assertEquals(elf.sections.indexOf(frames), elf.section(table).info());
    assertEquals(elf.sections.indexOf(elf.section(".symtab")), elf.section(table).link());
    Map<Long, ElfImage.Reloc> byPlace = new HashMap<>();
    List<ElfImage.Symbol> symbols = elf.symbols();
    for (ElfImage.Reloc r : elf.relocs(table)) {
      assertTrue(frames.holds(r.offset()), r::toString);
      assertTrue(byPlace.put(r.offset(), r) == null, r::toString);
      if (r.type() == 2) { // R_X86_64_PC32, R_386_PC32
        int value = (int) elf.wordAt(r.offset());
        ElfImage.Symbol s = symbols.get(r.symbol());
        long refersTo = r.offset() + value;
        if (target == Target.AMD64) {
          assertEquals(s.value() + r.addend(), refersTo);
        } else {
          assertTrue(elf.sections.get(s.shndx()).holds(refersTo), r::toString);
        }
      }
    }
    ElfImage.Section hdr = elf.section(".eh_frame_hdr");
    ByteBuffer b = ByteBuffer.wrap(elf.content(".eh_frame_hdr")).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 12; row < hdr.size(); row += 8) {
      long pc = hdr.addr() + b.getInt(row);
      long place = hdr.addr() + b.getInt(row + 4) + 8;
      boolean inPlt =
          elf.sections.stream().anyMatch(s -> s.name().startsWith(".plt") && s.holds(pc));
      ElfImage.Reloc r = byPlace.get(place);
      if (inPlt) {
        assertEquals(null, r); // the linker's own
      } else {
        assertNotNull(r, () -> "no relocation for 0x" + Long.toHexString(pc));
      }
    }
  }
}
