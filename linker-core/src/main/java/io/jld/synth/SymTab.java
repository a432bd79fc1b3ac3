package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.input.InputFile;
import io.jld.input.LinkerFile;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.pass.Context;
import io.jld.pass.SymbolWriter;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code .symtab} and {@code .strtab}: the null symbol, the local symbols object by object, then
 * the global ones object by object, each with the object that defines it, and last those that no
 * object defines. Every object's share is counted first, so that all of them can be written at the
 * same time.
 */
public final class SymTab {
  private final int entry;
  private int[] localStart = {};
  private int[] globalStart = {};
  private long[] stringStart = {};
  private final List<Integer> rest = new ArrayList<>();
  private int restStart;
  private int locals;
  private int count;
  private long strings;
  private boolean gnu;

  /**
   * {@code --emit-relocs}: index of each symbol in the table; 0 for those that are not in it. Else
   * empty.
   */
  private int[] index = {};

  /** {@code --emit-relocs}: symbols of sections; section i has symbol i. */
  private int sectionSymbols;

  public SymTab(Context ctxt) {
    entry = ctxt.elf.symSize;
  }

  public boolean isNeeded(Context ctxt) {
    return ctxt.option(LinkOption.STRIP) != LinkOption.Strip.ALL;
  }

  /** Counts; what is live is known. */
  public void count(Context ctxt) {
    int n = ctxt.objects.size();
    int[] l = new int[n];
    int[] g = new int[n];
    long[] s = new long[n];
    boolean[] gnuIn = new boolean[n];
    boolean all = isNeeded(ctxt);
    ctxt.tasks()
        .forRanges(
            n,
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                Counter c = new Counter();
                forEach(ctxt, ctxt.objects.get(o), c);
                l[o] = c.locals;
                g[o] = c.globals;
                s[o] = c.bytes;
                gnuIn[o] = c.gnu;
              }
            });
    for (boolean b : gnuIn) {
      gnu |= b;
    }
    if (!all) {
      return;
    }
    localStart = new int[n];
    globalStart = new int[n];
    stringStart = new long[n];
    sectionSymbols = ctxt.option(LinkOption.EMIT_RELOCS) ? ctxt.outputSections.size() : 0;
    long symbols = 1 + sectionSymbols;
    strings = 1;
    for (int o = 0; o < n; o++) {
      localStart[o] = (int) symbols;
      symbols += l[o];
      stringStart[o] = strings;
      strings += s[o];
    }
    collectRest(ctxt);
    symbols += rest.stream().filter(id -> isLocal(ctxt.symbols, id)).count();
    locals = (int) symbols;
    for (int o = 0; o < n; o++) {
      globalStart[o] = (int) symbols;
      symbols += g[o];
    }
    restStart = (int) symbols;
    for (int id : rest) {
      symbols += isLocal(ctxt.symbols, id) ? 0 : 1;
    }
    if (symbols > Integer.MAX_VALUE / 24 || strings > 0xffffffffL) {
      throw new LinkException(Location.NONE, "symbol table is too large: " + symbols + " symbols");
    }
    count = (int) symbols;
    if (ctxt.option(LinkOption.EMIT_RELOCS)) {
      number(ctxt);
    }
  }

  private void number(Context ctxt) {
    index = new int[ctxt.symbols.count()];
    ctxt.tasks()
        .forRanges(
            ctxt.objects.size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                int[] next = {localStart[o], globalStart[o]};
                forEach(
                    ctxt,
                    ctxt.objects.get(o),
                    (f, sym, id, local, length) -> index[id] = next[local ? 0 : 1]++);
              }
            });
    int local = firstLocalOfRest(ctxt.symbols);
    int global = restStart;
    for (int id : rest) {
      index[id] = isLocal(ctxt.symbols, id) ? local++ : global++;
    }
  }

  private int firstLocalOfRest(SymbolTable symbols) {
    return locals - (int) rest.stream().filter(id -> isLocal(symbols, id)).count();
  }

  /** {@code --emit-relocs}: index of a symbol; 0 where it is not in the table. */
  public int index(int id) {
    return index[id];
  }

  /** Symbols that no object defines are local if they are hidden (gABI, "Symbol Visibility"). */
  private static boolean isLocal(SymbolTable symbols, int id) {
    return symbols.has(id, SymbolTable.HIDDEN | SymbolTable.FORCED_LOCAL);
  }

  /**
   * Global symbols that no object defines: the linker's own, and weak references that stay
   * undefined. A hidden one of these refers to nothing that a reader could look for, and may not be
   * local either.
   */
  private void collectRest(Context ctxt) {
    SymbolTable symbols = ctxt.symbols;
    Set<String> retained = ctxt.option(LinkOption.RETAIN_SYMBOLS);
    for (int id = 1; id < symbols.globals(); id++) {
      InputFile f = symbols.file(id);
      boolean elsewhere = f == null || f instanceof SharedFile;
      boolean isShown =
          f instanceof LinkerFile
              || (elsewhere && symbols.has(id, SymbolTable.REFERENCED) && !isLocal(symbols, id));
      if (isShown && (retained == null || retained.contains(symbols.name(id)))) {
        rest.add(id);
        strings += symbols.name(id).getBytes(java.nio.charset.StandardCharsets.UTF_8).length + 1;
      }
    }
  }

  /** Takes the symbols of an object that reach the output. */
  private interface Sink {
    void take(ObjectFile f, int sym, int id, boolean local, int nameLength);
  }

  private static final class Counter implements Sink {
    private int locals;
    private int globals;
    private long bytes;
    private boolean gnu;

    @Override
    public void take(ObjectFile f, int sym, int id, boolean local, int nameLength) {
      if (local) {
        locals++;
      } else {
        globals++;
      }
      bytes += nameLength + 1;
      gnu |= f.symbolType(sym) == STT_GNU_IFUNC || f.symbolBinding(sym) == STB_GNU_UNIQUE;
    }
  }

  private static void forEach(Context ctxt, ObjectFile f, Sink sink) {
    SymbolTable symbols = ctxt.symbols;
    LinkOption.Discard discard = ctxt.option(LinkOption.DISCARD);
    Set<String> retained = ctxt.option(LinkOption.RETAIN_SYMBOLS);
    for (int i = 1; i < f.firstGlobal(); i++) {
      if (keepsLocal(ctxt, f, i, discard) && isRetained(f, i, retained)) {
        sink.take(f, i, f.firstLocal() + i, true, Names.length(f.strings(), f.symbolNameOffset(i)));
      }
    }
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      int id = f.symbolNameId(i);
      if (symbols.file(id) == f
          && symbols.index(id) == i
          && !symbols.isDiscarded(id)
          && isRetained(f, i, retained)) {
        sink.take(
            f,
            i,
            id,
            symbols.has(id, SymbolTable.HIDDEN | SymbolTable.FORCED_LOCAL),
            f.nameLength(i - f.firstGlobal()));
      }
    }
  }

  /**
   * @param retained null for all
   */
  private static boolean isRetained(ObjectFile f, int sym, Set<String> retained) {
    return retained == null || retained.contains(f.symbolName(sym));
  }

  private static boolean keepsLocal(
      Context ctxt, ObjectFile f, int sym, LinkOption.Discard discard) {
    long name = f.symbolNameOffset(sym);
    if (name == 0 || f.symbolType(sym) == STT_SECTION || discard == LinkOption.Discard.ALL) {
      return false;
    }
    int ndx = f.shndx(sym);
    int section = f.firstSection() + ndx;
    if (ndx == 0
        || (ndx > 0
            && !ctxt.sections.has(
                section, SectionTable.LIVE | SectionTable.MERGED | SectionTable.EH_FRAME))) {
      return false;
    }
    if (discard == LinkOption.Discard.NONE || !Names.startsWith(f.strings(), name, ".L")) {
      return true;
    }
    return discard == LinkOption.Discard.SEC_MERGE
        && !(ndx > 0 && ctxt.sections.has(section, SectionTable.MERGED));
  }

  /** Whether a symbol asks for {@code ELFOSABI_GNU}: an IFUNC or a unique one. */
  public boolean hasGnuSymbols() {
    return gnu;
  }

  /** {@code sh_info}: index of the first symbol that is not local. */
  public int locals() {
    return locals;
  }

  /** Size of {@code .symtab} in bytes. */
  public long size() {
    return (long) count * entry;
  }

  /** Size of {@code .strtab} in bytes. */
  public long stringSize() {
    return strings;
  }

  /** Size of {@code .symtab_shndx} in bytes, where there is one. */
  public long extendedSize() {
    return 4L * count;
  }

  /**
   * Writes the tables, by the link's tasks.
   *
   * @param extended {@code .symtab_shndx}, all zeros; null where there is none
   */
  public void write(
      Context ctxt, MemorySegment table, MemorySegment names, MemorySegment extended) {
    table.asSlice(0, entry).fill((byte) 0);
    names.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
    ctxt.tasks()
        .forRanges(
            ctxt.objects.size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                forEach(
                    ctxt,
                    ctxt.objects.get(o),
                    new Writer(
                        ctxt,
                        table,
                        names,
                        extended,
                        localStart[o],
                        globalStart[o],
                        stringStart[o]));
              }
            });
    writeRest(ctxt, table, names, extended);
    for (int i = 1; i <= sectionSymbols; i++) {
      SymbolWriter.putSection(
          ctxt, table, (long) i * entry, ctxt.outputSections.get(i - 1), extended);
    }
  }

  private void writeRest(
      Context ctxt, MemorySegment table, MemorySegment names, MemorySegment extended) {
    SymbolTable symbols = ctxt.symbols;
    int local = firstLocalOfRest(symbols);
    int global = restStart;
    long at = strings;
    for (int id : rest) {
      at -= symbols.name(id).getBytes(java.nio.charset.StandardCharsets.UTF_8).length + 1;
    }
    for (int id : rest) {
      byte[] name = symbols.name(id).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      MemorySegment.copy(name, 0, names, ValueLayout.JAVA_BYTE, at, name.length);
      names.set(ValueLayout.JAVA_BYTE, at + name.length, (byte) 0);
      int index = isLocal(symbols, id) ? local++ : global++;
      SymbolWriter.put(ctxt, table, (long) index * entry, id, (int) at, extended);
      at += name.length + 1;
    }
  }

  private final class Writer implements Sink {
    private final Context ctxt;
    private final MemorySegment table;
    private final MemorySegment names;
    private final MemorySegment extended;
    private int local;
    private int global;
    private long string;

    Writer(
        Context ctxt,
        MemorySegment table,
        MemorySegment names,
        MemorySegment extended,
        int local,
        int global,
        long string) {
      this.ctxt = ctxt;
      this.table = table;
      this.names = names;
      this.extended = extended;
      this.local = local;
      this.global = global;
      this.string = string;
    }

    @Override
    public void take(ObjectFile f, int sym, int id, boolean isLocal, int nameLength) {
      MemorySegment.copy(f.strings(), f.symbolNameOffset(sym), names, string, nameLength);
      names.set(ValueLayout.JAVA_BYTE, string + nameLength, (byte) 0);
      int index = isLocal ? local++ : global++;
      SymbolWriter.put(ctxt, table, (long) index * entry, id, (int) string, extended);
      string += nameLength + 1;
    }
  }
}
