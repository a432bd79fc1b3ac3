package io.jld.relocatable;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.elf.ElfClass;
import io.jld.input.InputFile;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.load.LinkerNames;
import io.jld.model.AssignedValue;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.resolve.CommonSymbols;
import io.jld.resolve.Commons;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import io.jld.write.SymbolTables;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code .symtab} and {@code .strtab} of a relocatable output: a symbol for each section, the local
 * symbols object by object, the global ones object by object, each with the object that defines it,
 * and last those that stay undefined. A symbol keeps its binding and its visibility, since it is
 * the final link that makes hidden symbols local; names keep the version after their {@code @}.
 */
public final class RelocatableSymTab implements SymbolTables {
  private final Context ctxt;
  private final Relocatable output;
  private final SectionTable sections;
  private final SymbolTable symbols;

  /** In place of a section's index: {@code SHN_X86_64_LCOMMON}. */
  private static final int LARGE_COMMON = -3;

  private final ElfClass elf;
  private final boolean defineCommon;

  /** {@code --retain-symbols-file}; null: all. */
  private final Set<String> retained;

  private final LinkOption.Discard discard;

  /** {@code -z common}, {@code -z nocommon}: the type of symbols that stay common; 0: their own. */
  private final int commonType;

  /** Alignment that the objects together ask for each common symbol. */
  private final Map<Integer, Long> commonAlign = new ConcurrentHashMap<>();

  private int[] localStart = {};
  private int[] globalStart = {};
  private long[] stringStart = {};

  /** Global symbols that no object defines. */
  private int[] rest = {};

  private int restStart;
  private long restStrings;
  private int locals;
  private int count;
  private long strings;
  private boolean gnu;

  RelocatableSymTab(Context ctxt, Relocatable output) {
    this.ctxt = ctxt;
    this.output = output;
    this.sections = ctxt.sections();
    this.symbols = ctxt.symbols();
    this.elf = ctxt.elf;
    this.retained = ctxt.option(LinkOption.RETAIN_SYMBOLS);
    this.defineCommon = ctxt.placesCommons();
    List<String> keywords = ctxt.option(LinkOption.Z_KEYWORDS);
    this.commonType =
        keywords.contains("common") ? STT_COMMON : keywords.contains("nocommon") ? STT_OBJECT : 0;
    LinkOption.Discard asked = ctxt.option(LinkOption.DISCARD);
    // GNU ld: -r -s can't leave out global symbols, so it leaves out all others
    this.discard =
        ctxt.option(LinkOption.STRIP) == LinkOption.Strip.ALL
                && asked == LinkOption.Discard.SEC_MERGE
            ? LinkOption.Discard.ALL
            : asked;
  }

  /** Gives each symbol its index in the output, which is its {@link SymbolTable#aux}. */
  public void number() {
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                noteReferences(ctxt.objects().get(o));
              }
            });
    for (String name : LinkerNames.wanted(ctxt)) {
      output.flag(ctxt.names.find(name), Relocatable.USED);
    }
    int n = ctxt.objects().size();
    Counter[] counters = new Counter[n];
    ctxt.tasks()
        .forRanges(
            n,
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                counters[o] = new Counter();
                forEach(ctxt.objects().get(o), counters[o]);
              }
            });
    collectRest();
    place(counters);
    ctxt.tasks()
        .forRanges(
            n,
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                Numberer numberer = new Numberer(localStart[o], globalStart[o]);
                forEach(ctxt.objects().get(o), numberer);
              }
            });
    for (int i = 0; i < rest.length; i++) {
      symbols.setAux(rest[i], restStart + i);
    }
  }

  private void noteReferences(LinkedObject object) {
    ObjectFile f = object.file();
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      int ndx = f.shndx(i);
      if (ndx == 0) {
        int bit = f.symbolBinding(i) == STB_WEAK ? Relocatable.WEAK : Relocatable.STRONG;
        output.flag(
            object.symbolNameId(i), bit | (f.symbolType(i) == STT_TLS ? Relocatable.TLS : 0));
      } else if (ndx == ObjectFile.COMMON) {
        commonAlign.merge(object.symbolNameId(i), f.symbolValue(i), Math::max);
      }
    }
  }

  private void collectRest() {
    int[] found = new int[64];
    int n = 0;
    for (int id = 1; id < symbols.globals(); id++) {
      boolean wanted = output.has(id, Relocatable.USED | Relocatable.STRONG | Relocatable.WEAK);
      if ((isAssigned(id) || (wanted && isUndefined(id)))
          && (retained == null
              || retained.contains(symbols.name(id))
              || output.has(id, Relocatable.USED))) {
        if (n == found.length) {
          found = Arrays.copyOf(found, n * 2);
        }
        found[n++] = id;
        restStrings += ctxt.names.length(id) + 1;
      }
    }
    rest = Arrays.copyOf(found, n);
  }

  /** By {@code --defsym} or a script. */
  private boolean isAssigned(int id) {
    return symbols.file(id) == ctxt.linker() && symbols.kind(id) == SymbolTable.KIND_ASSIGNED;
  }

  /** What the linker would define itself, it leaves to the final link. */
  private boolean isUndefined(int id) {
    if (symbols.file(id) instanceof LinkedObject o) {
      int ndx = o.file().shndx(symbols.index(id));
      return ndx > 0 && !sections.isLive(o.sectionId(ndx));
    }
    return !isAssigned(id);
  }

  private void place(Counter[] counters) {
    int n = counters.length;
    localStart = new int[n];
    globalStart = new int[n];
    stringStart = new long[n];
    long at = 1;
    for (OutputSection s : ctxt.outputSections()) {
      Relocatable.Part p = output.part(s);
      if (p.relocated == null && s.type() != SHT_GROUP) {
        p.symbol = (int) at++;
      }
    }
    strings = 1;
    for (int o = 0; o < n; o++) {
      localStart[o] = (int) at;
      at += counters[o].locals;
      stringStart[o] = strings;
      strings += counters[o].bytes;
      gnu |= counters[o].gnu;
    }
    locals = (int) at;
    for (int o = 0; o < n; o++) {
      globalStart[o] = (int) at;
      at += counters[o].globals;
    }
    restStart = (int) at;
    at += rest.length;
    long limit = elf.is64() ? Integer.MAX_VALUE / 24 : 1 << 24; // ELF32_R_SYM has 24 bits
    strings += restStrings;
    if (at > limit || strings > 0xffffffffL) {
      throw new LinkException(
          DiagnosticCode.TOO_LARGE, Location.NONE, "symbol table is too large: " + at + " symbols");
    }
    count = (int) at;
  }

  /** Takes the symbols of an object that reach the output. */
  private interface Sink {
    void take(LinkedObject object, int sym, boolean local);
  }

  private static final class Counter implements Sink {
    private int locals;
    private int globals;
    private long bytes;
    private boolean gnu;

    @Override
    public void take(LinkedObject object, int sym, boolean local) {
      ObjectFile f = object.file();
      if (local) {
        locals++;
      } else {
        globals++;
      }
      bytes += Names.length(f.strings(), f.symbolNameOffset(sym)) + 1;
      gnu |= f.symbolType(sym) == STT_GNU_IFUNC || f.symbolBinding(sym) == STB_GNU_UNIQUE;
    }
  }

  private final class Numberer implements Sink {
    private int local;
    private int global;

    Numberer(int local, int global) {
      this.local = local;
      this.global = global;
    }

    @Override
    public void take(LinkedObject object, int sym, boolean isLocal) {
      symbols.setAux(object.symbolId(sym), isLocal ? local++ : global++);
    }
  }

  private void forEach(LinkedObject object, Sink sink) {
    ObjectFile f = object.file();
    for (int i = 1; i < f.firstGlobal(); i++) {
      if (keepsLocal(object, i) && isRetained(object, i)) {
        sink.take(object, i, true);
      }
    }
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      int id = object.symbolNameId(i);
      if (symbols.file(id) == object
          && symbols.index(id) == i
          && hasPlace(object, i)
          && isRetained(object, i)) {
        sink.take(object, i, false);
      }
    }
  }

  /** Whether the symbol's section is part of the output, if it is in one. */
  private boolean hasPlace(LinkedObject object, int sym) {
    int ndx = object.file().shndx(sym);
    return ndx <= 0 || sections.isLive(object.sectionId(ndx));
  }

  /** {@code --retain-symbols-file}. */
  private boolean isRetained(LinkedObject object, int sym) {
    return retained == null
        || retained.contains(object.file().symbolName(sym))
        || output.has(object.symbolId(sym), Relocatable.USED);
  }

  /** What a relocation needs stays whatever options say; sections have symbols of their own. */
  private boolean keepsLocal(LinkedObject object, int sym) {
    ObjectFile f = object.file();
    if (f.symbolType(sym) == STT_SECTION || !hasPlace(object, sym)) {
      return false;
    }
    return switch (discard) {
      case NONE, SEC_MERGE -> true;
      case LOCALS ->
          !Names.startsWith(f.strings(), f.symbolNameOffset(sym), ".L")
              || output.has(object.firstLocal() + sym, Relocatable.USED);
      case ALL -> output.has(object.firstLocal() + sym, Relocatable.USED);
    };
  }

  @Override
  public boolean hasGnuSymbols() {
    return gnu;
  }

  @Override
  public int locals() {
    return locals;
  }

  @Override
  public long extendedSize() {
    return 4L * count;
  }

  @Override
  public long size() {
    return (long) count * elf.symSize;
  }

  @Override
  public long stringSize() {
    return strings;
  }

  /**
   * Index in the output of a group's signature (gABI, "Section Groups": {@code sh_info}).
   *
   * @param section index of the group in the object
   */
  int signature(LinkedObject object, int section) {
    ObjectFile f = object.file();
    int sym = f.info(section);
    if (sym >= f.firstGlobal() || f.symbolType(sym) != STT_SECTION) {
      return symbols.aux(object.symbolId(sym));
    }
    // gas names a group like this after a section, which is a member
    int id = object.sectionId(Math.max(0, f.shndx(sym)));
    Relocatable.Part group = output.parts.get(sections.out[object.sectionId(section)]);
    boolean there = f.shndx(sym) > 0 && sections.isLive(id);
    return there ? output.parts.get(sections.out[id]).symbol : group.members.get(0).symbol;
  }

  @Override
  public void write(Context link, MemorySegment table, MemorySegment names, MemorySegment indices) {
    Writer first = new Writer(table, indices, names, 0);
    table.asSlice(0, elf.symSize).fill((byte) 0);
    Bytes.put(names, 0, 0, 1);
    for (OutputSection s : ctxt.outputSections()) {
      if (output.part(s).symbol != 0) {
        first.put(output.part(s).symbol, 0, STT_SECTION, 0, s.index, 0, 0);
      }
    }
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                forEach(ctxt.objects().get(o), new Writer(table, indices, names, stringStart[o]));
              }
            });
    Writer last = new Writer(table, indices, names, strings - restStrings);
    for (int id : rest) {
      last.put(id);
    }
  }

  private final class Writer implements Sink {
    private final MemorySegment table;
    private final MemorySegment indices;
    private final MemorySegment names;
    private long string;

    Writer(MemorySegment table, MemorySegment indices, MemorySegment names, long string) {
      this.table = table;
      this.indices = indices;
      this.names = names;
      this.string = string;
    }

    /**
     * @param shndx index of a section of the output, or a special one as {@link ObjectFile} has it,
     *     or {@link #LARGE_COMMON}
     */
    void put(int at, int name, int info, int other, int shndx, long value, long size) {
      int field =
          switch (shndx) {
            case ObjectFile.ABS -> SHN_ABS;
            case ObjectFile.COMMON -> SHN_COMMON;
            case LARGE_COMMON -> SHN_X86_64_LCOMMON;
            default -> Math.min(shndx, SHN_XINDEX);
          };
      if (shndx >= SHN_LORESERVE) {
        field = SHN_XINDEX;
        ElfClass.put32(indices, 4L * at, shndx);
      }
      elf.putSym(table, (long) at * elf.symSize, name, info, other, field, value, size);
    }

    @Override
    public void take(LinkedObject object, int sym, boolean local) {
      ObjectFile f = object.file();
      int id = object.symbolId(sym);
      int ndx = f.shndx(sym);
      int info = f.symbolInfo(sym);
      long value = f.symbolValue(sym);
      int other = f.symbolOther(sym);
      if (!local) {
        other = (other & ~3) | symbols.visibility(id);
      }
      if (ndx == ObjectFile.COMMON && defineCommon) {
        Commons commons = CommonSymbols.of(ctxt).of(object, sym);
        ndx = commons.out().index;
        value = commons.address(id) - commons.out().addr;
        info = (info & 0xf0) | ((info & 15) == STT_COMMON ? STT_OBJECT : info & 15);
      } else if (ndx == ObjectFile.COMMON) {
        value = commonAlign.getOrDefault(id, value);
        info = commonType == 0 ? info : (info & 0xf0) | commonType;
        ndx = CommonSymbols.of(ctxt).isLarge(id) ? LARGE_COMMON : ndx;
      } else if (ndx > 0) {
        int section = object.sectionId(ndx);
        OutputSection out = ctxt.outputOf(section);
        ndx = out.index;
        value += out.type() == SHT_GROUP ? 0 : sections.addr[section] - out.addr;
      }
      long off = f.symbolNameOffset(sym);
      int name = name(f.strings(), off, Names.length(f.strings(), off));
      put(symbols.aux(id), name, info, other, ndx, value, f.symbolSize(sym));
    }

    private int name(MemorySegment from, long off, int length) {
      int at = (int) string;
      MemorySegment.copy(from, off, names, string, length);
      Bytes.put(names, string + length, 0, 1);
      string += length + 1L;
      return at;
    }

    /** A symbol that no object defines. */
    void put(int id) {
      InputFile seen = ctxt.names.file(id);
      long off = seen.names().offset(ctxt.names.index(id));
      int name = name(seen.data(), off, ctxt.names.length(id));
      int at = symbols.aux(id);
      if (isAssigned(id)) {
        AssignedValue v = ctxt.assignments.value(symbols.name(id));
        int shndx = v.section() == null ? ObjectFile.ABS : v.section().index;
        int info = STB_GLOBAL << 4 | ctxt.assignments.type(symbols.name(id));
        put(at, name, info, symbols.visibility(id), shndx, v.offset(), 0);
        return;
      }
      boolean weak = output.has(id, Relocatable.WEAK) && !output.has(id, Relocatable.STRONG);
      int type = output.has(id, Relocatable.TLS) ? STT_TLS : STT_NOTYPE;
      put(
          at,
          name,
          (weak ? STB_WEAK : STB_GLOBAL) << 4 | type,
          symbols.visibility(id),
          SHN_UNDEF,
          0,
          0);
    }
  }
}
