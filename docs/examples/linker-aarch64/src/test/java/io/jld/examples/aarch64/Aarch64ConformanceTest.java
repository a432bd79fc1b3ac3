package io.jld.examples.aarch64;

import io.jld.arch.Arch;
import io.jld.arch.testkit.ArchConformance;
import java.util.List;

/** AArch64 keeps to what every architecture has to. */
class Aarch64ConformanceTest extends ArchConformance {
  @Override
  protected Arch arch() {
    return new Aarch64();
  }

  /** Calls and branches, pages with what follows them, loads from the GOT, calls of descriptors. */
  @Override
  protected List<String> instructions() {
    return List.of(
        "00000094",
        "00000090000040f9",
        "0000009000000091",
        "00000014",
        "00000054",
        "00000036",
        "000040f9",
        "20003fd6");
  }
}
