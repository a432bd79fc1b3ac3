package io.jld.amd64;

import io.jld.arch.Need;
import io.jld.arch.testkit.FakeLink;
import io.jld.asmb.OutBuf;
import io.jld.link.OutputKind;
import java.util.HexFormat;

/** A {@link FakeLink} for amd64, with the short words of these tests. */
final class Amd64Fixture extends FakeLink {
  static final int GOT = Need.GOT;
  static final int PLT = Need.PLT;
  static final int CANONICAL = Need.CANONICAL_PLT;
  static final int TP_OFF = Need.TP_OFF;
  static final int TLS_GD = Need.TLS_GD;
  static final int TLS_DESC = Need.TLS_DESC;
  static final int COPY = Need.COPY;

  private static final int FEATURE_1_AND = 0xc0000002;

  Amd64Fixture(OutputKind kind, boolean relax) {
    super(new Amd64(), kind, relax);
  }

  Amd64Fixture(OutBuf out) {
    super(new Amd64(), OutputKind.EXECUTABLE, true, out);
  }

  static Amd64Fixture exec() {
    return new Amd64Fixture(OutputKind.EXECUTABLE, true);
  }

  static Amd64Fixture pie() {
    return new Amd64Fixture(OutputKind.PIE, true);
  }

  static Amd64Fixture shared() {
    return new Amd64Fixture(OutputKind.SHARED, true);
  }

  /** The same kind of link with {@code --no-relax}, and nothing in it yet. */
  Amd64Fixture noRelax() {
    return new Amd64Fixture(kind(), false);
  }

  Amd64Fixture ibt() {
    property(FEATURE_1_AND, 1);
    return this;
  }

  /**
   * Adds a symbol; the letters are p(reemptible) i(func) t(ls) f(unction) a(bsolute) w(eak,
   * undefined) d(iscarded).
   */
  Amd64Fixture sym(String name, String letters, long value) {
    sym(name, value, letters.chars().mapToObj(Amd64Fixture::trait).toArray(Trait[]::new));
    return this;
  }

  private static Trait trait(int letter) {
    return switch (letter) {
      case 'p' -> Trait.PREEMPTIBLE;
      case 'i' -> Trait.IFUNC;
      case 't' -> Trait.TLS;
      case 'f' -> Trait.FUNCTION;
      case 'a' -> Trait.ABSOLUTE;
      case 'w' -> Trait.UNDEFINED_WEAK;
      case 'd' -> Trait.DISCARDED;
      default -> throw new IllegalArgumentException(Character.toString(letter));
    };
  }

  @Override
  public Amd64Fixture writable() {
    super.writable();
    return this;
  }

  @Override
  public Amd64Fixture code(String hex) {
    super.code(hex);
    return this;
  }

  @Override
  public Amd64Fixture rel(long offset, int type, String name, long addend) {
    super.rel(offset, type, name, addend);
    return this;
  }

  @Override
  public Amd64Fixture scan() {
    super.scan();
    return this;
  }

  @Override
  public Amd64Fixture apply() {
    super.apply();
    return this;
  }

  @Override
  public Amd64Fixture applyDebug() {
    super.applyDebug();
    return this;
  }

  /** The bytes after apply. */
  String after() {
    return hex(result());
  }

  int needOf(String name) {
    return needsOf(name);
  }

  /** Without the blanks that make a test readable. */
  static String hex(String hex) {
    return hex.replaceAll("\\s", "");
  }

  static String hex(byte[] b) {
    return HexFormat.of().formatHex(b);
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex(hex));
  }
}
