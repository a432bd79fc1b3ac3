package io.jld.asmb;

import io.jld.arch.Arches;
import io.jld.arch.Symbols;
import io.jld.link.Diagnostic;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.OutputSink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A link with symbols to write and nothing else. */
final class FakeLink extends Link {
  SymList textp = new FakeSyms();
  SymList datap = new FakeSyms();
  SymList dwarfp = new FakeSyms();
  final List<String> messages = Collections.synchronizedList(new ArrayList<>());

  private FakeLink(LinkRequest request, Tasks tasks, OutBuf out) {
    super(request, new FakeArch(), tasks, out);
  }

  static FakeLink of(Tasks tasks, OutBuf out) {
    return new FakeLink(request(false), tasks, out);
  }

  /** With {@code --print-blocks}. */
  static FakeLink printing(Tasks tasks, OutBuf out) {
    return new FakeLink(request(true), tasks, out);
  }

  private static LinkRequest request(boolean printBlocks) {
    return LinkRequest.builder()
        .arches(new Arches(List.of(new FakeArch())))
        .output(OutputSink.memory())
        .set(LinkOption.PRINT_BLOCKS, printBlocks)
        .build();
  }

  @Override
  public SymList textp() {
    return textp;
  }

  @Override
  public SymList datap() {
    return datap;
  }

  @Override
  public SymList dwarfp() {
    return dwarfp;
  }

  @Override
  public void message(String line) {
    messages.add(line);
  }

  @Override
  public void report(Diagnostic diagnostic) {
    throw new AssertionError(diagnostic);
  }

  @Override
  public Symbols symbols() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Segment segtext() {
    return new Segment("Segtext", List.of());
  }

  @Override
  public Segment segrodata() {
    return new Segment("Segrodata", List.of());
  }

  @Override
  public Segment segrelrodata() {
    return new Segment("Segrelrodata", List.of());
  }

  @Override
  public Segment segdata() {
    return new Segment("Segdata", List.of());
  }

  @Override
  public Segment segdwarf() {
    return new Segment("Segdwarf", List.of());
  }

  @Override
  public boolean isDynamic() {
    return false;
  }

  @Override
  public void needTlsLd() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void needGotBase() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void needStaticTls() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long tlsLdSlot() {
    return 0;
  }

  @Override
  public long gotBase() {
    return 0;
  }

  @Override
  public long dynamicAddr() {
    return 0;
  }

  @Override
  public long tlsBegin() {
    return 0;
  }

  @Override
  public long tlsEnd() {
    return 0;
  }

  @Override
  public long property(int type) {
    return 0;
  }

  @Override
  public void writeTables() {
    throw new UnsupportedOperationException();
  }
}
