package io.jld.icf;

import static io.jld.elf.Elf.*;

import io.jld.dwarf.DwarfReader;
import io.jld.elf.Bytes;
import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;

/**
 * Of which sections the address matters: the program may compare it with another one. Compilers say
 * so in {@code .llvm_addrsig}, a list of symbols. Where an object has none, all of its data counts,
 * and a function where a relocation does anything with it but call it. What the output exports may
 * be compared elsewhere.
 */
final class Significance {
  /**
   * Tables of virtual functions, as the Itanium C++ ABI names them: the language has no way to
   * compare what stands in them.
   */
  private static final String[] VIRTUAL_TABLES = {
    ".rodata._ZTV", ".data.rel.ro._ZTV", ".data.rel.ro.local._ZTV",
    ".rodata._ZTC", ".data.rel.ro._ZTC", ".data.rel.ro.local._ZTC"
  };

  private final Context ctxt;

  /** Whether functions and data have addresses that may matter at all. */
  private final boolean ofCode;

  private final boolean ofData;

  /** Set from any thread, and only ever to true. */
  private final boolean[] significant;

  /** Whether an object says what matters, by the object's order. */
  private final boolean[] hasTable;

  private Significance(Context ctxt) {
    this.ctxt = ctxt;
    ofCode =
        ctxt.option(LinkOption.ICF) == LinkOption.Icf.SAFE
            && !ctxt.option(LinkOption.IGNORE_FUNCTION_ADDRESS_EQUALITY);
    ofData = !ctxt.option(LinkOption.IGNORE_DATA_ADDRESS_EQUALITY);
    significant = new boolean[ctxt.sections().count()];
    hasTable = new boolean[ctxt.objects().size()];
  }

  static Significance find(Context ctxt) {
    Significance s = new Significance(ctxt);
    if (s.ofCode || s.ofData) {
      s.find();
    }
    return s;
  }

  /** Whether the address of a section matters. */
  boolean matters(LinkedObject object, int section) {
    ObjectFile f = object.file();
    if ((f.flags(section) & SHF_EXECINSTR) != 0) {
      return ofCode && significant[object.sectionId(section)];
    }
    // The language's runtime reads what handles exceptions for a function that it knows.
    return ofData
        && f.kind(section) != SectionKind.GCC_EXCEPT_TABLE
        && (!hasTable[object.order()] || significant[object.sectionId(section)]);
  }

  private void find() {
    SymbolTable symbols = ctxt.symbols();
    ctxt.tasks()
        .forRanges(
            symbols.globals(),
            4096,
            (from, to) -> {
              int id = symbols.next(Math.max(1, from), to, SymbolTable.EXPORTED);
              while (id < to) {
                mark(id);
                id = symbols.next(id + 1, to, SymbolTable.EXPORTED);
              }
            });
    ctxt.tasks()
        .forRanges(
            hasTable.length,
            8,
            () -> new RelocReader(ctxt),
            (reader, from, to) -> {
              for (int o = from; o < to; o++) {
                LinkedObject object = ctxt.objects().get(o);
                int table = table(object.file());
                if (table != 0) {
                  hasTable[o] = true;
                  read(object, table);
                } else if (ofCode) {
                  relocations(object, reader);
                }
              }
            });
  }

  private void mark(int symbol) {
    significant[ctxt.symbols().section(symbol)] = true;
  }

  /**
   * The object's {@code .llvm_addrsig}; 0 where it has none that can be trusted: a tool that does
   * not know it, and has changed the symbol table, leaves it without one.
   */
  private static int table(ObjectFile f) {
    for (int i = f.sectionCount() - 1; i > 0; i--) {
      if (f.type(i) == SHT_LLVM_ADDRSIG && f.link(i) != 0 && f.link(i) == f.symbolTable()) {
        return i;
      }
    }
    return 0;
  }

  /** Marks what a table names: indices of symbols, in ULEB128. */
  private void read(LinkedObject object, int table) {
    ObjectFile f = object.file();
    DwarfReader in = reader(f, table);
    while (in.hasMore()) {
      long start = in.at();
      long sym = index(in);
      if (sym < 0 || sym >= f.symbolCount()) {
        throw new LinkException(
            DiagnosticCode.MALFORMED_CONTENT,
            f.location(table, start),
            "address-significance table has an invalid symbol index");
      }
      if (sym != 0) {
        mark(object.symbolId((int) sym));
      }
    }
  }

  private DwarfReader reader(ObjectFile f, int table) {
    byte[] content = Bytes.of(ctxt.content(f, table));
    return new DwarfReader(f, table, content, 0, content.length);
  }

  /** The next one; -1 where the table ends within it. */
  private static long index(DwarfReader in) {
    try {
      return in.uleb();
    } catch (LinkException e) {
      return -1;
    }
  }

  /** Marks what the object's relocations do more with than call it. */
  private void relocations(LinkedObject object, RelocReader reader) {
    ObjectFile f = object.file();
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      if (f.relocSection(i) != 0
          && ctxt.sections().isLive(object.sectionId(i))
          && (f.flags(i) & SHF_ALLOC) != 0
          && f.type(i) != SHT_NOBITS
          && f.kind(i) != SectionKind.GCC_EXCEPT_TABLE
          && !isVirtualTable(f, i)) {
        MemorySegment content = ctxt.content(f, i);
        boolean isCode = (f.flags(i) & SHF_EXECINSTR) != 0;
        if (reader.open(object, i, content, 0, null)) {
          while (reader.next()) {
            if (reader.type() != 0 && !(isCode && isCall(reader))) {
              mark(reader.symbol());
            }
          }
        }
      }
    }
  }

  private boolean isCall(RelocReader r) {
    return switch (ctxt.arch().reference(r.type())) {
      case CALL -> true;
      case DISPLACEMENT -> ctxt.arch().isBranch(r.content(), r.offset());
      default -> false;
    };
  }

  private static boolean isVirtualTable(ObjectFile f, int section) {
    SectionKind kind = f.kind(section);
    if (kind == SectionKind.RODATA || kind == SectionKind.DATA_REL_RO) {
      String name = f.sectionName(section);
      for (String prefix : VIRTUAL_TABLES) {
        if (name.startsWith(prefix)) {
          return true;
        }
      }
    }
    return false;
  }
}
