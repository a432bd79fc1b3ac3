package io.jld.write;

import static io.jld.elf.Elf.*;

import io.jld.input.NameWindow;
import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;
import java.util.Set;

/**
 * The symbols of an object that are in {@code .symtab}: its local ones that stay, then the global
 * ones that it defines. They are chosen once, when the table is counted, and written later.
 */
public final class SymTabShare {
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

  /** Chooses the symbols of one object after the other; what is live is known. */
  static final class Chooser {
    private final Context ctxt;
    private final NameWindow window = new NameWindow();
    private final LinkOption.Discard discard;

    /** Null for all. */
    private final Set<String> retained;

    // What the share will be made of, of the current object.
    private LinkedObject object;
    private ObjectFile file;
    private int[] chosen;
    private int[] lengths;
    private int count;
    private int hidden;
    private long bytes;
    private boolean gnu;

    Chooser(Context ctxt) {
      this.ctxt = ctxt;
      discard = ctxt.option(LinkOption.DISCARD);
      retained = ctxt.option(LinkOption.RETAIN_SYMBOLS);
    }

    SymTabShare of(LinkedObject o) {
      ObjectFile f = o.file();
      int symbols = f.symbolCount();
      int firstGlobal = f.firstGlobal();
      window.open(f.strings());
      object = o;
      file = f;
      chosen = new int[symbols];
      lengths = new int[Math.min(firstGlobal, symbols)];
      count = 0;
      hidden = 0;
      bytes = 0;
      gnu = false;
      if (discard != LinkOption.Discard.ALL) {
        for (int i = 1; i < firstGlobal; i++) {
          local(i);
        }
      }
      int locals = count;
      for (int i = firstGlobal; i < symbols; i++) {
        global(i);
      }
      return new SymTabShare(
          Arrays.copyOf(chosen, count),
          Arrays.copyOf(lengths, locals),
          locals + hidden,
          bytes,
          gnu);
    }

    private void local(int i) {
      if (keepsLocal(i) && isRetained(i)) {
        int length = window.length(file.symbolNameOffset(i));
        lengths[count] = length;
        add(i, length);
      }
    }

    private void global(int i) {
      SymbolTable symbols = ctxt.symbols();
      int id = object.symbolNameId(i);
      if (symbols.isDefinedBy(id, object.order(), i) && !symbols.isDiscarded(id) && isRetained(i)) {
        hidden += SymbolWriter.isLocal(symbols, id) ? 1 : 0;
        add(i, file.names().length(i - file.firstGlobal()));
      }
    }

    private void add(int i, int nameLength) {
      bytes += nameLength + 1;
      gnu |=
          file.symbolType(i) == STT_GNU_IFUNC
              || (file.symbolBinding(i) == STB_GNU_UNIQUE && ctxt.option(LinkOption.GNU_UNIQUE));
      chosen[count++] = i;
    }

    private boolean isRetained(int i) {
      return retained == null || retained.contains(file.symbolName(i));
    }

    private boolean keepsLocal(int i) {
      long name = file.symbolNameOffset(i);
      if (name == 0 || file.symbolType(i) == STT_SECTION) {
        return false;
      }
      int ndx = file.shndx(i);
      int section = ndx > 0 ? ctxt.sections().kept(object.sectionId(ndx)) : 0;
      if (ndx == 0 || (ndx > 0 && !ctxt.sections().has(section, SectionTable.HAS_PLACE))) {
        return false;
      }
      if (ndx > 0 && ctxt.sections().isLive(section) && ctxt.outputOf(section).index == 0) {
        return false; // the output section is dropped, because it is empty
      }
      if (discard == LinkOption.Discard.NONE || !window.startsWith(name, ".L")) {
        return true;
      }
      return discard == LinkOption.Discard.SEC_MERGE
          && !(ndx > 0 && ctxt.sections().has(section, SectionTable.MERGED));
    }
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
    return i < lengths.length ? lengths[i] : f.names().length(symbols[i] - f.firstGlobal());
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
