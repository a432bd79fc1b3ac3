package io.jld.write;

import io.jld.elf.Bytes;
import io.jld.elf.TableWriter;
import io.jld.input.NameWindow;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.model.MadeSymbols;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code .symtab} and {@code .strtab}: the null symbol, the local symbols object by object, then
 * the global ones object by object, each with the object that defines it, and last those that no
 * object defines. Every object's share is counted first, so that all of them can be written at the
 * same time.
 */
public final class SymTab implements SymbolTables {
  /** Objects that one task looks at. */
  private static final int GRAIN = 16;

  private final int entry;
  private SymTabShare[] shares = {};
  private final List<Integer> rest = new ArrayList<>();

  /** How many symbols of {@link #rest} are local; they stand after the objects' local symbols. */
  private int restLocals;

  /** Index of the first one that is global. */
  private int restStart;

  /** Offset of their names in {@code .strtab}. */
  private long restStrings;

  /** Those of what the linker made while it gave addresses; null where there is nothing. */
  private MadeSymbols made;

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

  private SymTab(Context ctxt) {
    entry = ctxt.elf.symSize;
  }

  public static boolean isNeeded(Context ctxt) {
    return ctxt.option(LinkOption.STRIP) != LinkOption.Strip.ALL
        && ctxt.option(LinkOption.SECTION_HEADERS);
  }

  /** Counts; what is live is known. */
  public static void count(Context ctxt) {
    SymTab table = new SymTab(ctxt);
    table.countSymbols(ctxt);
    ctxt.handOn(table);
  }

  public static SymTab of(Context ctxt) {
    return ctxt.get(SymTab.class);
  }

  private void countSymbols(Context ctxt) {
    int n = ctxt.objects().size();
    SymTabShare[] all = new SymTabShare[n];
    ctxt.tasks()
        .forRanges(
            n,
            GRAIN,
            () -> new SymTabShare.Chooser(ctxt),
            (chooser, from, to) -> {
              for (int o = from; o < to; o++) {
                all[o] = chooser.of(ctxt.objects().get(o));
              }
            });
    for (SymTabShare share : all) {
      gnu |= share.hasGnuSymbols();
    }
    if (!isNeeded(ctxt)) {
      return;
    }
    shares = all;
    sectionSymbols = ctxt.option(LinkOption.EMIT_RELOCS) ? ctxt.outputSections().size() : 0;
    long symbols = 1 + sectionSymbols;
    strings = 1;
    for (SymTabShare share : shares) {
      share.firstLocal = (int) symbols;
      symbols += share.locals();
      share.firstString = strings;
      strings += share.nameBytes();
    }
    collectRest(ctxt);
    symbols += restLocals + collectMade(ctxt);
    locals = (int) symbols;
    for (SymTabShare share : shares) {
      share.firstGlobal = (int) symbols;
      symbols += share.count() - share.locals();
    }
    restStart = (int) symbols;
    symbols += rest.size() - restLocals;
    if (symbols > Integer.MAX_VALUE / 24 || strings > 0xffffffffL) {
      throw new LinkException(
          DiagnosticCode.TOO_LARGE,
          Location.NONE,
          "symbol table is too large: " + symbols + " symbols");
    }
    count = (int) symbols;
    if (ctxt.option(LinkOption.EMIT_RELOCS)) {
      number(ctxt);
    }
  }

  private void number(Context ctxt) {
    index = new int[ctxt.symbols().count()];
    ctxt.tasks()
        .forRanges(
            shares.length,
            GRAIN,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                int local = shares[o].firstLocal;
                int global = shares[o].firstGlobal;
                for (int i = 0; i < shares[o].count(); i++) {
                  int id = ctxt.objects().get(o).symbolId(shares[o].symbol(i));
                  index[id] = SymbolWriter.isLocal(ctxt.symbols(), id) ? local++ : global++;
                }
              }
            });
    int local = locals - restLocals - madeCount();
    int global = restStart;
    for (int id : rest) {
      index[id] = SymbolWriter.isLocal(ctxt.symbols(), id) ? local++ : global++;
    }
  }

  /** {@code --emit-relocs}: index of a symbol; 0 where it is not in the table. */
  public int index(int id) {
    return index[id];
  }

  /**
   * Global symbols that no object defines: the linker's own, and weak references that stay
   * undefined. A hidden reference of these is left out: there is nothing that a reader could look
   * for, and an undefined symbol may not be local.
   */
  private void collectRest(Context ctxt) {
    Set<String> retained = ctxt.option(LinkOption.RETAIN_SYMBOLS);
    restStrings = strings;
    int objects = ctxt.objects().size();
    for (int id = 1; id < ctxt.symbols().globals(); id++) {
      if (!isOfObject(ctxt.symbols(), id, objects)) {
        collect(ctxt, id, retained);
      }
    }
  }

  private int collectMade(Context ctxt) {
    if (ctxt.option(LinkOption.RETAIN_SYMBOLS) == null
        && ctxt.option(LinkOption.DISCARD) != LinkOption.Discard.ALL) {
      made = ctxt.find(MadeSymbols.class);
    }
    for (int i = 0; i < madeCount(); i++) {
      strings += NameBytes.bytes(made.name(i)).length + 1;
    }
    return madeCount();
  }

  private int madeCount() {
    return made == null ? 0 : made.count();
  }

  private static boolean isOfObject(SymbolTable symbols, int id, int objects) {
    return symbols.isDefined(id) && symbols.order(id) < objects;
  }

  private void collect(Context ctxt, int id, Set<String> retained) {
    SymbolTable symbols = ctxt.symbols();
    LinkedFile f = symbols.file(id);
    boolean elsewhere = f == null || f instanceof LinkedLibrary;
    boolean isShown =
        f == ctxt.linker()
            || (elsewhere
                && symbols.has(id, SymbolTable.REFERENCED)
                && !SymbolWriter.isLocal(symbols, id));
    if (isShown && (retained == null || retained.contains(symbols.name(id)))) {
      rest.add(id);
      restLocals += SymbolWriter.isLocal(symbols, id) ? 1 : 0;
      strings += NameBytes.bytes(symbols.name(id)).length + 1;
    }
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
  public long size() {
    return (long) count * entry;
  }

  @Override
  public long stringSize() {
    return strings;
  }

  @Override
  public long extendedSize() {
    return 4L * count;
  }

  @Override
  public void write(
      Context ctxt, MemorySegment table, MemorySegment names, MemorySegment extended) {
    TableWriter first = new TableWriter(ctxt.elf, (1L + sectionSymbols) * entry);
    SymbolWriter rows = new SymbolWriter(ctxt);
    first.symbol(0, 0, 0, 0, 0, 0);
    for (int i = 1; i <= sectionSymbols; i++) {
      rows.putSection(first, i, ctxt.outputSections().get(i - 1), extended);
    }
    first.flush(table, 0);
    Bytes.put(names, 0, 0, 1);
    ctxt.tasks()
        .forRanges(
            shares.length,
            GRAIN,
            () -> new Writer(ctxt, table, names, extended),
            (writer, from, to) -> writer.write(from, to));
    writeRest(ctxt, table, names, extended);
  }

  private void writeRest(
      Context ctxt, MemorySegment table, MemorySegment names, MemorySegment extended) {
    SymbolTable symbols = ctxt.symbols();
    int local = locals - restLocals - madeCount();
    int global = restStart;
    SymbolWriter rows = new SymbolWriter(ctxt);
    TableWriter row = new TableWriter(ctxt.elf, entry);
    long string = restStrings;
    for (int id : rest) {
      byte[] name = NameBytes.bytes(symbols.name(id));
      Bytes.copy(name, 0, names, string, name.length);
      Bytes.put(names, string + name.length, 0, 1);
      int at = SymbolWriter.isLocal(symbols, id) ? local++ : global++;
      rows.put(row, at, id, (int) string, extended);
      row.flush(table, (long) at * entry);
      string += name.length + 1;
    }
    for (int i = 0; i < madeCount(); i++) {
      byte[] name = NameBytes.bytes(made.name(i));
      Bytes.copy(name, 0, names, string, name.length);
      Bytes.put(names, string + name.length, 0, 1);
      rows.putMade(row, local, made, i, (int) string, extended);
      row.flush(table, (long) local * entry);
      local++;
      string += name.length + 1;
    }
  }

  /** Writes the parts of the tables that some objects in a row have; each task has its own. */
  private final class Writer {
    private final Context ctxt;
    private final SymbolWriter rows;
    private final MemorySegment table;
    private final MemorySegment extended;
    private final NameWriter strings;
    private final NameWindow window = new NameWindow();
    private final TableWriter locals;
    private final TableWriter globals;

    /** Indices of the next symbols of each kind. */
    private int local;

    private int global;

    Writer(Context ctxt, MemorySegment table, MemorySegment names, MemorySegment extended) {
      this.ctxt = ctxt;
      this.rows = new SymbolWriter(ctxt);
      this.table = table;
      this.extended = extended;
      this.strings = new NameWriter(names);
      this.locals = new TableWriter(ctxt.elf, 1 << 15);
      this.globals = new TableWriter(ctxt.elf, 1 << 15);
    }

    void write(int begin, int end) {
      local = shares[begin].firstLocal;
      global = shares[begin].firstGlobal;
      strings.seek(shares[begin].firstString);
      for (int o = begin; o < end; o++) {
        LinkedObject object = ctxt.objects().get(o);
        SymTabShare share = shares[o];
        window.open(object.file().strings());
        for (int i = 0, n = share.count(); i < n; i++) {
          write(object, share.symbol(i), share.nameLength(object.file(), i));
        }
      }
      strings.flush();
      locals.flush(table, (long) shares[begin].firstLocal * entry);
      globals.flush(table, (long) shares[begin].firstGlobal * entry);
    }

    private void write(LinkedObject object, int sym, int nameLength) {
      int id = object.symbolId(sym);
      int name = (int) strings.offset();
      strings.add(window, object.file().symbolNameOffset(sym), nameLength);
      if (SymbolWriter.isLocal(ctxt.symbols(), id)) {
        rows.putDefined(locals, local++, object, sym, id, name, extended);
      } else {
        rows.putDefined(globals, global++, object, sym, id, name, extended);
      }
    }
  }
}
