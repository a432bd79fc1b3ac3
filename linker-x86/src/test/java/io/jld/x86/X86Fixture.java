package io.jld.x86;

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
import java.util.TreeSet;

/**
 * One section's worth of a link: symbols in an array, relocations in a list. Slots lie at fixed
 * distances below {@code _GLOBAL_OFFSET_TABLE_}, PLT entries and copies at fixed addresses; asking
 * for a slot that the scan did not ask for is an {@link IllegalStateException}.
 */
class X86Fixture extends Link implements Symbols {
  static final long PLACE = 0x08049000L;
  static final long GOT_BASE = 0x0804b000L;
  static final long PLT = 0x08048800L;
  static final long COPIES = 0x0804d000L;

  enum Is {
    PREEMPTIBLE,
    IFUNC,
    TLS,
    FUNCTION,
    ABSOLUTE,
    UNDEFINED_WEAK,
    DISCARDED
  }

  private record Sym(String name, long value, long size, List<Is> is) {}

  private record Rel(long offset, int type, int sym) {}

  private final List<Sym> syms = new ArrayList<>(List.of(new Sym("", 0, 0, List.of(Is.ABSOLUTE))));
  private final List<Rel> rels = new ArrayList<>();
  private final List<Integer> needs = new ArrayList<>(List.of(0));
  final List<String> errors = new ArrayList<>();

  /** What the scan asked for, sorted. */
  final TreeSet<String> asked = new TreeSet<>();

  boolean dynamic;
  boolean ibt;
  boolean writable;
  boolean gotBaseNeeded;
  private boolean tlsLdNeeded;
  private byte[] content = {};

  X86Fixture(OutputKind kind, boolean relax, String... keywords) {
    this(kind, relax, null, keywords);
  }

  X86Fixture(OutputKind kind, boolean relax, OutBuf out, String... keywords) {
    super(
        LinkRequest.builder()
            .output(OutputSink.memory())
            .set(LinkOption.OUTPUT_KIND, kind)
            .set(LinkOption.RELAX, relax)
            .set(LinkOption.Z_KEYWORDS, List.of(keywords))
            .build(),
        new X86(),
        new Tasks(null, 1),
        out);
    dynamic = kind != OutputKind.EXECUTABLE;
  }

  /** A static executable. */
  static X86Fixture executable() {
    return new X86Fixture(OutputKind.EXECUTABLE, true);
  }

  static X86Fixture dynamicExecutable() {
    X86Fixture link = executable();
    link.dynamic = true;
    return link;
  }

  static X86Fixture pie() {
    return new X86Fixture(OutputKind.PIE, true);
  }

  static X86Fixture shared() {
    return new X86Fixture(OutputKind.SHARED, true);
  }

  X86Fixture sym(String name, long value, Is... is) {
    syms.add(new Sym(name, value, 12, List.of(is)));
    needs.add(0);
    return this;
  }

  X86Fixture code(String hex) {
    content = HexFormat.of().parseHex(hex.replace(" ", "").replace("|", ""));
    return this;
  }

  /** Begins another section of the same link, which is read-only. */
  X86Fixture section() {
    rels.clear();
    writable = false;
    return this;
  }

  X86Fixture writable() {
    writable = true;
    return this;
  }

  /** {@code name} is empty for the null symbol. */
  X86Fixture rel(long offset, int type, String name) {
    for (int i = 0; i < syms.size(); i++) {
      if (syms.get(i).name.equals(name)) {
        rels.add(new Rel(offset, type, i));
        return this;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** Scans and, where that found no error, applies; returns the bytes in hexadecimal. */
  String run() {
    scan();
    return errors.isEmpty() ? apply() : "";
  }

  void scan() {
    arch().scan(this, new FakeRelocs());
  }

  String apply() {
    byte[] out = content.clone();
    arch().apply(this, new FakeRelocs(), Slice.of(out));
    return HexFormat.ofDelimiter(" ").formatHex(out);
  }

  String applyDebug() {
    byte[] out = content.clone();
    arch().applyDebug(this, new FakeRelocs(), Slice.of(out));
    return HexFormat.ofDelimiter(" ").formatHex(out);
  }

  /** {@code foo:GOT|PLT}, one for each symbol that has needs, and the needs of the link. */
  String needs() {
    return String.join(" ", asked);
  }

  private boolean is(int sym, Is what) {
    return syms.get(sym).is.contains(what);
  }

  private long slot(int sym, int need, long at) {
    if ((needs.get(sym) & need) == 0) {
      throw new IllegalStateException("slot " + need + " of " + name(sym) + " was not asked for");
    }
    return at;
  }

  // --- Symbols

  @Override
  public Symbols symbols() {
    return this;
  }

  @Override
  public String name(int sym) {
    return syms.get(sym).name;
  }

  @Override
  public boolean isPreemptible(int sym) {
    return is(sym, Is.PREEMPTIBLE);
  }

  @Override
  public boolean isIfunc(int sym) {
    return is(sym, Is.IFUNC);
  }

  @Override
  public boolean isTls(int sym) {
    return is(sym, Is.TLS);
  }

  @Override
  public boolean isFunction(int sym) {
    return is(sym, Is.FUNCTION) || is(sym, Is.IFUNC);
  }

  @Override
  public boolean isAbsolute(int sym) {
    return is(sym, Is.ABSOLUTE) || isUndefinedWeak(sym);
  }

  @Override
  public boolean isUndefinedWeak(int sym) {
    return is(sym, Is.UNDEFINED_WEAK);
  }

  @Override
  public boolean isDiscarded(int sym) {
    return is(sym, Is.DISCARDED);
  }

  private static final String[] NEEDS = {
    "GOT", "PLT", "CANONICAL_PLT", "TP_OFF", "TLS_GD", "TLS_DESC", "COPY", "DYNSYM"
  };

  @Override
  public void need(int sym, int what) {
    needs.set(sym, needs.get(sym) | what);
    for (int i = 0; i < NEEDS.length; i++) {
      if ((what & 1 << i) != 0) {
        asked.add(name(sym) + ":" + NEEDS[i]);
      }
    }
  }

  @Override
  public long value(int sym) {
    if ((needs.get(sym) & Need.CANONICAL_PLT) != 0) {
      return PLT + 16L * sym;
    }
    if ((needs.get(sym) & Need.COPY) != 0) {
      return COPIES + 16L * sym;
    }
    return syms.get(sym).value;
  }

  @Override
  public long callTarget(int sym) {
    return (needs.get(sym) & (Need.PLT | Need.CANONICAL_PLT)) != 0 ? PLT + 16L * sym : value(sym);
  }

  @Override
  public long size(int sym) {
    return syms.get(sym).size;
  }

  @Override
  public long gotSlot(int sym) {
    return slot(sym, Need.GOT, GOT_BASE - 4);
  }

  @Override
  public long tpOffSlot(int sym) {
    return slot(sym, Need.TP_OFF, GOT_BASE - 8);
  }

  @Override
  public long tlsGdSlot(int sym) {
    return slot(sym, Need.TLS_GD, GOT_BASE - 16);
  }

  @Override
  public long tlsDescSlot(int sym) {
    return slot(sym, Need.TLS_DESC, GOT_BASE - 24);
  }

  // --- Link

  @Override
  public boolean isDynamic() {
    return dynamic;
  }

  @Override
  public void needTlsLd() {
    tlsLdNeeded = true;
    asked.add("LD");
  }

  @Override
  public void needGotBase() {
    gotBaseNeeded = true;
  }

  @Override
  public void needStaticTls() {
    asked.add("STATIC_TLS");
  }

  @Override
  public long tlsLdSlot() {
    if (!tlsLdNeeded) {
      throw new IllegalStateException("local dynamic slots were not asked for");
    }
    return GOT_BASE - 32;
  }

  @Override
  public long gotBase() {
    return GOT_BASE;
  }

  @Override
  public long tlsBegin() {
    return 0x0804a000L;
  }

  /** 0x14 behind the start: {@code x} at 8 of it is 12 below the thread pointer. */
  @Override
  public long tlsEnd() {
    return 0x0804a014L;
  }

  @Override
  public long dynamicAddr() {
    return 0;
  }

  @Override
  public long property(int type) {
    return ibt && type == 0xc0000002 ? 1 : 0; // FEATURE_1_AND: IBT
  }

  @Override
  public SymList textp() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SymList datap() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SymList dwarfp() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Segment segtext() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Segment segrodata() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Segment segrelrodata() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Segment segdata() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Segment segdwarf() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void writeTables() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void report(Diagnostic diagnostic) {
    errors.add(diagnostic.message());
  }

  @Override
  public void message(String line) {}

  /** Reads {@link #rels} once. */
  final class FakeRelocs extends Relocs {
    private int i = -1;
    private final Slice slice = Slice.of(content);

    @Override
    public boolean next() {
      return ++i < rels.size();
    }

    private Rel rel() {
      return rels.get(Math.min(i, rels.size() - 1));
    }

    @Override
    public int peekType() {
      return i + 1 < rels.size() ? rels.get(i + 1).type : -1;
    }

    @Override
    public int peekSymbol() {
      return i + 1 < rels.size() ? rels.get(i + 1).sym : 0;
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
      return arch().implicitAddend(type(), slice, offset());
    }

    @Override
    public long place() {
      return PLACE + offset();
    }

    @Override
    public Slice content() {
      return slice;
    }

    @Override
    public long sectionSize() {
      return content.length;
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
      return X86Fixture.this.isDiscarded(symbol());
    }

    @Override
    public long tombstone() {
      return 1;
    }

    @Override
    public void addRelative(int sym, long addend) {
      asked.add("RELATIVE");
    }

    @Override
    public void addIrelative(int sym) {
      asked.add("IRELATIVE");
    }

    @Override
    public void addDynamic(int type, int sym, long addend) {
      asked.add(X86Reloc.name(type) + ":" + name(sym));
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
      errors.add(value + " is not in " + min + ".." + max);
    }
  }
}
