package io.jld.arch.testkit;

import io.jld.arch.Arch;
import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.arch.Symbols;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Section;
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
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A link of one section with its relocations: as much of a link as {@link Arch#scan} and {@link
 * Arch#apply} see. Symbols and relocations are added, then {@link #scan}, {@link #apply} and {@link
 * #applyDebug} call the architecture; what it asked for and reported is kept. To ask for a slot
 * that scan did not ask for is an {@link AssertionError}.
 *
 * <p>Where things lie unless a test says otherwise: the section at 0x401000, {@code
 * _GLOBAL_OFFSET_TABLE_} at 0x403000, a symbol's slots at 0x402000 + 64 * its number (address,
 * offset from the thread pointer, GD, descriptor; of 16 bytes each), PLT entries at 0x400000 + 16 *
 * number, copies at 0x404000 + 16 * number, the TLS block from 0x402fd8 to 0x402fe0. Symbols are
 * numbered from 1, in the order in which they are added.
 *
 * <p>For tests of {@link Arch#asmb} it has whatever segments and symbols {@link #segments} and
 * {@link #lists} give it. Not for use by several threads.
 *
 * @since 0.1
 */
public class FakeLink extends Link {
  /** What there is to know about a symbol, by the methods of {@link Symbols}. */
  public enum Trait {
    PREEMPTIBLE,
    IFUNC,
    TLS,
    FUNCTION,
    ABSOLUTE,
    UNDEFINED_WEAK,
    DISCARDED
  }

  /** A section of the output. */
  public record OutputSection(
      String name, long vaddr, long length, long fileOffset, boolean isCode, boolean isRunThrough)
      implements Section {
    /** One that holds no code. */
    public static OutputSection data(String name, long vaddr, long length, long fileOffset) {
      return new OutputSection(name, vaddr, length, fileOffset, false, false);
    }

    /** One of code, whose gaps are to trap. */
    public static OutputSection code(String name, long vaddr, long length, long fileOffset) {
      return new OutputSection(name, vaddr, length, fileOffset, true, false);
    }

    /** One of code that is run through from end to end, as {@code .init} is. */
    public static OutputSection runThrough(String name, long vaddr, long length, long fileOffset) {
      return new OutputSection(name, vaddr, length, fileOffset, true, true);
    }

    /** A segment of these sections. */
    public static Segment segment(String name, OutputSection... sections) {
      return new Segment(name, List.of(sections));
    }
  }

  private record Symbol(String name, Set<Trait> traits, long value, long size) {}

  private record Relocation(long offset, int type, int symbol, long addend) {}

  private static final int GUARD = 32;

  private final List<Symbol> table = new ArrayList<>();
  private final List<Relocation> relocations = new ArrayList<>();
  private final Map<String, Integer> needs = new TreeMap<>();
  private final List<String> dynamicRelocations = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private final Map<Integer, Long> properties = new TreeMap<>();
  private byte[] content = {};
  private byte[] result = {};
  private boolean writable;
  private boolean dynamic;
  private boolean tablesWritten;
  private long place = 0x401000;
  private long slots = 0x402000;
  private long gotBase = 0x403000;
  private long plt = 0x400000;
  private long copies = 0x404000;
  private long tlsBegin = 0x402fd8;
  private long tlsEnd = 0x402fe0;
  private long tombstone;
  private List<Segment> segments = List.of();
  private List<SymList> lists = List.of();

  /**
   * @param relax {@code --relax} or {@code --no-relax}
   * @param keywords of {@code -z}
   */
  public FakeLink(Arch arch, OutputKind kind, boolean relax, String... keywords) {
    this(arch, kind, relax, null, keywords);
  }

  /**
   * @param out what {@link Arch#asmb} writes to; null where it isn't called
   */
  public FakeLink(Arch arch, OutputKind kind, boolean relax, OutBuf out, String... keywords) {
    super(
        LinkRequest.builder()
            .output(OutputSink.memory())
            .set(LinkOption.OUTPUT_KIND, kind)
            .set(LinkOption.RELAX, relax)
            .set(LinkOption.Z_KEYWORDS, List.of(keywords))
            .build(),
        arch,
        new Tasks(null, 1),
        out);
    dynamic = kind == OutputKind.SHARED;
    table.add(new Symbol("", EnumSet.of(Trait.ABSOLUTE), 0, 0));
  }

  // What the section consists of

  /** Adds a symbol of 24 bytes. */
  public FakeLink sym(String name, long value, Trait... traits) {
    return sym(name, value, 24, traits);
  }

  public FakeLink sym(String name, long value, long size, Trait... traits) {
    Set<Trait> set = EnumSet.noneOf(Trait.class);
    Collections.addAll(set, traits);
    table.add(new Symbol(name, set, value, size));
    return this;
  }

  /** The section's bytes in hexadecimal; blanks and bars do not count. */
  public FakeLink code(String hex) {
    return code(HexFormat.of().parseHex(hex.replaceAll("[\\s|]", "")));
  }

  public FakeLink code(byte[] bytes) {
    content = bytes.clone();
    return this;
  }

  /** Adds a relocation with its addend, for an architecture whose relocations carry theirs. */
  public FakeLink rel(long offset, int type, String name, long addend) {
    relocations.add(new Relocation(offset, type, number(name), addend));
    return this;
  }

  /**
   * Adds a relocation whose addend stands in the content, if the architecture's do, and is 0
   * otherwise.
   *
   * @param name empty for the null symbol
   */
  public FakeLink rel(long offset, int type, String name) {
    long addend = arch().info().rela() ? 0 : arch().implicitAddend(type, Slice.of(content), offset);
    return rel(offset, type, name, addend);
  }

  /** Begins another section of the same link, which is read-only and has no relocations yet. */
  public FakeLink nextSection() {
    relocations.clear();
    writable = false;
    return this;
  }

  private int number(String name) {
    for (int i = 0; i < table.size(); i++) {
      if (table.get(i).name.equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name);
  }

  // What the link is like

  /** The section is writable. */
  public FakeLink writable() {
    writable = true;
    return this;
  }

  /** There is a {@code .dynamic} section; that of a shared library needs no word. */
  public FakeLink dynamic() {
    dynamic = true;
    return this;
  }

  /** The output has this program property. */
  public FakeLink property(int type, long value) {
    properties.put(type, value);
    return this;
  }

  public FakeLink place(long address) {
    place = address;
    return this;
  }

  /** Where the slots of symbol 0 would be. */
  public FakeLink slots(long address) {
    slots = address;
    return this;
  }

  /**
   * @param base {@code _GLOBAL_OFFSET_TABLE_}
   * @param entries where the PLT entry of symbol 0 would be
   * @param copied where the copy of symbol 0 would be
   */
  public FakeLink tables(long base, long entries, long copied) {
    gotBase = base;
    plt = entries;
    copies = copied;
    return this;
  }

  public FakeLink tls(long begin, long end) {
    tlsBegin = begin;
    tlsEnd = end;
    return this;
  }

  public FakeLink tombstone(long value) {
    tombstone = value;
    return this;
  }

  /** The five segments, in the order of {@link #segments()}. */
  public FakeLink segments(
      Segment rodata, Segment text, Segment relrodata, Segment data, Segment dwarf) {
    segments = List.of(rodata, text, relrodata, data, dwarf);
    return this;
  }

  public FakeLink lists(SymList textp, SymList datap, SymList dwarfp) {
    lists = List.of(textp, datap, dwarfp);
    return this;
  }

  /**
   * Symbols without content, which are filled with one byte.
   *
   * @param values addresses, in ascending order
   */
  public static SymList filled(int fill, int size, long... values) {
    return new Filled(fill, size, values.clone());
  }

  private static final class Filled implements SymList {
    private final int fill;
    private final int size;
    private final long[] values;

    Filled(int fill, int size, long[] values) {
      this.fill = fill;
      this.size = size;
      this.values = values;
    }

    @Override
    public int count() {
      return values.length;
    }

    @Override
    public long value(int i) {
      return values[i];
    }

    @Override
    public long size(int i) {
      return size;
    }

    @Override
    public MemorySegment content(int i) {
      return null;
    }

    @Override
    public void finish(Link ctxt, int i, MemorySegment slice) {
      slice.fill((byte) fill);
    }
  }

  // The architecture is called

  /** Scans the section. */
  public FakeLink scan() {
    arch().scan(this, relocs());
    return this;
  }

  /**
   * Applies the section's relocations to a copy of its content, the {@link #result}. To write
   * outside of the section is an {@link AssertionError}.
   */
  public FakeLink apply() {
    return guarded(slice -> arch().apply(this, relocs(), slice));
  }

  /** As {@link #apply}, for a section that is not loaded. */
  public FakeLink applyDebug() {
    return guarded(slice -> arch().applyDebug(this, relocs(), slice));
  }

  /** Other bytes stand before and behind those that may be written. */
  private FakeLink guarded(Consumer<Slice> writer) {
    byte[] all = new byte[GUARD + content.length + GUARD];
    Arrays.fill(all, (byte) 0x5a);
    System.arraycopy(content, 0, all, GUARD, content.length);
    Slice slice = Slice.of(all);
    slice.open(all, GUARD, content.length);
    writer.accept(slice);
    for (int i = 0; i < GUARD; i++) {
      if (all[i] != 0x5a || all[GUARD + content.length + i] != 0x5a) {
        throw new AssertionError("bytes outside of the section were written");
      }
    }
    result = Arrays.copyOfRange(all, GUARD, GUARD + content.length);
    return this;
  }

  /** The section's relocations, from the first on. */
  public Relocs relocs() {
    return new FakeRelocs();
  }

  // What it asked for and reported

  /** The bits of {@link Need} that were asked for, by the symbols' names. */
  public Map<String, Integer> needed() {
    return Collections.unmodifiableMap(needs);
  }

  public int needsOf(String name) {
    return needs.getOrDefault(name, 0);
  }

  /**
   * The dynamic relocations, in order: {@code relative NAME ADDEND}, {@code irelative NAME}, {@code
   * R_TYPE NAME ADDEND}.
   */
  public List<String> dynamicRelocations() {
    return Collections.unmodifiableList(dynamicRelocations);
  }

  /** What was asked of the link itself: {@code tlsLd}, {@code gotBase}, {@code staticTls}. */
  public List<String> asked() {
    return Collections.unmodifiableList(asked);
  }

  /** Messages of diagnostics, in order. */
  public List<String> errors() {
    return Collections.unmodifiableList(errors);
  }

  /** Forgets what was reported so far. */
  public void forgetErrors() {
    errors.clear();
  }

  /** The section's bytes after {@link #apply} or {@link #applyDebug}. */
  public byte[] result() {
    return result.clone();
  }

  /** Whether {@link #writeTables} was called. */
  public boolean tablesWritten() {
    return tablesWritten;
  }

  // Link

  private final Symbols symbols = new FakeSymbols();

  @Override
  public Symbols symbols() {
    return symbols;
  }

  @Override
  public SymList textp() {
    return lists.get(0);
  }

  @Override
  public SymList datap() {
    return lists.get(1);
  }

  @Override
  public SymList dwarfp() {
    return lists.get(2);
  }

  @Override
  public Segment segrodata() {
    return segments.get(0);
  }

  @Override
  public Segment segtext() {
    return segments.get(1);
  }

  @Override
  public Segment segrelrodata() {
    return segments.get(2);
  }

  @Override
  public Segment segdata() {
    return segments.get(3);
  }

  @Override
  public Segment segdwarf() {
    return segments.get(4);
  }

  @Override
  public boolean isDynamic() {
    return dynamic;
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
    if (!asked.contains("tlsLd")) {
      throw new AssertionError("the slots of the local dynamic model, which scan did not ask for");
    }
    return gotBase - 16;
  }

  @Override
  public long gotBase() {
    return gotBase;
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

  /** As the architecture's {@link io.jld.arch.TlsLayout} says for a block aligned to 4 bytes. */
  @Override
  public long threadPointer() {
    return arch().tlsLayout().threadPointer(tlsBegin, tlsEnd - tlsBegin, 4);
  }

  @Override
  public long property(int type) {
    return properties.getOrDefault(type, 0L);
  }

  @Override
  public void writeTables() {
    tablesWritten = true;
  }

  @Override
  public void report(Diagnostic diagnostic) {
    errors.add(diagnostic.message());
  }

  @Override
  public void message(String line) {
    throw new AssertionError(line);
  }

  /**
   * Where a slot of a symbol is.
   *
   * @param need the bit of {@link Need} that asks for it
   */
  protected long slot(int sym, int need) {
    int at =
        switch (need) {
          case Need.GOT -> 0;
          case Need.TP_OFF -> 16;
          case Need.TLS_GD -> 32;
          default -> 48;
        };
    return slots + 64L * sym + at;
  }

  private final class FakeSymbols implements Symbols {
    private boolean is(int sym, Trait trait) {
      return table.get(sym).traits.contains(trait);
    }

    private boolean needs(int sym, int bits) {
      return (needsOf(name(sym)) & bits) != 0;
    }

    @Override
    public String name(int sym) {
      return table.get(sym).name;
    }

    @Override
    public boolean isPreemptible(int sym) {
      return is(sym, Trait.PREEMPTIBLE);
    }

    @Override
    public boolean isIfunc(int sym) {
      return is(sym, Trait.IFUNC);
    }

    @Override
    public boolean isTls(int sym) {
      return is(sym, Trait.TLS);
    }

    @Override
    public boolean isFunction(int sym) {
      return is(sym, Trait.FUNCTION) || isIfunc(sym);
    }

    @Override
    public boolean isAbsolute(int sym) {
      return is(sym, Trait.ABSOLUTE) || isUndefinedWeak(sym);
    }

    @Override
    public boolean isUndefinedWeak(int sym) {
      return is(sym, Trait.UNDEFINED_WEAK);
    }

    @Override
    public boolean isDiscarded(int sym) {
      return is(sym, Trait.DISCARDED);
    }

    @Override
    public void need(int sym, int bits) {
      needs.merge(name(sym), bits, (a, b) -> a | b);
    }

    @Override
    public long value(int sym) {
      if (needs(sym, Need.CANONICAL_PLT)) {
        return plt + 16L * sym;
      }
      return needs(sym, Need.COPY) ? copies + 16L * sym : table.get(sym).value;
    }

    @Override
    public long callTarget(int sym) {
      return needs(sym, Need.PLT | Need.CANONICAL_PLT) ? plt + 16L * sym : value(sym);
    }

    @Override
    public long size(int sym) {
      return table.get(sym).size;
    }

    @Override
    public long gotSlot(int sym) {
      return asked(sym, Need.GOT);
    }

    @Override
    public long tpOffSlot(int sym) {
      return asked(sym, Need.TP_OFF);
    }

    @Override
    public long tlsGdSlot(int sym) {
      return asked(sym, Need.TLS_GD);
    }

    @Override
    public long tlsDescSlot(int sym) {
      return asked(sym, Need.TLS_DESC);
    }

    private long asked(int sym, int need) {
      if (!needs(sym, need)) {
        throw new AssertionError("a slot of " + name(sym) + " that scan did not ask for");
      }
      return slot(sym, need);
    }
  }

  private final class FakeRelocs extends Relocs {
    private int i = -1;

    /** A copy, so that nothing that is written to it reaches the output. */
    private final Slice original = Slice.of(content.clone());

    private Relocation now() {
      return relocations.get(i);
    }

    private Relocation next;

    @Override
    public boolean next() {
      i++;
      next = i + 1 < relocations.size() ? relocations.get(i + 1) : null;
      return i < relocations.size();
    }

    @Override
    public int peekType() {
      return next == null ? -1 : next.type;
    }

    @Override
    public int peekSymbol() {
      return next == null ? 0 : next.symbol;
    }

    @Override
    public long peekOffset() {
      return next == null ? -1 : next.offset;
    }

    @Override
    public long offset() {
      return now().offset;
    }

    @Override
    public int type() {
      return now().type;
    }

    @Override
    public int symbol() {
      return now().symbol;
    }

    @Override
    public long addend() {
      return now().addend;
    }

    @Override
    public long place() {
      return place + now().offset;
    }

    @Override
    public Slice content() {
      return original;
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
      return symbols.isDiscarded(symbol());
    }

    @Override
    public long tombstone() {
      return tombstone;
    }

    @Override
    public void addRelative(int sym, long addend) {
      dynamicRelocations.add("relative " + symbols.name(sym) + " " + addend);
    }

    @Override
    public void addIrelative(int sym) {
      dynamicRelocations.add("irelative " + symbols.name(sym));
    }

    @Override
    public void addDynamic(int type, int sym, long addend) {
      dynamicRelocations.add(arch().relocationName(type) + " " + symbols.name(sym) + " " + addend);
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
