package io.jld.bench;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Segment;
import io.jld.asmb.SymList;
import io.jld.asmb.Tasks;
import io.jld.link.Diagnostic;
import io.jld.link.LinkRequest;
import io.jld.link.OutputSink;

/** A link of which there is no more than a benchmark needs. */
final class BenchLink extends Link {
  private final SymList textp;
  private final Symbols symbols;

  BenchLink(Tasks tasks, OutBuf out, SymList textp, Symbols symbols) {
    super(LinkRequest.builder().output(OutputSink.memory()).build(), amd64(), tasks, out);
    this.textp = textp;
    this.symbols = symbols;
  }

  static Arch amd64() {
    return Arches.installed().byName("amd64").orElseThrow();
  }

  private static AssertionError notNeeded() {
    return new AssertionError("not needed by a benchmark");
  }

  @Override
  public Symbols symbols() {
    return symbols;
  }

  @Override
  public SymList textp() {
    return textp;
  }

  @Override
  public SymList datap() {
    throw notNeeded();
  }

  @Override
  public SymList dwarfp() {
    throw notNeeded();
  }

  @Override
  public Segment segtext() {
    throw notNeeded();
  }

  @Override
  public Segment segrodata() {
    throw notNeeded();
  }

  @Override
  public Segment segrelrodata() {
    throw notNeeded();
  }

  @Override
  public Segment segdata() {
    throw notNeeded();
  }

  @Override
  public Segment segdwarf() {
    throw notNeeded();
  }

  @Override
  public boolean isDynamic() {
    return false;
  }

  @Override
  public void needTlsLd() {
    throw notNeeded();
  }

  @Override
  public void needGotBase() {
    throw notNeeded();
  }

  @Override
  public void needStaticTls() {
    throw notNeeded();
  }

  @Override
  public long tlsLdSlot() {
    throw notNeeded();
  }

  @Override
  public long gotBase() {
    throw notNeeded();
  }

  @Override
  public long dynamicAddr() {
    throw notNeeded();
  }

  @Override
  public long tlsBegin() {
    throw notNeeded();
  }

  @Override
  public long tlsEnd() {
    throw notNeeded();
  }

  @Override
  public long property(int type) {
    return 0;
  }

  @Override
  public void writeTables() {
    throw notNeeded();
  }

  @Override
  public void report(Diagnostic diagnostic) {
    throw new AssertionError(diagnostic);
  }

  @Override
  public void message(String line) {
    throw notNeeded();
  }
}
