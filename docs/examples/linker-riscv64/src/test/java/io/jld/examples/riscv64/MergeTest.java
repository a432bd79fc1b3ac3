package io.jld.examples.riscv64;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.asmb.Slice;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What objects say of themselves, and what is wrong with what they say. */
class MergeTest {
  @TempDir Path dir;

  @Test
  void instructionSetsAreJoined() {
    Riscv64Isa a = Riscv64Isa.parse("rv64i2p0_m2p0_a2p1_c2p0_zicsr2p0");
    Riscv64Isa b = Riscv64Isa.parse("rv64i2p1_m2p0_f2p2_zba1p0_zifencei2p0_xthead1p0");
    assertEquals(
        "rv64i2p1_m2p0_a2p1_f2p2_c2p0_zicsr2p0_zifencei2p0_zba1p0_xthead1p0", a.join(b).toString());
    assertEquals(a.join(b), b.join(a));
    assertThrows(IllegalArgumentException.class, () -> Riscv64Isa.parse("rv99i"));
    assertThrows(IllegalArgumentException.class, () -> Riscv64Isa.parse("rv64i2p0_!"));
  }

  @Test
  void attributesAreReadAsTheyAreWritten() {
    byte[] section = attributes("rv64i2p1_m2p0");
    Riscv64Attributes all = new Riscv64Attributes();
    all.merge(null, io.jld.link.Location.NONE, Riscv64Attributes.read(Slice.of(section)));
    assertArrayEquals(section, all.write());
    for (int n = 2; n < section.length; n++) {
      byte[] cut = Arrays.copyOf(section, n);
      assertThrows(
          IllegalArgumentException.class, () -> Riscv64Attributes.read(Slice.of(cut)), "" + n);
    }
  }

  private static byte[] attributes(String arch) {
    int tags = 2 + 1 + arch.length() + 1;
    byte[] b = new byte[1 + 4 + 6 + 1 + 4 + tags];
    Slice s = Slice.of(b);
    s.put8(0, 'A');
    s.put32(1, b.length - 1);
    s.put(5, "riscv\0".getBytes());
    s.put8(11, 1);
    s.put32(12, 5 + tags);
    s.put(16, new byte[] {4, 16, 5});
    s.put(19, arch.getBytes());
    return b;
  }

  @Test
  void theOutputHasFlagsAndAttributesOfAll() throws Exception {
    Cross cross = Cross.compiler(dir);
    Path a = cross.compile("a.s", ".attribute arch, \"rv64gc\"\n.globl a\na: ret\n");
    Path b = cross.compile("b.s", ".attribute arch, \"rv64g_zba\"\n  nop\n", "-march=rv64g");
    for (OutputKind kind : new OutputKind[] {OutputKind.EXECUTABLE, OutputKind.RELOCATABLE}) {
      var request = Cross.request(kind).set(LinkOption.ENTRY, kind.pic() ? "" : "a");
      Output out = new Output(Cross.link(request, Cross.sources(b, a)).bytes());
      assertEquals(5, out.flags()); // RVC, double-float
      String text = new String(out.content(".riscv.attributes"));
      assertTrue(text.contains("rv64i2p0_m2p0_a2p0_f2p0_d2p0_c2p0_zba1p0"), text);
      assertEquals(1, text.split("riscv", -1).length - 1, text);
    }
  }

  @Test
  void differentAbisDoNotGoTogether() throws Exception {
    Cross cross = Cross.compiler(dir);
    Path hard = cross.compile("hard.s", "  nop\n");
    Path soft = cross.compile("soft.s", "  nop\n", "-march=rv64imac", "-mabi=lp64");
    String message = Cross.failure(Cross.request(OutputKind.EXECUTABLE), Cross.sources(hard, soft));
    assertTrue(message.contains("soft.s"), message);
    assertTrue(
        message.contains("is compiled for the soft-float ABI and can not be linked with"), message);
    assertTrue(message.contains("hard.s"), message);
  }

  private String failure(String source) throws Exception {
    Path object = Cross.compiler(dir).compile("bad.s", ".option norvc\n" + source);
    return Cross.failure(
        Cross.request(OutputKind.EXECUTABLE).set(LinkOption.ENTRY, "0"), Cross.sources(object));
  }

  @Test
  void whatIsWrongIsSaid() throws Exception {
    said("nop\n.reloc f, R_RISCV_PCREL_LO12_I, f\nf: lw a0, 0(a0)\n", "labels no instruction");
    said("f: nop\n.reloc f, R_RISCV_COPY, f\n", "unexpected dynamic relocation R_RISCV_COPY");
    said("f: nop\n.reloc f, R_RISCV_CALL, f\n", "outside of its section");
    said("beq a0, a1, x\n.equ x, 0x7000000\n", "out of range");
  }

  private void said(String source, String message) throws Exception {
    String all = failure(source);
    assertTrue(all.contains(message), all);
  }
}
