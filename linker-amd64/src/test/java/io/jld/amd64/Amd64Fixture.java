package io.jld.amd64;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Segment;
import io.jld.asmb.Slice;
import io.jld.asmb.SymList;
import io.jld.asmb.Tasks;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One section with its relocations in a link of nothing else: as much of the SPI as scan and apply
 * see.
 *
 * <p>Where things lie: the section at {@link #place}, {@code _GLOBAL_OFFSET_TABLE_} at 0x403000, a
 * symbol's slots at 0x402000 + 64 * its number (address, offset from the thread pointer, GD,
 * descriptor; each of two words), PLT entries at 0x400000 + 16 * number, the TLS block from
 * 0x402fd8 to 0x402fe0.
 */
final class Amd64Fixture {
  static final int GOT = Need.GOT;
  static final int PLT = Need.PLT;
  static final int CANONICAL = Need.CANONICAL_PLT;
  static final int TP_OFF = Need.TP_OFF;
  static final int TLS_GD = Need.TLS_GD;
  static final int TLS_DESC = Need.TLS_DESC;
  static final int COPY = Need.COPY;

  /**
   * A symbol; kind has the letters p(reemptible) i(func) t(ls) f(unction) a(bsolute) w(eak,
   * undefined) d(iscarded).
   */
  record Sym(String name, String kind, long value, long size) {
    boolean is(char c) {
      return kind.indexOf(c) >= 0;
    }
  }

  private record Rel(long offset, int type, int sym, long addend) {}

  private final OutputKind kind;
  private boolean relax = true;
  private boolean ibt;
  private boolean writable;
  private final List<Sym> table = new ArrayList<>();
  private final List<Rel> relocations = new ArrayList<>();
  private byte[] code = {};
  private byte[] after = {};
  long place = 0x401000;
  long gotStart = 0x402000;
  long tombstone;
  long tlsBegin = 0x402fd8;
  long tlsEnd = 0x402fe0;

  final Map<String, Integer> needs = new TreeMap<>();
  final List<String> dynamic = new ArrayList<>();
  final List<String> asked = new ArrayList<>();
  final List<String> errors = new ArrayList<>();

  Amd64Fixture(OutputKind kind) {
    this.kind = kind;
    table.add(new Sym("", "a", 0, 0));
  }

  static Amd64Fixture exec() {
    return new Amd64Fixture(OutputKind.EXECUTABLE);
  }

  static Amd64Fixture pie() {
    return new Amd64Fixture(OutputKind.PIE);
  }

  static Amd64Fixture shared() {
    return new Amd64Fixture(OutputKind.SHARED);
  }

  Amd64Fixture noRelax() {
    relax = false;
    return this;
  }

  Amd64Fixture ibt() {
    ibt = true;
    return this;
  }

  Amd64Fixture writable() {
    writable = true;
    return this;
  }

  Amd64Fixture sym(String name, String letters, long value) {
    table.add(new Sym(name, letters, value, 24));
    return this;
  }

  /** The section's bytes in hexadecimal; blanks do not count. */
  Amd64Fixture code(String hex) {
    code = bytes(hex);
    return this;
  }

  Amd64Fixture rel(long offset, int type, String name, long addend) {
    for (int i = 0; i < table.size(); i++) {
      if (table.get(i).name.equals(name)) {
        relocations.add(new Rel(offset, type, i, addend));
        return this;
      }
    }
    throw new IllegalArgumentException(name);
  }

  Amd64Fixture scan() {
    new Amd64().scan(link(), relocs());
    return this;
  }

  Amd64Fixture apply() {
    after = code.clone();
    new Amd64().apply(link(), relocs(), Slice.of(after));
    return this;
  }

  Amd64Fixture applyDebug() {
    after = code.clone();
    new Amd64().applyDebug(link(), relocs(), Slice.of(after));
    return this;
  }

  /** The bytes after apply. */
  String after() {
    return hex(after);
  }

  int needOf(String name) {
    return needs.getOrDefault(name, 0);
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

  Link link() {
    return new FakeLink(request(), null);
  }

  LinkRequest request() {
    return LinkRequest.builder()
        .output(OutputSink.memory())
        .set(LinkOption.OUTPUT_KIND, kind)
        .set(LinkOption.RELAX, relax)
        .build();
  }

  Relocs relocs() {
    return new FakeRelocs();
  }

  class FakeLink extends Link {
    FakeLink(LinkRequest request, OutBuf out) {
      super(request, new Amd64(), new Tasks(null, 1), out);
    }

    @Override
    public Symbols symbols() {
      return new FakeSymbols();
    }

    @Override
    public SymList textp() {
      throw new AssertionError();
    }

    @Override
    public SymList datap() {
      throw new AssertionError();
    }

    @Override
    public SymList dwarfp() {
      throw new AssertionError();
    }

    @Override
    public Segment segtext() {
      throw new AssertionError();
    }

    @Override
    public Segment segrodata() {
      throw new AssertionError();
    }

    @Override
    public Segment segrelrodata() {
      throw new AssertionError();
    }

    @Override
    public Segment segdata() {
      throw new AssertionError();
    }

    @Override
    public Segment segdwarf() {
      throw new AssertionError();
    }

    @Override
    public boolean isDynamic() {
      return isShared();
    }

    @Override
    public void needTlsLd() {
      asked.add("tlsLd");
    }

    @Override
    public void needGotBase() {
      asked.add("gotBase");
    }

    @Override
    public void needStaticTls() {
      asked.add("staticTls");
    }

    @Override
    public long tlsLdSlot() {
      return 0x402ff0;
    }

    @Override
    public long gotBase() {
      return 0x403000;
    }

    @Override
    public long dynamicAddr() {
      return 0;
    }

    @Override
    public long tlsBegin() {
      return tlsBegin;
    }

    @Override
    public long tlsEnd() {
      return tlsEnd;
    }

    @Override
    public long property(int type) {
      return ibt && type == 0xc0000002 ? 1 : 0; // FEATURE_1_AND: IBT
    }

    @Override
    public void writeTables() {
      throw new AssertionError();
    }

    @Override
    public void report(Diagnostic diagnostic) {
      errors.add(diagnostic.message());
    }

    @Override
    public void message(String line) {
      throw new AssertionError();
    }
  }

  private final class FakeSymbols implements Symbols {
    @Override
    public String name(int sym) {
      return table.get(sym).name;
    }

    @Override
    public boolean isPreemptible(int sym) {
      return table.get(sym).is('p');
    }

    @Override
    public boolean isIfunc(int sym) {
      return table.get(sym).is('i');
    }

    @Override
    public boolean isTls(int sym) {
      return table.get(sym).is('t');
    }

    @Override
    public boolean isFunction(int sym) {
      return table.get(sym).is('f') || isIfunc(sym);
    }

    @Override
    public boolean isAbsolute(int sym) {
      return table.get(sym).is('a') || isUndefinedWeak(sym);
    }

    @Override
    public boolean isUndefinedWeak(int sym) {
      return table.get(sym).is('w');
    }

    @Override
    public boolean isDiscarded(int sym) {
      return table.get(sym).is('d');
    }

    @Override
    public void need(int sym, int bits) {
      needs.merge(name(sym), bits, (a, b) -> a | b);
    }

    @Override
    public long value(int sym) {
      return table.get(sym).value;
    }

    @Override
    public long callTarget(int sym) {
      return (needOf(name(sym)) & (PLT | CANONICAL)) != 0 ? 0x400000 + 16L * sym : value(sym);
    }

    @Override
    public long size(int sym) {
      return table.get(sym).size;
    }

    @Override
    public long gotSlot(int sym) {
      return slot(sym, GOT, 0);
    }

    @Override
    public long tpOffSlot(int sym) {
      return slot(sym, TP_OFF, 16);
    }

    @Override
    public long tlsGdSlot(int sym) {
      return slot(sym, TLS_GD, 32);
    }

    @Override
    public long tlsDescSlot(int sym) {
      return slot(sym, TLS_DESC, 48);
    }

    private long slot(int sym, int need, int at) {
      if ((needOf(name(sym)) & need) == 0) {
        throw new AssertionError("a slot of " + name(sym) + " that scan did not ask for");
      }
      return gotStart + 64L * sym + at;
    }
  }

  private final class FakeRelocs extends Relocs {
    private int i = -1;

    /** A copy, so that nothing that is written to it reaches the output. */
    private final Slice content = Slice.of(code.clone());

    private Rel rel() {
      return relocations.get(i);
    }

    @Override
    public boolean next() {
      return ++i < relocations.size();
    }

    @Override
    public int peekType() {
      return i + 1 < relocations.size() ? relocations.get(i + 1).type : -1;
    }

    @Override
    public int peekSymbol() {
      return i + 1 < relocations.size() ? relocations.get(i + 1).sym : 0;
    }

    @Override
    public long offset() {
      return rel().offset;
    }

    @Override
    public int type() {
      return rel().type;
    }

    @Override
    public int symbol() {
      return rel().sym;
    }

    @Override
    public long addend() {
      return rel().addend;
    }

    @Override
    public long place() {
      return place + rel().offset;
    }

    @Override
    public Slice content() {
      return content;
    }

    @Override
    public long sectionSize() {
      return code.length;
    }

    @Override
    public boolean isWritable() {
      return writable;
    }

    @Override
    public boolean isAlloc() {
      return true;
    }

    @Override
    public boolean isGone() {
      return new FakeSymbols().isDiscarded(symbol());
    }

    @Override
    public long tombstone() {
      return tombstone;
    }

    @Override
    public void addRelative(int sym, long addend) {
      dynamic.add("relative " + table.get(sym).name + " " + addend);
    }

    @Override
    public void addIrelative(int sym) {
      dynamic.add("irelative " + table.get(sym).name);
    }

    @Override
    public void addDynamic(int type, int sym, long addend) {
      dynamic.add(Amd64Reloc.name(type) + " " + table.get(sym).name + " " + addend);
    }

    @Override
    public Location location() {
      return Location.NONE;
    }

    @Override
    public void error(DiagnosticCode code, String message) {
      errors.add(message);
    }

    @Override
    public void outOfRange(long value, long min, long max) {
      errors.add("out of range: " + value + " is not in [" + min + ", " + max + "]");
    }
  }
}
