package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.input.NameWindow;
import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.pass.Context;
import io.jld.pass.SymbolWriter;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;
import java.util.Set;

/**
 * The symbols of an object that are in {@code .symtab}: its local ones that stay, then the global
 * ones that it defines. They are chosen once, when the table is counted, and written later.
 */
final class SymTabShare {
  /** Indices in the object. */
  private final int[] symbols;

  /** Lengths of the names of those that are local in the object, which nobody else has counted. */
  private final int[] lengths;

  private final int locals;
  private final long nameBytes;
  private final boolean gnu;

  /** Index in the table of the first one that is local in the output. */
  int firstLocal;

  /** Index in the table of the first one that is global in the output. */
  int firstGlobal;

  /** Offset in the string table of the first one's name. */
  long firstString;

  private SymTabShare(int[] symbols, int[] lengths, int locals, long nameBytes, boolean gnu) {
    this.symbols = symbols;
    this.lengths = lengths;
    this.locals = locals;
    this.nameBytes = nameBytes;
    this.gnu = gnu;
  }

  /** Chooses; what is live is known. */
  static SymTabShare of(Context ctxt, ObjectFile f, NameWindow window) {
    window.open(f.strings());
    int[] chosen = new int[f.symbolCount()];
    int[] lengths = new int[Math.min(f.firstGlobal(), f.symbolCount())];
    int n = 0;
    long bytes = 0;
    boolean gnu = false;
    LinkOption.Discard discard = ctxt.option(LinkOption.DISCARD);
    Set<String> retained = ctxt.option(LinkOption.RETAIN_SYMBOLS);
    for (int i = 1; i < f.firstGlobal() && discard != LinkOption.Discard.ALL; i++) {
      if (keepsLocal(ctxt, f, i, discard, window) && isRetained(f, i, retained)) {
        lengths[n] = window.length(f.symbolNameOffset(i));
        bytes += lengths[n] + 1;
        gnu |= isGnu(f, i);
        chosen[n++] = i;
      }
    }
    int ofObject = n;
    int hidden = 0;
    SymbolTable symbols = ctxt.symbols;
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      int id = f.symbolNameId(i);
      if (symbols.isDefinedBy(id, f.order(), i)
          && !symbols.isDiscarded(id)
          && isRetained(f, i, retained)) {
        bytes += f.nameLength(i - f.firstGlobal()) + 1;
        gnu |= isGnu(f, i);
        hidden += SymbolWriter.isLocal(symbols, id) ? 1 : 0;
        chosen[n++] = i;
      }
    }
    return new SymTabShare(
        Arrays.copyOf(chosen, n), Arrays.copyOf(lengths, ofObject), ofObject + hidden, bytes, gnu);
  }

  /**
   * @param retained null for all
   */
  private static boolean isRetained(ObjectFile f, int sym, Set<String> retained) {
    return retained == null || retained.contains(f.symbolName(sym));
  }

  private static boolean isGnu(ObjectFile f, int sym) {
    return f.symbolType(sym) == STT_GNU_IFUNC || f.symbolBinding(sym) == STB_GNU_UNIQUE;
  }

  private static boolean keepsLocal(
      Context ctxt, ObjectFile f, int sym, LinkOption.Discard discard, NameWindow window) {
    long name = f.symbolNameOffset(sym);
    if (name == 0 || f.symbolType(sym) == STT_SECTION) {
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
    if (discard == LinkOption.Discard.NONE || !window.startsWith(name, ".L")) {
      return true;
    }
    return discard == LinkOption.Discard.SEC_MERGE
        && !(ndx > 0 && ctxt.sections.has(section, SectionTable.MERGED));
  }

  int count() {
    return symbols.length;
  }

  /** The index in the object of symbol {@code i}. */
  int symbol(int i) {
    return symbols[i];
  }

  /** Bytes of the name of symbol {@code i}, without its NUL. */
  int nameLength(ObjectFile f, int i) {
    return i < lengths.length ? lengths[i] : f.nameLength(symbols[i] - f.firstGlobal());
  }

  /** How many are local in the output. */
  int locals() {
    return locals;
  }

  /** Bytes of all names, with their NULs. */
  long nameBytes() {
    return nameBytes;
  }

  /** Whether there is an IFUNC or a unique symbol. */
  boolean hasGnuSymbols() {
    return gnu;
  }
}
