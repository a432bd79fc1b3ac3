package io.jld.amd64;

import static io.jld.amd64.Amd64Fixture.exec;
import static io.jld.amd64.Amd64Fixture.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bytes of the procedure linkage table; {@code _GLOBAL_OFFSET_TABLE_} is at 0x403000. */
class Amd64PltTest {
  private final Amd64 arch = new Amd64();

  @Test
  void asGnuLd() {
    Link link = exec();
    assertEquals(new io.jld.arch.ArchInfo.PltSizes(16, 16, 8), arch.pltSizes(link));
    byte[] b = new byte[16];
    Slice s = Slice.of(b);
    arch.writePltHeader(link, s, 0x401000);
    assertEquals(hex("ff3502200000 ff2504200000 0f1f4000"), hex(b));
    arch.writePltEntry(link, s, 0x401010, 0x403018, 0);
    assertEquals(hex("ff2502200000 6800000000 e9e0ffffff"), hex(b));
    arch.writePltEntry(link, s, 0x401030, 0x403028, 2);
    assertEquals(hex("ff25f21f0000 6802000000 e9c0ffffff"), hex(b));
    assertEquals(0x401036, arch.lazySlotValue(link, 0x401000, 0x401030));
    arch.writePltDirect(link, s, 0x401020, 0x402fe0);
    assertEquals(hex("ff25ba1f0000 6690"), hex(b).substring(0, 16));
  }

  @Test
  void ibt() {
    Link link = exec().ibt();
    assertEquals(new io.jld.arch.ArchInfo.PltSizes(16, 16, 16, true), arch.pltSizes(link));
    byte[] b = new byte[16];
    Slice s = Slice.of(b);
    arch.writePltEntry(link, s, 0x401020, 0x403020, 1);
    assertEquals(hex("f30f1efa 6801000000 e9d2ffffff 6690"), hex(b));
    assertEquals(0x401020, arch.lazySlotValue(link, 0x401000, 0x401020));
    byte[] d = new byte[16];
    arch.writePltDirect(link, Slice.of(d), 0x401020, 0x402fe0);
    assertEquals(hex("f30f1efa ff25b61f0000 660f1f440000"), hex(d));
  }

  @Test
  void tooFar() {
    Amd64Fixture f = exec();
    arch.writePltDirect(f, Slice.of(new byte[8]), 0, 1L << 32);
    assertEquals(1, f.errors().size());
    assertEquals(List.of(f.errors().get(0)), f.errors());
  }
}
