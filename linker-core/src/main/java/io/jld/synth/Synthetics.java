package io.jld.synth;

/** The sections that the linker makes. */
public final class Synthetics {
  private final Got got = new Got();
  private final GotPlt gotPlt = new GotPlt();
  private final Dynamic dynamic = new Dynamic();

  public Got got() {
    return got;
  }

  public GotPlt gotPlt() {
    return gotPlt;
  }

  public Dynamic dynamic() {
    return dynamic;
  }
}
