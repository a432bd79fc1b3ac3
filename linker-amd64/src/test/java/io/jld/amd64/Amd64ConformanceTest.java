package io.jld.amd64;

import static io.jld.amd64.Amd64Reloc.R_X86_64_PLT32;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jld.arch.Arch;
import io.jld.arch.testkit.ArchConformance;
import io.jld.arch.testkit.FakeLink;
import io.jld.link.OutputKind;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** amd64 keeps to what every architecture has to. */
class Amd64ConformanceTest extends ArchConformance {
  @Override
  protected Arch arch() {
    return new Amd64();
  }

  /** Thread-local storage by each model, calls and loads by the GOT, moves of addresses. */
  @Override
  protected List<String> instructions() {
    return List.of(
        "66488d3d00000000",
        "666648e800000000",
        "6648ff1500000000",
        "488d3d00000000",
        "48b80000000000000000",
        "e800000000",
        "ff1500000000",
        "ff2500000000",
        "488b0500000000",
        "4c030d00000000",
        "8b0500000000",
        "d5488b0d00000000",
        "48850500000000",
        "488d0500000000",
        "ff10");
  }

  /** As docs/adding-an-architecture.md has it. */
  @Test
  void aCallReachesItsFunction() {
    FakeLink link =
        new FakeLink(new Amd64(), OutputKind.EXECUTABLE, true)
            .sym("f", 0x401100, FakeLink.Trait.FUNCTION)
            .code("e8 00000000")
            .rel(1, R_X86_64_PLT32, "f", -4);
    assertEquals(List.of(), link.scan().errors());
    assertEquals("e8fb000000", HexFormat.of().formatHex(link.apply().result()));
  }
}
