package io.jld.x86;

import io.jld.arch.Arch;
import io.jld.arch.testkit.ArchConformance;
import java.util.List;

/** x86 keeps to what every architecture has to. */
class X86ConformanceTest extends ArchConformance {
  @Override
  protected Arch arch() {
    return new X86();
  }

  /** Thread-local storage by each model, calls and loads by the GOT, words. */
  @Override
  protected List<String> instructions() {
    return List.of(
        "8d041d00000000",
        "8d8300000000",
        "e8fcffffff",
        "ff9300000000",
        "8b8300000000",
        "038b00000000",
        "a100000000",
        "8b0d00000000",
        "ff10",
        "00000000");
  }
}
