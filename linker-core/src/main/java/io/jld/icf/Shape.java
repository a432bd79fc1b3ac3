package io.jld.icf;

import static io.jld.elf.Elf.*;

import io.jld.arch.Arch;
import io.jld.arch.Reference;
import io.jld.elf.Bytes;
import io.jld.frame.Cie;
import io.jld.frame.EhFrame;
import io.jld.frame.EhRecords;
import io.jld.input.ObjectFile;
import io.jld.input.RelocTable;
import io.jld.link.NameBytes;
import io.jld.match.Matching;
import io.jld.merge.MergePool;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * What a section does, as arrays: its content, what it refers to, and its records of {@code
 * .eh_frame} with what those refer to. Two sections may be folded where these are equal, and where
 * the sections that may be folded themselves, which they refer to one after the other, are in the
 * same classes. One serves many sections, one after the other; each task has its own.
 */
final class Shape {
  /** What a reference may be to. */
  private static final int SYMBOL = 0;

  private static final int SECTION = 1;

  /** A section of the same unit, by its number there. */
  private static final int PART = 2;

  private static final int MERGED = 3;

  /** A section that may be folded: the next of the {@link #edges}. */
  private static final int EDGE = 4;

  /** Symbols that stand for no place in this output, or not for that alone. */
  private static final int BY_NAME =
      SymbolTable.PREEMPTIBLE
          | SymbolTable.IFUNC
          | SymbolTable.ABSOLUTE
          | SymbolTable.UNDEFINED_WEAK
          | SymbolTable.DISCARDED
          | SymbolTable.UNDEFINED;

  private static final int[] NONE = {};

  private static final long HASH = 0x9e3779b97f4a7c15L;

  private final Context ctxt;
  private final Arch arch;
  private final SectionTable sections;
  private final SymbolTable symbols;
  private final MergePools pools;
  private final Matching matching;

  /** For each rule of the layout where it puts a section. */
  private final int[] places;

  private final Units units;
  private final EhRecords[] frames;
  private final CieNumbers cies;

  /** For each section its number among those that may be folded, plus 1; 0 for none. */
  private final int[] candidates;

  private final RelocReader reader;

  /** Reads those of frames, so that either has its window where it goes on. */
  private final RelocReader frameReader;

  /** Reads those of frames that refer to their function alone. */
  private final RelocTable frameTable = new RelocTable();

  private long[] words = new long[64];
  private int wordCount;

  /** Bytes of the inputs, eight a word; what is appended begins with a word. */
  private long[] data = new long[512];

  private MemorySegment dataBytes = MemorySegment.ofArray(data);
  private int dataCount;
  private int[] edges = new int[16];
  private int edgeCount;

  /** The sections of the unit. */
  private int[] parts = {};

  private Cie lastCie;
  private int lastCieNumber;

  Shape(Context ctxt, int[] candidates, CieNumbers cies) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.symbols = ctxt.symbols();
    this.pools = MergePools.of(ctxt);
    this.matching = Matching.of(ctxt);
    this.places = places(ctxt);
    this.arch = ctxt.arch();
    this.units = new Units(ctxt);
    this.frames = EhFrame.of(ctxt).records();
    this.cies = cies;
    this.candidates = candidates;
    this.reader = new RelocReader(ctxt);
    this.frameReader = new RelocReader(ctxt);
  }

  /** Reads a section that may be folded. */
  void read(int id) {
    wordCount = 0;
    dataCount = 0;
    edgeCount = 0;
    LinkedObject object = sections.object(id);
    parts = units.parts(id);
    for (int part : parts) {
      part(object, sections.index(part), part);
    }
    if (object.order() < frames.length && frames[object.order()] != null) {
      frames(frames[object.order()], sections.index(id));
    }
  }

  /** The candidates that the section refers to, in order. */
  int[] edges() {
    return edgeCount == 0 ? NONE : Arrays.copyOf(edges, edgeCount);
  }

  boolean isAs(Shape o) {
    return edgeCount == o.edgeCount
        && Arrays.equals(words, 0, wordCount, o.words, 0, o.wordCount)
        && Arrays.equals(data, 0, dataCount, o.data, 0, o.dataCount);
  }

  long hash() {
    long h = dataCount;
    for (int i = 0; i < wordCount; i++) {
      h = mix(h, words[i]);
    }
    for (int i = 0; i < dataCount; i++) {
      h = mix(h, data[i]);
    }
    return h ^ h >>> 32;
  }

  /** A hash of what {@code h} is one of, and a word after it. */
  static long mix(long h, long word) {
    long m = (h ^ word) * HASH;
    return m ^ m >>> 29;
  }

  private void part(LinkedObject object, int index, int id) {
    ObjectFile f = object.file();
    place(f, index, id);
    word((long) f.type(index) << 32 | f.entsize(index) & 0xffffffffL);
    word(f.flags(index) & ~SHF_GROUP);
    MemorySegment content = ctxt.content(f, index);
    word(content.byteSize());
    int start = append(content, 0, (int) content.byteSize());
    if (reader.open(object, index, content, 0, null)) {
      references(object, reader, start, isMasked(f, index));
    }
  }

  /** In the built-in layout all rules of one output section are alike. */
  private static int[] places(Context ctxt) {
    List<Matching.Rule> rules = Matching.of(ctxt).rules();
    int[] places = new int[rules.size()];
    for (int r = 0; r < places.length; r++) {
      places[r] = ctxt.script.isBuiltIn() ? rules.get(r).section() : r;
    }
    return places;
  }

  /** Where the layout puts the section: by its name where no rule names it. */
  private void place(ObjectFile f, int index, int id) {
    int rule = matching.ruleOf(id);
    word(rule < 0 ? rule : places[rule]);
    if (rule < 0) {
      byte[] name = NameBytes.bytes(f.sectionName(index));
      word(name.length);
      append(MemorySegment.ofArray(name), 0, name.length);
    }
  }

  /** Whether the fields that relocations write to hold addends. */
  private static boolean isMasked(ObjectFile f, int index) {
    return f.type(f.relocSection(index)) == SHT_REL;
  }

  /** The records about the functions of a section, but for where these are. */
  private void frames(EhRecords r, int index) {
    LinkedObject object = r.object();
    for (int n = r.firstOfTarget(index); n != 0; n = r.nextOfTarget(n - 1)) {
      int record = n - 1;
      int s = r.sectionOf(record);
      int start = r.start(record);
      int length = r.length(record);
      word(cie(r.says(r.cie(record))));
      int at = append(r.content(s), start, length);
      withoutHead(at, length);
      int first = r.firstReloc(record);
      if (r.relocLimit(s, record) == first + 1) {
        begin(object.file(), r.sectionIndex(s), first, start);
      } else if (frameReader.open(object, r.sectionIndex(s), r.content(s), 0, null)
          && EhFrame.narrow(frameReader, r, s, record, record + 1, 0)) {
        references(object, frameReader, at, isMasked(object.file(), r.sectionIndex(s)));
      }
      withoutPadding(at);
    }
  }

  /**
   * Takes zeros from the end of a record that was appended last: they are {@code DW_CFA_nop}, of
   * which the last record of a section has more than others.
   */
  private void withoutPadding(int at) {
    int first = at >> 3;
    while (dataCount > first && data[dataCount - 1] == 0) {
      dataCount--;
    }
    word(dataCount - first);
  }

  /** Takes the length and the way to the CIE out of a record that was appended. */
  private void withoutHead(int at, int length) {
    boolean wide = (int) data[at >> 3] == -1; // the length has 64 bits
    data[at >> 3] = 0;
    if (wide && length >= 16) {
      data[(at >> 3) + 1] = 0;
    }
  }

  /**
   * The usual record refers to its function alone: what matters is where in its section that is.
   * Where the field holds the addend, it is among the bytes.
   */
  private void begin(ObjectFile f, int section, int reloc, int start) {
    frameTable.open(f, f.relocSection(section));
    frameTable.seek(reloc);
    word(frameTable.offset() - start);
    word(frameTable.type());
    int sym = frameTable.symbol();
    word(f.symbolValue(sym) + (frameTable.hasAddends() ? frameTable.addend() : 0));
  }

  private int cie(Cie cie) {
    if (cie != lastCie) {
      lastCie = cie;
      lastCieNumber = cies.of(cie);
    }
    return lastCieNumber;
  }

  /**
   * @param start where the bytes are that offsets count from, in bytes
   * @param masked whether the fields are to be left out of the bytes
   */
  private void references(LinkedObject object, RelocReader r, int start, boolean masked) {
    while (r.next()) {
      word(r.offset());
      reference(object, r);
      if (masked) {
        int from = start + (int) r.offset();
        int to = Math.min(from + arch.fieldSize(r.type()), dataCount * 8);
        for (int i = from; i < to; i++) {
          data[i >> 3] &= ~(0xffL << 8 * (i & 7));
        }
      }
    }
  }

  private void reference(LinkedObject object, RelocReader r) {
    int sym = r.symbol();
    LinkedObject in = definer(object, sym, r.elfSymbol());
    boolean isLocal = r.elfSymbol() < object.file().firstGlobal();
    int elfSym = isLocal ? r.elfSymbol() : in == null ? 0 : symbols.index(sym);
    int ndx = in == null ? 0 : in.file().shndx(elfSym);
    if (ndx <= 0) {
      put(r, SYMBOL, sym, 0, null, 0);
      return;
    }
    int id = in.sectionId(ndx);
    long value = in.file().symbolValue(elfSym);
    if (sections.has(id, SectionTable.MERGED)) {
      MergePool pool = pools.of(in, ndx);
      boolean mapped = in.file().symbolType(elfSym) == STT_SECTION;
      value = mapped ? 0 : Math.max(0, pool.map(in, ndx, value));
      put(r, MERGED, pool.number(), value, in, elfSym);
    } else if (!sections.isLive(id)) {
      put(r, SYMBOL, sym, 0, null, 0);
    } else if (candidates[id] != 0) {
      put(r, EDGE, 0, value, in, elfSym);
      edge(candidates[id] - 1);
    } else {
      int part = part(id);
      put(r, part < 0 ? SECTION : PART, part < 0 ? id : part, value, in, elfSym);
    }
  }

  /** The object that defines a symbol where its section is all there is to it; null for none. */
  private LinkedObject definer(LinkedObject object, int sym, int elfSym) {
    if (sym == 0 || symbols.has(sym, BY_NAME)) {
      return null;
    }
    if (elfSym < object.file().firstGlobal()) {
      return object;
    }
    return symbols.isDefined(sym) && symbols.file(sym) instanceof LinkedObject o ? o : null;
  }

  private int part(int id) {
    for (int p = 1; p < parts.length; p++) {
      if (parts[p] == id) {
        return p;
      }
    }
    return -1;
  }

  /**
   * @param value where in the target the symbol is
   * @param in the object that defines it, as {@code elfSym}; null where the symbol is the target
   */
  private void put(RelocReader r, int kind, int target, long value, LinkedObject in, int elfSym) {
    int type = r.type();
    word((long) type << 32 | kind);
    word(target);
    if (in == null) {
      word(r.addend());
      return;
    }
    if (arch.reference(type) != Reference.OTHER) {
      word(value + r.addend());
      return;
    }
    word(value);
    word(r.addend());
    word(in.file().symbolSize(elfSym));
  }

  private void word(long w) {
    if (wordCount == words.length) {
      words = Arrays.copyOf(words, wordCount * 2);
    }
    words[wordCount++] = w;
  }

  private void edge(int candidate) {
    if (edgeCount == edges.length) {
      edges = Arrays.copyOf(edges, edgeCount * 2);
    }
    edges[edgeCount++] = candidate;
  }

  /** Appends bytes of a segment; returns where they are, counted in bytes. */
  private int append(MemorySegment from, int at, int n) {
    int first = dataCount;
    int end = first + (int) (((long) n + 7) >> 3);
    if (end > data.length) {
      data = Arrays.copyOf(data, Math.max(data.length * 2, end));
      dataBytes = MemorySegment.ofArray(data);
    }
    if (n > 0) {
      data[end - 1] = 0;
    }
    Bytes.move(from, at, dataBytes, first * 8L, n);
    dataCount = end;
    return first * 8;
  }
}
