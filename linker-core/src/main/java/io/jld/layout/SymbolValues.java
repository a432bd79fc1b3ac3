package io.jld.layout;

import io.jld.arch.Need;
import io.jld.asmb.Link;
import io.jld.elf.Elf;
import io.jld.frame.EhFrame;
import io.jld.input.ObjectFile;
import io.jld.merge.MergePool;
import io.jld.merge.MergePools;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.SymbolAddresses;
import io.jld.place.Placer;
import io.jld.resolve.CommonSymbols;
import io.jld.resolve.LinkerSymbols;
import io.jld.segment.ProgramHeaders;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import io.jld.synth.CopyRelocs;
import io.jld.synth.Synthetics;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongFunction;

/** The symbols' values, once everything has its address. */
public final class SymbolValues implements SymbolAddresses {
  private final Context ctxt;
  private final Synthetics made;
  private final MergePools pools;
  private final EhFrame frames;

  private SymbolValues(Context ctxt) {
    this.ctxt = ctxt;
    this.made = Synthetics.of(ctxt);
    this.pools = MergePools.of(ctxt);
    this.frames = EhFrame.of(ctxt);
  }

  /** Hands them on: while addresses are given, scripts ask for values already. */
  public static void start(Context ctxt) {
    SymbolValues values = new SymbolValues(ctxt);
    ctxt.handOn(values);
    ctxt.setValues(values);
  }

  public static SymbolValues of(Context ctxt) {
    return ctxt.get(SymbolValues.class);
  }

  /** Fills the column of values. */
  public static void run(Context ctxt) {
    SymbolValues values = of(ctxt);
    values.assign(values::defined);
  }

  /** Fills it for the addresses of a round, while they are still being given. */
  public static void estimate(Context ctxt, Placer placer) {
    SymbolValues values = of(ctxt);
    values.assign(
        id ->
            ctxt.symbols().kind(id) == SymbolTable.KIND_ASSIGNED
                ? placer.valueOf(ctxt.symbols().name(id))
                : values.defined(id));
  }

  private void assign(IntToLongFunction valueOf) {
    SymbolTable symbols = ctxt.symbols();
    ctxt.tasks()
        .forRanges(
            symbols.globals(),
            4096,
            (from, to) -> {
              for (int id = Math.max(1, from); id < to; id++) {
                if (symbols.isDefined(id)) {
                  symbols.setValue(id, valueOf.applyAsLong(id));
                }
                if (symbols.has(id, Need.CANONICAL_PLT)) {
                  symbols.setValue(id, symbols.callTarget(id));
                }
              }
            });
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                assignLocals(ctxt.objects().get(o));
              }
            });
  }

  private void assignLocals(LinkedObject object) {
    SymbolTable symbols = ctxt.symbols();
    for (int i = 1, n = object.file().firstGlobal(); i < n; i++) {
      int id = object.firstLocal() + i;
      symbols.setValue(
          id,
          symbols.has(id, Need.CANONICAL_PLT) ? symbols.callTarget(id) : inObject(object, i, id));
    }
  }

  @Override
  public long defined(int id) {
    LinkedFile file = ctxt.symbols().file(id);
    if (file == null) {
      return 0;
    }
    if (file instanceof LinkedObject o) {
      return inObject(o, ctxt.symbols().index(id), id);
    }
    if (file instanceof LinkedLibrary) {
      return copied(id);
    }
    return ctxt.symbols().kind(id) == SymbolTable.KIND_ASSIGNED
        ? ctxt.assignments.value(ctxt.symbols().name(id)).offset()
        : provided(ctxt.symbols().name(id));
  }

  /**
   * The value of a definition that an object has; as {@link #defined}, but values have been
   * assigned.
   *
   * @param sym its index in the object
   */
  public long ofDefinition(LinkedObject object, int sym, int id) {
    return ctxt.symbols().has(id, Need.CANONICAL_PLT)
        ? inObject(object, sym, id)
        : ctxt.symbols().value(id);
  }

  /** A symbol of a shared library has a value here only where its data is copied. */
  private long copied(int id) {
    CopyRelocs copies = made.copyOf(id);
    return copies == null ? 0 : copies.address(id);
  }

  @Override
  public long inObject(LinkedObject object, int sym, int id) {
    ObjectFile f = object.file();
    int ndx = f.shndx(sym);
    if (ndx == 0) {
      return 0;
    }
    if (ndx == ObjectFile.COMMON) {
      return CommonSymbols.of(ctxt).of(object, sym).address(id);
    }
    long value = f.symbolValue(sym);
    if (ndx == ObjectFile.ABS) {
      return value;
    }
    return ctxt.sections().has(object.sectionId(ndx), SectionTable.MERGED)
        ? inPool(object, sym, ndx, value)
        : inSection(object, ndx, value);
  }

  /**
   * A section symbol stands for the pool's start: the addends of its relocations are places in the
   * pool already. Another symbol has the place of the piece that it stands at.
   */
  private long inPool(LinkedObject object, int sym, int section, long value) {
    MergePool pool = pools.of(object, section);
    return poolStart(pool)
        + (object.file().symbolType(sym) == Elf.STT_SECTION
            ? 0
            : Math.max(0, pool.map(object, section, value)));
  }

  private long inSection(LinkedObject object, int section, long offset) {
    SectionTable sections = ctxt.sections();
    int id = sections.kept(object.sectionId(section));
    if (sections.isLive(id)) {
      long start = sections.addr[id];
      if (sections.out[id] < 0) {
        return 0;
      }
      OutputSection out = ctxt.outputOf(id);
      return out.seen(start) + sections.map(id, offset);
    }
    if (sections.has(id, SectionTable.EH_FRAME)) {
      return frames.addr() + frames.map(object, section, offset);
    }
    return 0;
  }

  private static long poolStart(MergePool pool) {
    OutputSection out = pool.out();
    return out == null ? 0 : out.seen(pool.addr());
  }

  /** What the linker itself defines. */
  private long provided(String name) {
    return switch (name) {
      case "_GLOBAL_OFFSET_TABLE_" -> ctxt.gotBase();
      case "_DYNAMIC" -> ctxt.dynamicAddr();
      case "_TLS_MODULE_BASE_" -> ctxt.isShared() ? ctxt.tlsBegin() : ctxt.threadPointer();
      case "__ehdr_start" -> base();
      case "__GNU_EH_FRAME_HDR" -> start(".eh_frame_hdr");
      default -> ofArch(name);
    };
  }

  /** The address of the file's first byte; in rounds that give addresses, that of its page. */
  private long base() {
    if (ctxt.layout() != null) {
      return ctxt.layout().base();
    }
    OutputSection first = firstSection();
    return first == null ? 0 : first.addr & -ProgramHeaders.maxPageSize(ctxt);
  }

  /** What the architecture provides; else {@code __start_X} or {@code __stop_X}. */
  private long ofArch(String name) {
    ToLongFunction<Link> own = ctxt.arch().providedSymbols().get(name);
    if (own != null) {
      return own.applyAsLong(ctxt);
    }
    return name.startsWith("__start_")
        ? start(LinkerSymbols.sectionOf(name))
        : stop(LinkerSymbols.sectionOf(name));
  }

  /**
   * The section's address; where there is none, some address: only that start and end are the same
   * matters.
   */
  private long start(String section) {
    OutputSection s = ctxt.outputSection(section);
    return s == null ? base() : s.addr;
  }

  private long stop(String section) {
    OutputSection s = ctxt.outputSection(section);
    return s == null ? base() : s.addr + s.size;
  }

  /**
   * The output section that a symbol which the linker has defined belongs to; null where there is
   * none. Where one section ends and another begins, what is named for the end belongs to the first
   * of them. The start of the file belongs to the first section of all.
   */
  public OutputSection sectionOf(int id, long value) {
    String name = ctxt.symbols().name(id);
    if (ctxt.symbols().kind(id) == SymbolTable.KIND_ASSIGNED) {
      return ctxt.assignments.sectionOf(name);
    }
    boolean isEnd = name.startsWith("__stop_");
    OutputSection s = isEnd ? sectionBefore(value) : sectionAt(value);
    return s != null || value != base() ? s : firstSection();
  }

  /** The first output section that a value lies in or ends; null where there is none. */
  private OutputSection sectionBefore(long value) {
    for (OutputSection s : ctxt.outputSections()) {
      if (s.isAlloc() && !s.isTbss() && s.addr <= value && value <= s.addr + s.size) {
        return s;
      }
    }
    return null;
  }

  private OutputSection firstSection() {
    for (OutputSection s : ctxt.outputSections()) {
      if (s.isAlloc()) {
        return s;
      }
    }
    return null;
  }

  /** The last output section that a value lies in or ends; null where there is none. */
  public OutputSection sectionAt(long value) {
    OutputSection found = null;
    for (OutputSection s : ctxt.outputSections()) {
      if (s.isAlloc() && !s.isTbss() && s.addr <= value && value <= s.addr + s.size) {
        found = s;
      }
    }
    return found;
  }

  /** The section of thread-local data that an address is in or after; null if there is none. */
  public OutputSection threadLocalSectionAt(long value) {
    OutputSection found = null;
    for (OutputSection s : ctxt.outputSections()) {
      if ((s.flags() & Elf.SHF_TLS) != 0 && s.addr <= value && value <= s.addr + s.size) {
        found = s;
      }
    }
    return found;
  }
}
