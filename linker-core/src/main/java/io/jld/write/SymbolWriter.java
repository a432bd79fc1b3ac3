package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.arch.Need;
import io.jld.elf.ElfClass;
import io.jld.elf.TableWriter;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.layout.SymbolValues;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.MadeSymbols;
import io.jld.model.OutputSection;
import io.jld.model.SymbolRows;
import io.jld.model.Synthetic;
import io.jld.place.ContentSections;
import io.jld.place.DroppedSections;
import io.jld.resolve.CommonSymbols;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import io.jld.synth.Synthetics;
import java.lang.foreign.MemorySegment;

/** Writes a symbol of the link as an entry of {@code .symtab} or {@code .dynsym}. */
public final class SymbolWriter implements SymbolRows {
  private final Context ctxt;
  private final SymbolTable symbols;
  private final SymbolValues values;
  private final ContentSections contents;

  /** Null until it is asked for. */
  private DroppedSections dropped;

  /** Everything has its address. */
  public SymbolWriter(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
    this.values = SymbolValues.of(ctxt);
    this.contents = new ContentSections(ctxt);
  }

  @Override
  public void put(TableWriter out, int index, int id, int name, MemorySegment extended) {
    if (id < symbols.globals() && !symbols.isDefined(id)) {
      // The loader starts no program with a reference that nothing satisfies. Where an option lets
      // one stay undefined, it becomes weak: the program gets the definition if the loader finds
      // one after all.
      boolean left = symbols.isPreemptible(id) && !ctxt.isShared();
      boolean strong = symbols.has(id, SymbolTable.STRONG_REF) && !left;
      int bind = strong ? STB_GLOBAL : STB_WEAK;
      int type = symbols.has(id, SymbolTable.SEEN_TLS) ? STT_TLS : STT_NOTYPE;
      out.symbol(name, bind << 4 | type, symbols.visibility(id), SHN_UNDEF, 0, 0);
    } else if (symbols.file(id) instanceof LinkedObject o) {
      putDefined(out, index, o, symbols.index(id), id, name, extended);
    } else if (symbols.file(id) instanceof LinkedLibrary l) {
      putImported(out, index, l.file(), id, name);
    } else {
      putAssigned(out, index, id, name, extended);
    }
  }

  /** Whether the symbol is local in the output: hidden symbols are (gABI, "Symbol Visibility"). */
  public static boolean isLocal(SymbolTable symbols, int id) {
    return id >= symbols.globals()
        || symbols.has(id, SymbolTable.HIDDEN | SymbolTable.FORCED_LOCAL);
  }

  /**
   * {@code st_shndx}: a section's number, or {@code SHN_XINDEX} where it is too large and stands in
   * {@code .symtab_shndx}.
   */
  private int field(int section, int index, MemorySegment extended) {
    if (section < SHN_LORESERVE) {
      return section;
    }
    if (extended != null) {
      ElfClass.put32(extended, 4L * index, section);
    }
    return SHN_XINDEX;
  }

  private int info(int id, int info) {
    return isLocal(symbols, id) ? info & 15 : info;
  }

  /** Writes the symbol of an output section. */
  void putSection(TableWriter out, int index, OutputSection s, MemorySegment extended) {
    int shndx = field(s.index, index, extended);
    out.symbol(0, STT_SECTION, STV_DEFAULT, shndx, s.headerAddr(), 0);
  }

  /** Writes a local symbol of what the linker has made. */
  void putMade(
      TableWriter out, int index, MadeSymbols all, int i, int name, MemorySegment extended) {
    int shndx = field(all.section(i).index, index, extended);
    out.symbol(name, all.type(i), STV_DEFAULT, shndx, all.value(i), all.size(i));
  }

  private void putAssigned(TableWriter out, int index, int id, int name, MemorySegment extended) {
    long value = values.defined(id);
    int type =
        symbols.kind(id) == SymbolTable.KIND_ASSIGNED
            ? ctxt.assignments.type(symbols.name(id))
            : STT_NOTYPE;
    OutputSection s =
        type == STT_TLS ? values.threadLocalSectionAt(value) : values.sectionOf(id, value);
    int shndx = s == null ? SHN_ABS : field(s.index, index, extended);
    if (type == STT_TLS) {
      value -= ctxt.tlsBegin();
    }
    int info = info(id, STB_GLOBAL << 4 | type);
    out.symbol(name, info, symbols.visibility(id), shndx, value, 0);
  }

  /**
   * Undefined, with the address of a canonical PLT entry if it has one (psABI); or copied, and so
   * defined here.
   */
  private void putImported(TableWriter out, int index, SharedFile f, int id, int name) {
    int row = symbols.index(id);
    if (symbols.has(id, Need.COPY)) {
      Synthetic copy = Synthetics.of(ctxt).copyOf(id);
      out.symbol(
          name,
          f.symbolInfo(row),
          STV_DEFAULT,
          field(copy.out().index, index, null),
          symbols.value(id),
          symbols.size(id));
      return;
    }
    int type = f.symbolType(row) == STT_GNU_IFUNC ? STT_FUNC : f.symbolType(row);
    int bind = symbols.has(id, SymbolTable.STRONG_REF) ? STB_GLOBAL : STB_WEAK;
    long value = symbols.has(id, Need.CANONICAL_PLT) ? symbols.value(id) : 0;
    out.symbol(name, bind << 4 | type, symbols.addedOther(id), SHN_UNDEF, value, 0);
  }

  /**
   * Writes a symbol that an object defines.
   *
   * @param sym its index in the object
   */
  void putDefined(
      TableWriter out,
      int index,
      LinkedObject object,
      int sym,
      int id,
      int name,
      MemorySegment extended) {
    ObjectFile f = object.file();
    int ndx = f.shndx(sym);
    long value = values.ofDefinition(object, sym, id);
    int shndx =
        switch (ndx) {
          case 0 -> SHN_UNDEF;
          case ObjectFile.ABS -> SHN_ABS;
          case ObjectFile.COMMON ->
              field(CommonSymbols.of(ctxt).of(object, sym).out().index, index, extended);
          default -> field(outputIndex(object, ndx, value), index, extended);
        };
    int info = f.symbolInfo(sym);
    if (info >> 4 == STB_GNU_UNIQUE && !ctxt.option(LinkOption.GNU_UNIQUE)) {
      info = STB_GLOBAL << 4 | info & 15;
    }
    long size =
        ndx == ObjectFile.COMMON ? symbols.size(id) : ctxt.sections().symbolSize(object, sym);
    if ((info & 15) == STT_GNU_IFUNC
        && symbols.has(id, SymbolTable.EXPORTED)
        && symbols.has(id, Need.CANONICAL_PLT)) {
      // One address for all: that of the code in the PLT entry, which is a function like others.
      value = symbols.value(id);
      shndx = field(Synthetics.of(ctxt).pltEntries(ctxt).out().index, index, extended);
      info = (info & 0xf0) | STT_FUNC;
      size = 0;
    }
    if (ndx == ObjectFile.COMMON && (info & 15) != STT_TLS) {
      info = (info & 0xf0) | STT_OBJECT;
    }
    if ((info & 15) == STT_TLS && shndx != SHN_UNDEF) {
      value -= ctxt.tlsBegin();
    }
    int other = f.symbolOther(sym);
    if (id < symbols.globals()) {
      other = (other & ~3) | symbols.visibility(id) | symbols.addedOther(id);
    }
    out.symbol(name, info(id, info), other, shndx, value, size);
  }

  /**
   * Index of the output section that a symbol is in.
   *
   * @param section of the input that defines it
   */
  private int outputIndex(LinkedObject object, int section, long addr) {
    int id = ctxt.sections().kept(object.sectionId(section));
    int index = outputIndex(object, section);
    if (index != 0 || !ctxt.sections().isLive(id)) {
      return index;
    }
    if (dropped == null) {
      dropped = new DroppedSections(ctxt);
    }
    OutputSection near = dropped.neighbour(ctxt.outputOf(id), addr);
    return near == null ? SHN_UNDEF : near.index;
  }

  /** Index of the output section that an input section's content is in; 0 where it is in none. */
  public int outputIndex(LinkedObject object, int section) {
    OutputSection out = contents.of(object, section);
    return out == null ? SHN_UNDEF : out.index;
  }
}
