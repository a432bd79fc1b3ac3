package io.jld.reloc;

import io.jld.arch.Need;
import io.jld.arch.Relocs;
import io.jld.asmb.Link;
import io.jld.asmb.Slice;
import io.jld.elf.Elf;
import io.jld.elf.Rows;
import io.jld.input.ObjectFile;
import io.jld.input.RelocTable;
import io.jld.input.SectionNames;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.merge.MergePool;
import io.jld.merge.MergePools;
import io.jld.model.BranchTargets;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.model.Use;
import io.jld.source.SourceLines;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionEdit;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.function.IntPredicate;

/**
 * The relocations of an input section as they stand in the file. One reader serves many sections,
 * one after the other; each task has its own.
 */
public final class RelocReader extends Relocs {
  private static final int NOTED =
      SymbolTable.UNDEFINED | SymbolTable.DISCARDED | SymbolTable.WARNED;

  private final Context ctxt;

  /** Null as long as nothing is merged. */
  private final MergePools pools;

  /** Null where all branches reach their targets, or while addresses are not known. */
  private final BranchTargets branches;

  /** Whether something has been taken out of any section. */
  private boolean edited;

  private LinkedObject object;
  private ObjectFile file;
  private int section;
  private final RelocTable table = new RelocTable();
  private final Slice content = new Slice();
  private boolean rela;
  private boolean writable;
  private boolean alloc;
  private boolean merges;
  private int symbolCount;
  private long size;

  /** Index of the current relocation in its table, and of the one after the last. */
  private int index;

  private int end;
  private long base;
  private long start;
  private int dynamicSection;
  private DynamicRelocs dynamic;

  /** What has been taken out of the section; null where nothing has. */
  private SectionEdit edit;

  /** Whether offsets are those of the section as it was read. */
  private boolean isInput;

  /** Bytes of the section, or the record, as it was read. */
  private long inputSize;

  /** For {@link #at}: another reader of the section, and its relocations by their offsets. */
  private RelocReader other;

  private Rows byOffset;

  private long inputOffset;
  private long offset;
  private int type;
  private int elfSym;
  private int symbol;
  private long addend;

  public RelocReader(Context ctxt) {
    this.ctxt = ctxt;
    this.pools = ctxt.find(MergePools.class);
    this.branches = ctxt.find(BranchTargets.class);
  }

  /**
   * Starts with the first relocation of a section.
   *
   * @param index of the section in the object
   * @param bytes the section's content (decompressed)
   * @param addr the section's address; 0 while relocations are scanned
   * @param sink takes the dynamic relocations that a scan asks for; null while relocations are
   *     applied
   * @return false where the section has no relocations
   */
  public boolean open(
      LinkedObject linked, int index, MemorySegment bytes, long addr, DynamicRelocs sink) {
    ObjectFile f = linked.file();
    int rel = f.relocSection(index);
    if (rel == 0) {
      return false;
    }
    object = linked;
    file = f;
    section = index;
    table.open(f, rel);
    rela = table.hasAddends();
    end = table.count();
    this.index = -1;
    size = bytes.byteSize();
    content.open(bytes, 0, size);
    base = addr;
    start = 0;
    dynamicSection = linked.sectionId(index);
    long flags = f.flags(index);
    writable = (flags & Elf.SHF_WRITE) != 0;
    alloc = (flags & Elf.SHF_ALLOC) != 0;
    symbolCount = f.symbolCount();
    merges = pools != null && pools.hasPieces(linked);
    dynamic = sink;
    edited = ctxt.sections().hasEdits();
    edit = ctxt.sections().edit(dynamicSection);
    isInput = false;
    inputSize = edit == null ? size : edit.inputSize();
    byOffset = null;
    return true;
  }

  /**
   * As {@link #open}, for a section as it was read, of which something may be taken out.
   *
   * @param addr the section's address in the last round
   */
  public boolean openInput(LinkedObject linked, int index, MemorySegment bytes, long addr) {
    boolean any = open(linked, index, bytes, addr, null);
    isInput = true;
    inputSize = size;
    return any;
  }

  /** Whether a section of an object is code of the output with relocations. */
  public static boolean isCode(Context ctxt, LinkedObject object, int section) {
    ObjectFile f = object.file();
    long code = Elf.SHF_ALLOC | Elf.SHF_EXECINSTR;
    int id = object.sectionId(section);
    return f.relocSection(section) != 0
        && (f.flags(section) & code) == code
        && f.type(section) != Elf.SHT_NOBITS
        && ctxt.sections().isLive(id)
        && ctxt.sections().out[id] >= 0;
  }

  /**
   * Narrows the reader to a record of the section it was opened for, which goes to a place of its
   * own: offsets count from the record's start, {@link #sectionSize} is the record's size. May be
   * called again for the next record.
   *
   * @param first index of the first relocation in the section's table
   * @param limit index after the last one
   * @param from the record's offset in the section in bytes
   * @param length the record's size in bytes; it ends inside the section
   * @param in what offsets of dynamic relocations count from, one of those in {@link DynamicRelocs}
   * @param addr the record's address; while relocations are scanned, its offset in the section that
   *     {@code in} stands for
   */
  public void narrow(int first, int limit, long from, long length, int in, long addr) {
    index = first - 1;
    end = limit;
    start = from;
    size = length;
    inputSize = length;
    dynamicSection = in;
    base = addr;
  }

  @Override
  public boolean next() {
    do {
      if (++index >= end) {
        return false;
      }
      table.seek(index);
      offset = table.offset() - start;
      type = table.type();
    } while (type == 0
        && (offset < 0
            || offset >= inputSize)); // R_*_NONE at a section's end only ties sections together
    elfSym = table.symbol();
    inputOffset = offset;
    if (elfSym < 0 || elfSym >= Math.max(1, symbolCount)) {
      throw badSymbol();
    }
    if (offset < 0 || offset >= inputSize) {
      throw bad("relocation lies outside of its section");
    }
    if (edit != null && !isInput) {
      offset = edit.map(offset);
    }
    symbol = elfSym == 0 ? 0 : object.symbolId(elfSym);
    addend =
        rela ? table.addend() : ctxt.arch().implicitAddend(type, content.from(0), start + offset);
    if (merges && elfSym != 0 && elfSym < file.firstGlobal()) {
      intoMerged();
    }
    if (edited) {
      addend = ctxt.sections().addend(object, elfSym, addend);
    }
    return true;
  }

  /**
   * A section symbol of a merged section stands for the merged content: the addend says which piece
   * of this section is meant, and becomes the piece's place in the merged content.
   */
  private void intoMerged() {
    if (file.symbolType(elfSym) != Elf.STT_SECTION) {
      return;
    }
    int target = file.shndx(elfSym);
    if (target <= 0) {
      return;
    }
    MergePool pool = pools.of(object, target);
    if (pool != null) {
      long mapped = pool.map(object, target, addend);
      if (mapped < 0) {
        throw behindMerged(target);
      }
      addend = mapped;
    }
  }

  // Methods of their own, since the JVM compiles their callers as a whole.

  private LinkException badSymbol() {
    return bad("relocation has an invalid symbol index " + Integer.toUnsignedString(elfSym));
  }

  private LinkException behindMerged(int target) {
    return bad(
        "relocation refers to offset "
            + addend
            + " after the end of merged section "
            + file.sectionName(target));
  }

  private LinkException bad(String message) {
    return new LinkException(
        DiagnosticCode.MALFORMED_RELOCATION, file.location(section, start + inputOffset), message);
  }

  // The table stands at the next relocation after these; next() moves there anyway.

  @Override
  public int peekType() {
    if (index + 1 >= end) {
      return -1;
    }
    table.seek(index + 1);
    return table.type();
  }

  @Override
  public int peekSymbol() {
    if (index + 1 >= end) {
      return 0;
    }
    table.seek(index + 1);
    int s = table.symbol();
    return s <= 0 || s >= symbolCount ? 0 : object.symbolId(s);
  }

  @Override
  public long peekOffset() {
    if (index + 1 >= end) {
      return -1;
    }
    table.seek(index + 1);
    return table.offset() - start;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public int type() {
    return type;
  }

  /**
   * To ask for the symbol while relocations are scanned is to refer to it: that is noted where it
   * may be an error.
   */
  @Override
  public int symbol() {
    if (dynamic != null && ctxt.symbols().has(symbol, NOTED)) {
      ctxt.notedUses.add(new Use(symbol, object, section, start + inputOffset));
    }
    return symbol;
  }

  @Override
  public int symbolOther() {
    return elfSym == 0 ? 0 : file.symbolOther(elfSym);
  }

  /** The symbol's index in its object. */
  public int elfSymbol() {
    return elfSym;
  }

  @Override
  public long addend() {
    return addend;
  }

  @Override
  public long place() {
    return base + (edit != null && isInput ? edit.map(offset) : offset);
  }

  @Override
  public long inputOffset() {
    return inputOffset;
  }

  /** The number of the relocation in its table. */
  public int index() {
    return index;
  }

  @Override
  public int objectFlags() {
    return file.elfFlags();
  }

  @Override
  public int form() {
    return edit == null ? 0 : edit.form(index);
  }

  @Override
  public long labelOffset() {
    boolean own =
        elfSym > 0
            && file.shndx(elfSym) == section
            && (elfSym < file.firstGlobal() || ctxt.symbols().file(symbol) == object);
    return own ? file.symbolValue(elfSym) : -1;
  }

  @Override
  public Relocs at(long place, IntPredicate wanted) {
    if (byOffset == null) {
      sortByOffset();
    }
    int lo = 0;
    int hi = byOffset.count();
    while (lo < hi) {
      int mid = (lo + hi) >>> 1;
      if (Long.compareUnsigned(byOffset.key[mid], place) < 0) {
        lo = mid + 1;
      } else {
        hi = mid;
      }
    }
    for (; lo < byOffset.count() && byOffset.key[lo] == place; lo++) {
      other.index = (int) byOffset.value[lo] - 1;
      if (other.next() && other.inputOffset == place && wanted.test(other.type)) {
        return other;
      }
    }
    return null;
  }

  private void sortByOffset() {
    if (other == null) {
      other = new RelocReader(ctxt);
    }
    other.copy(this);
    byOffset = new Rows(end);
    for (int i = 0; i < end; i++) {
      other.table.seek(i);
      byOffset.key[i] = other.table.offset();
      byOffset.value[i] = i;
    }
    byOffset.sort();
  }

  /** Makes this another reader of the same section. */
  private void copy(RelocReader of) {
    object = of.object;
    file = of.file;
    section = of.section;
    table.open(file, file.relocSection(section));
    rela = of.rela;
    end = of.end;
    size = of.size;
    base = of.base;
    start = of.start;
    dynamicSection = of.dynamicSection;
    writable = of.writable;
    alloc = of.alloc;
    symbolCount = of.symbolCount;
    merges = of.merges;
    dynamic = of.dynamic;
    edited = of.edited;
    edit = of.edit;
    isInput = of.isInput;
    inputSize = of.inputSize;
  }

  @Override
  public long branchTarget(Link link) {
    long target = super.branchTarget(link);
    return branches == null ? target : branches.of(type, place(), symbol(), addend(), target);
  }

  @Override
  public Slice content() {
    return content.from(start);
  }

  @Override
  public long sectionSize() {
    return size;
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public boolean isAlloc() {
    return alloc;
  }

  @Override
  public boolean isGone() {
    int flags = ctxt.symbols().flags(symbol) & (SymbolTable.DISCARDED | SymbolTable.FOLDED);
    return flags != 0 && ((flags & SymbolTable.DISCARDED) != 0 || isGoneWhenFolded());
  }

  private boolean isGoneWhenFolded() {
    return SectionNames.isDebug(file, section) && !file.isNamed(section, ".debug_line");
  }

  @Override
  public long tombstone() {
    return file.isNamed(section, ".debug_ranges") || file.isNamed(section, ".debug_loc") ? 1 : 0;
  }

  /**
   * While relocations are scanned, nothing has an address: {@link #base} is 0, or where the record
   * goes.
   */
  private long dynamicOffset() {
    return base + offset;
  }

  @Override
  public void addRelative(int sym, long add) {
    dynamic.add(
        dynamicSection, dynamicOffset(), ctxt.arch().info().relocations().relative(), sym, add);
  }

  @Override
  public void addIrelative(int sym) {
    dynamic.add(
        dynamicSection, dynamicOffset(), ctxt.arch().info().relocations().irelative(), sym, 0);
  }

  @Override
  public void addDynamic(int relType, int sym, long add) {
    if (sym != 0) {
      ctxt.symbols().need(sym, Need.DYNSYM);
    }
    dynamic.add(dynamicSection, dynamicOffset(), relType, sym, add);
  }

  @Override
  public Location location() {
    return file.location(section, start + inputOffset)
        .symbol(file.symbolCount() == 0 ? null : file.symbolName(elfSym));
  }

  @Override
  public void error(DiagnosticCode code, String message) {
    if (code != DiagnosticCode.UNKNOWN_RELOCATION // whatever the symbol is
        && dynamic != null
        && ctxt.symbols().has(symbol, SymbolTable.UNDEFINED)
        && ctxt.symbols().has(symbol, SymbolTable.ABSOLUTE)) {
      return; // CheckUndefined says what is wrong with it
    }
    report(code, message, "");
  }

  /**
   * @param more lines after that which says what refers to it
   */
  private void report(DiagnosticCode code, String message, String more) {
    String referrer = SourceLines.of(ctxt).describeWithin(file, section, inputOffset);
    String by = referrer == null ? "" : "\n>>> referenced by " + referrer;
    ctxt.error(code, location(), message + by + more);
  }

  @Override
  public void outOfRange(long value, long min, long max) {
    report(
        DiagnosticCode.RELOCATION_OVERFLOW,
        "relocation "
            + ctxt.arch().relocationName(type)
            + " out of range: "
            + value
            + " is not in ["
            + min
            + ", "
            + max
            + "]; references '"
            + file.symbolName(elfSym)
            + "'",
        distance(value, max) + cure());
  }

  /** How far the symbol is away, where it is that what does not fit. */
  private String distance(long value, long max) {
    long target = ctxt.symbols().value(symbol) + addend();
    if (symbol == 0 || (target != value && target - place() != value)) {
      return "";
    }
    boolean distance = target - place() == value;
    return "\n>>> '"
        + ctxt.symbols().name(symbol)
        + "' is "
        + (distance ? bytes(Math.abs(value)) + " away" : "at 0x" + Long.toHexString(value))
        + ", and the field reaches "
        + bytes(max + 1);
  }

  private static String bytes(long n) {
    String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;
    long scaled = n;
    long rest = 0;
    for (; scaled >= 1024; unit++) {
      rest = scaled % 1024 * 10 / 1024;
      scaled /= 1024;
    }
    return scaled + (rest == 0 ? "" : "." + rest) + " " + units[unit];
  }

  private String cure() {
    boolean loaded = (file.flags(section) & Elf.SHF_ALLOC) != 0;
    String cure =
        loaded
            ? ctxt.arch().overflowCure(type)
            : " has more debug information beside it than 32 bits reach; compile with -gdwarf64 or"
                + " -g1";
    return cure.isEmpty() ? "" : "\n>>> " + file.displayName() + cure;
  }
}
