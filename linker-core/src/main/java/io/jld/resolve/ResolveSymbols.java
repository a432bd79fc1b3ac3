package io.jld.resolve;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.Twins;
import io.jld.source.SourceLines;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Binds each global name to its definition: a strong one before a common one, that before a weak
 * one, that before one of the linker's own (gABI, "Symbol Table", and GNU ld's link_action table);
 * among equals the first in the order of the link. Two strong definitions are an error.
 */
public final class ResolveSymbols {
  private final Context ctxt;
  private final SymbolTable symbols;
  private final List<LinkedObject> objects;
  private final boolean defineCommon;
  private final ConcurrentLinkedQueue<Integer> withCommons = new ConcurrentLinkedQueue<>();

  private final Twins twins;

  private ResolveSymbols(Context ctxt, Twins twins) {
    this.ctxt = ctxt;
    this.twins = twins;
    this.symbols = ctxt.symbols();
    this.objects = ctxt.objects();
    this.defineCommon = !ctxt.leavesCommons();
  }

  /**
   * Resolves them.
   *
   * @param twins definitions that do not count, because another name takes their place
   */
  public static void run(Context ctxt, Twins twins) {
    ResolveSymbols r = new ResolveSymbols(ctxt, twins);
    ctxt.tasks()
        .forRanges(
            r.objects.size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                r.define(o);
              }
            });
    ctxt.tasks().forEach(ctxt.shared().size(), i -> r.defineShared(ctxt.shared().get(i)));
    List<LinkedObject> withCommons = r.withCommons();
    LibraryData.replace(ctxt, withCommons);
    LinkerSymbols.define(ctxt);
    NeededLibraries.run(ctxt);
    if (!isProvisional(ctxt)) { // of intermediate code it is not known what is thread-local
      CheckThreadLocal.run(ctxt);
    }
    CommonSymbols.allocate(ctxt, withCommons);
    TraceSymbols.run(ctxt);
    CommonWarnings.run(ctxt);
    if (!ctxt.option(LinkOption.ALLOW_MULTIPLE_DEFINITION)) {
      ctxt.tasks()
          .forRanges(
              r.objects.size(),
              16,
              (from, to) -> {
                for (int o = from; o < to; o++) {
                  r.findDuplicates(o);
                }
              });
    }
  }

  /** Whether plug-ins will compile some of the objects, and all be resolved again. */
  private static boolean isProvisional(Context ctxt) {
    return ctxt.plugins() != null && !ctxt.plugins().isCompiled();
  }

  private void define(int o) {
    LinkedObject object = objects.get(o);
    ObjectFile f = object.file();
    BitSet replaced = twins.of(object);
    boolean commons = false;
    for (int i = f.firstGlobal(), n = f.symbolCount(); i < n; i++) {
      if (replaced == null || !replaced.get(i)) {
        commons |= define(o, object, i);
      }
    }
    if (commons) {
      withCommons.add(o);
    }
  }

  /** True for a common symbol that is defined. */
  private boolean define(int o, LinkedObject object, int i) {
    ObjectFile f = object.file();
    int id = object.symbolNameId(i);
    boolean weak = f.symbolBinding(i) == STB_WEAK;
    int ndx = definedIn(object, i);
    int type = f.symbolType(i);
    int bits = visibilityBits(f.symbolOther(i) & 3);
    if (type == STT_TLS) {
      bits |= SymbolTable.SEEN_TLS;
    } else if (ndx == 0 || (type != STT_FUNC && (weak || ndx == ObjectFile.COMMON))) {
      bits |= SymbolTable.SEEN_PLAIN; // of strong definitions, and of functions, the table has it
    }
    boolean common = ndx == ObjectFile.COMMON;
    if (ndx == 0 || (common && !defineCommon)) {
      common = false;
      bits |=
          isThrownAway(object, i)
              ? SymbolTable.THROWN_AWAY
              : SymbolTable.REFERENCED | (weak ? 0 : SymbolTable.STRONG_REF);
    } else {
      int kind =
          common ? SymbolTable.KIND_COMMON : weak ? SymbolTable.KIND_WEAK : SymbolTable.KIND_STRONG;
      symbols.define(id, kind, o, i);
    }
    if (bits != 0) {
      symbols.flag(id, bits);
    }
    return common;
  }

  private void defineShared(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int row = 0; row < f.rows(); row++) {
      if (f.isDefined(row)) {
        if (!symbols.isOwn(library.nameId(row))) {
          symbols.define(library.nameId(row), SymbolTable.KIND_SHARED, library.order(), row);
        }
        symbols.flag(library.nameId(row), SymbolTable.SHARED_DEF);
      }
    }
  }

  /** The objects that define common symbols, in order. */
  private List<LinkedObject> withCommons() {
    List<Integer> orders = new ArrayList<>(withCommons);
    Collections.sort(orders);
    List<LinkedObject> files = new ArrayList<>();
    for (int o : orders) {
      files.add(objects.get(o));
    }
    return files;
  }

  /** The section that defines the symbol; 0 where a group that was left out would have. */
  private int definedIn(LinkedObject object, int i) {
    int ndx = object.file().shndx(i);
    return ndx > 0 && ctxt.sections().has(object.sectionId(ndx), SectionTable.DUPLICATE) ? 0 : ndx;
  }

  /** Only relocations refer to what its own object defines in a section that a script discards. */
  private boolean isThrownAway(LinkedObject object, int i) {
    int ndx = object.file().shndx(i);
    return ndx > 0 && ctxt.sections().has(object.sectionId(ndx), SectionTable.THROWN_AWAY);
  }

  private static int visibilityBits(int visibility) {
    return switch (visibility) {
      case STV_HIDDEN, STV_INTERNAL -> SymbolTable.HIDDEN;
      case STV_PROTECTED -> SymbolTable.PROTECTED;
      default -> 0;
    };
  }

  private void findDuplicates(int o) {
    LinkedObject object = objects.get(o);
    ObjectFile f = object.file();
    BitSet replaced = twins.of(object);
    for (int i = f.firstGlobal(), n = f.symbolCount(); i < n; i++) {
      if (f.symbolBinding(i) == STB_WEAK || (replaced != null && replaced.get(i))) {
        continue;
      }
      int id = object.symbolNameId(i);
      int ndx = definedIn(object, i);
      if (ndx == 0 || ndx == ObjectFile.COMMON || symbols.kind(id) != SymbolTable.KIND_STRONG) {
        continue;
      }
      if (symbols.order(id) != o || symbols.index(id) != i) {
        reportDuplicate(f, i, id, ndx, symbols.order(id) == o);
      }
    }
  }

  /**
   * @param inSame whether the same object defines it twice
   */
  private void reportDuplicate(ObjectFile f, int i, int id, int ndx, boolean inSame) {
    ObjectFile first = ((LinkedObject) symbols.file(id)).file();
    if (isSymbolOfOther(first) || isSymbolOfOther(f)) {
      return;
    }
    String again = ndx > 0 ? SourceLines.of(ctxt).describeWithin(f, ndx, f.symbolValue(i)) : null;
    boolean twice = !inSame && isSame(first, f);
    Location where = (ndx > 0 ? f.location(ndx, f.symbolValue(i)) : f.location());
    ctxt.report(
        new Diagnostic(
            ctxt.option(LinkOption.NOINHIBIT_EXEC)
                ? io.jld.link.Severity.WARNING
                : io.jld.link.Severity.ERROR,
            twice ? DiagnosticCode.DUPLICATE_FILE : DiagnosticCode.DUPLICATE_SYMBOL,
            where.symbol(symbols.name(id)),
            "multiple definition of '"
                + symbols.name(id)
                + (twice
                    ? "': the file is named twice"
                    : "'\n>>> first defined in "
                        + place(first, symbols.index(id))
                        + (again == null ? "" : "\n>>> defined again in " + again))));
  }

  /** Whether two are one file; in memory, names need not tell them apart. */
  private static boolean isSame(ObjectFile a, ObjectFile b) {
    return b.member() == null
        && a.displayName().equals(b.displayName())
        && a.data().mismatch(b.data()) < 0;
  }

  /**
   * {@code -R}'s symbols and other definitions may hide each other, unless an option forbids it.
   */
  private boolean isSymbolOfOther(ObjectFile f) {
    return f.origin() == ObjectFile.Origin.SYMBOLS
        && !ctxt.option(LinkOption.DISABLE_MULTIPLE_ABS_DEFS);
  }

  private String place(ObjectFile f, int sym) {
    int ndx = f.shndx(sym);
    return ndx > 0 ? SourceLines.of(ctxt).describe(f, ndx, f.symbolValue(sym)) : f.displayName();
  }
}
