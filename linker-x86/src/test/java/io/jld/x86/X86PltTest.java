package io.jld.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.arch.ArchInfo.PltSizes;
import io.jld.asmb.Slice;
import io.jld.link.OutputKind;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The bytes of the PLT; those without IBT are GNU ld's but for the header's padding. */
class X86PltTest {
  private static final long PLT = 0x08049020L;
  private static final long SLOT = X86Fixture.GOT_BASE + 16;
  private final X86 arch = new X86();

  private static String bytes(int size, Consumer<Slice> writer) {
    byte[] b = new byte[size];
    writer.accept(Slice.of(b));
    return HexFormat.ofDelimiter(" ").formatHex(b);
  }

  @Test
  void atAFixedAddress() {
    X86Fixture link = X86Fixture.dynamicExecutable();
    PltSizes sizes = arch.pltSizes(link);
    assertEquals(arch.info().plt(), sizes);
    assertEquals(
        "ff 35 04 b0 04 08 ff 25 08 b0 04 08 0f 1f 40 00",
        bytes(sizes.header(), s -> arch.writePltHeader(link, s, PLT)));
    // The second entry: its relocation is 8 bytes into .rel.plt, the header 32 bytes before it.
    assertEquals(
        "ff 25 10 b0 04 08 68 08 00 00 00 e9 d0 ff ff ff",
        bytes(sizes.entry(), s -> arch.writePltEntry(link, s, PLT + 32, SLOT, 1)));
    assertEquals(PLT + 38, arch.lazySlotValue(link, PLT, PLT + 32));
    assertEquals(
        "ff 25 10 b0 04 08 66 90",
        bytes(sizes.direct(), s -> arch.writePltDirect(link, s, PLT, SLOT)));
  }

  @Test
  void positionIndependent() {
    X86Fixture link = X86Fixture.shared();
    PltSizes sizes = arch.pltSizes(link);
    assertEquals(
        "ff b3 04 00 00 00 ff a3 08 00 00 00 0f 1f 40 00",
        bytes(sizes.header(), s -> arch.writePltHeader(link, s, PLT)));
    assertEquals(
        "ff a3 10 00 00 00 68 00 00 00 00 e9 e0 ff ff ff",
        bytes(sizes.entry(), s -> arch.writePltEntry(link, s, PLT + 16, SLOT, 0)));
    assertEquals(
        "ff a3 10 00 00 00 66 90",
        bytes(sizes.direct(), s -> arch.writePltDirect(link, s, PLT, SLOT)));
  }

  @Test
  void withIndirectBranchTracking() {
    X86Fixture link = X86Fixture.shared();
    link.ibt();
    PltSizes sizes = arch.pltSizes(link);
    // The header is 16 + 16 bytes before the second entry, which jumps to it from its 14th byte.
    assertEquals(
        "f3 0f 1e fb 68 08 00 00 00 e9 d2 ff ff ff 66 90",
        bytes(sizes.entry(), s -> arch.writePltEntry(link, s, PLT + 32, SLOT, 1)));
    assertEquals(PLT + 32, arch.lazySlotValue(link, PLT, PLT + 32));
    assertEquals(
        "f3 0f 1e fb ff a3 10 00 00 00 66 0f 1f 44 00 00",
        bytes(sizes.direct(), s -> arch.writePltDirect(link, s, PLT, SLOT)));
  }

  @Test
  void aKeywordAsksForThisForm() {
    X86Fixture link = new X86Fixture(OutputKind.SHARED, true, "ibtplt");
    assertTrue(arch.pltSizes(link).second());
    assertFalse(arch.pltSizes(new X86Fixture(OutputKind.SHARED, true, "shstk")).second());
  }
}
