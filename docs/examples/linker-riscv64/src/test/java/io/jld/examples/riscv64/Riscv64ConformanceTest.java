package io.jld.examples.riscv64;

import io.jld.arch.Arch;
import io.jld.arch.testkit.ArchConformance;
import java.util.List;

/** RISC-V keeps to what every architecture has to. */
class Riscv64ConformanceTest extends ArchConformance {
  @Override
  protected Arch arch() {
    return new Riscv64();
  }

  /** Calls, jumps and branches, addresses in two parts. */
  @Override
  protected List<String> instructions() {
    return List.of(
        "17000000e7800000",
        "b707000083a50700",
        "ef000000",
        "63000000",
        "6f000000",
        "13000000",
        "17050000e7000000");
  }
}
