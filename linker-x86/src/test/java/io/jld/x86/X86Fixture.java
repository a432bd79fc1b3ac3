package io.jld.x86;

import io.jld.arch.Need;
import io.jld.arch.testkit.FakeLink;
import io.jld.asmb.OutBuf;
import io.jld.link.OutputKind;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * A {@link FakeLink} for x86, with the short words of these tests. Slots lie at fixed distances
 * below {@code _GLOBAL_OFFSET_TABLE_}, the same for all symbols.
 */
class X86Fixture extends FakeLink {
  static final long PLACE = 0x08049000L;
  static final long GOT_BASE = 0x0804b000L;
  static final long PLT = 0x08048800L;
  static final long COPIES = 0x0804d000L;

  private static final int FEATURE_1_AND = 0xc0000002;
  private static final List<String> NEEDS =
      List.of("GOT", "PLT", "CANONICAL_PLT", "TP_OFF", "TLS_GD", "TLS_DESC", "COPY", "DYNSYM");

  X86Fixture(OutputKind kind, boolean relax, String... keywords) {
    this(kind, relax, null, keywords);
  }

  X86Fixture(OutputKind kind, boolean relax, OutBuf out, String... keywords) {
    super(new X86(), kind, relax, out, keywords);
    place(PLACE).tables(GOT_BASE, PLT, COPIES).tombstone(1);
    // x at 8 of the block is 12 below the thread pointer.
    tls(0x0804a000L, 0x0804a014L);
    if (kind != OutputKind.EXECUTABLE) {
      dynamic();
    }
  }

  /** A static executable. */
  static X86Fixture executable() {
    return new X86Fixture(OutputKind.EXECUTABLE, true);
  }

  static X86Fixture dynamicExecutable() {
    X86Fixture link = executable();
    link.dynamic();
    return link;
  }

  static X86Fixture pie() {
    return new X86Fixture(OutputKind.PIE, true);
  }

  static X86Fixture shared() {
    return new X86Fixture(OutputKind.SHARED, true);
  }

  X86Fixture ibt() {
    property(FEATURE_1_AND, 1);
    return this;
  }

  @Override
  public X86Fixture sym(String name, long value, Trait... traits) {
    sym(name, value, 12, traits);
    return this;
  }

  @Override
  public X86Fixture code(String hex) {
    super.code(hex);
    return this;
  }

  @Override
  public X86Fixture nextSection() {
    super.nextSection();
    return this;
  }

  @Override
  public X86Fixture writable() {
    super.writable();
    return this;
  }

  @Override
  public X86Fixture rel(long offset, int type, String name) {
    super.rel(offset, type, name);
    return this;
  }

  /** Scans and, where that found no error, applies; returns the bytes in hexadecimal. */
  String run() {
    scan();
    return errors().isEmpty() ? hex(apply()) : "";
  }

  /** Applies as to debug information; returns the bytes in hexadecimal. */
  String debug() {
    return hex(applyDebug());
  }

  private static String hex(FakeLink link) {
    return HexFormat.ofDelimiter(" ").formatHex(link.result());
  }

  /**
   * {@code foo:GOT foo:PLT RELATIVE}: what symbols need, dynamic relocations, what the link needs.
   */
  String needs() {
    TreeSet<String> all = new TreeSet<>();
    for (Map.Entry<String, Integer> e : needed().entrySet()) {
      for (int i = 0; i < NEEDS.size(); i++) {
        if ((e.getValue() & 1 << i) != 0) {
          all.add(e.getKey() + ":" + NEEDS.get(i));
        }
      }
    }
    for (String relocation : dynamicRelocations()) {
      String[] words = relocation.split(" ", -1);
      all.add(
          words[0].startsWith("R_")
              ? words[0] + ":" + words[1]
              : words[0].toUpperCase(Locale.ROOT));
    }
    if (asked().contains("tlsLd")) {
      all.add("LD");
    }
    if (asked().contains("staticTls")) {
      all.add("STATIC_TLS");
    }
    return String.join(" ", all);
  }

  @Override
  protected long slot(int sym, int need) {
    return switch (need) {
      case Need.GOT -> GOT_BASE - 4;
      case Need.TP_OFF -> GOT_BASE - 8;
      case Need.TLS_GD -> GOT_BASE - 16;
      default -> GOT_BASE - 24;
    };
  }

  @Override
  public long tlsLdSlot() {
    super.tlsLdSlot();
    return GOT_BASE - 32;
  }

  @Override
  public void message(String line) {}
}
