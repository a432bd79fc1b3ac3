package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.arch.Need;
import io.jld.elf.ElfClass;
import io.jld.input.SharedFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.model.Synthetic;
import io.jld.resolve.LibraryData;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Space for the data of shared libraries that this executable refers to as if it were its own: the
 * loader copies it here ({@code R_*_COPY}), and the library's own references come here too. All
 * names that the library has for the data move together. What is read only in the library, or
 * becomes so when it has been relocated ({@code PT_GNU_RELRO}), does the same here; and what may be
 * far away there ({@code SHF_X86_64_LARGE}) may be so here.
 */
public final class CopyRelocs extends Synthetic {
  /** The parts of the space, in the order in which it is given. */
  enum Part {
    READ_ONLY(".bss.rel.ro", 0, DynamicRelocs.IN_COPY_RELRO),
    PLAIN(".bss", 0, DynamicRelocs.IN_COPY),
    LARGE(".lbss", SHF_X86_64_LARGE, DynamicRelocs.IN_COPY_LARGE);

    private final String section;
    private final long flags;
    private final int place;

    Part(String section, long flags, int place) {
      this.section = section;
      this.flags = flags;
      this.place = place;
    }

    static Part of(SharedFile f, int row) {
      return f.isReadOnly(row) ? READ_ONLY : f.isLarge(row) ? LARGE : PLAIN;
    }
  }

  private final Part part;
  private final Map<Integer, Long> offsets = new HashMap<>();
  private final DynamicRelocs relocs = new DynamicRelocs();
  private long size;
  private long align = 1;

  CopyRelocs(Part part) {
    super(part.section, SHT_NOBITS, SHF_ALLOC | SHF_WRITE | part.flags, 1, 0);
    this.part = part;
  }

  /** Finds the symbols that asked for a copy; the needs are complete. */
  public void collect(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    List<Integer> asked = new ArrayList<>();
    int end = symbols.globals();
    for (int id = symbols.next(1, end, Need.COPY);
        id < end;
        id = symbols.next(id + 1, end, Need.COPY)) {
      if (symbols.file(id) instanceof LinkedLibrary) {
        asked.add(id);
      }
    }
    for (int id : asked) {
      LinkedLibrary library = (LinkedLibrary) symbols.file(id);
      int row = symbols.index(id);
      if (Part.of(library.file(), row) == part && !offsets.containsKey(id)) {
        copy(ctxt, library, row, id);
      }
    }
  }

  private void copy(Context ctxt, LinkedLibrary library, int row, int id) {
    SharedFile f = library.file();
    if (f.isProtected(row)) {
      ctxt.error(
          DiagnosticCode.PROTECTED_COPY,
          Location.file(f.fileName()),
          "cannot copy protected symbol '"
              + ctxt.symbols().name(id)
              + "' of this library; recompile with -fPIC");
      return;
    }
    List<Integer> rows = sameData(ctxt.symbols(), library, row);
    long a = alignment(f, row);
    long bytes = Math.max(1, f.symbolSize(row));
    for (int r : rows) {
      a = Math.max(a, LibraryData.of(ctxt).commonAlign(library.nameId(r)));
      bytes = Math.max(bytes, ctxt.symbols().size(library.nameId(r)));
    }
    align = Math.max(align, a);
    long at = ElfClass.align(size, a);
    size = at + bytes;
    relocs.add(part.place, at, ctxt.arch().info().relocations().copy(), id, 0);
    int exported = row; // a symbol with a version may have two rows, and is exported once
    for (int r : rows) {
      int alias = library.nameId(r);
      offsets.put(alias, at);
      ctxt.symbols().flag(alias, Need.COPY);
      if (r == row || !(f.isSameSymbol(r, row) || f.isSameSymbol(r, exported))) {
        ctxt.symbols().flag(alias, SymbolTable.EXPORTED);
        exported = r;
      }
    }
  }

  /** The rows of all names that the library has for the data. */
  private static List<Integer> sameData(SymbolTable symbols, LinkedLibrary library, int row) {
    SharedFile f = library.file();
    List<Integer> rows = new ArrayList<>();
    for (int r = 0; r < f.rows(); r++) {
      if (f.isDefined(r)
          && f.symbolValue(r) == f.symbolValue(row)
          && f.symbolType(r) == f.symbolType(row)
          && symbols.file(library.nameId(r)) == library) {
        rows.add(r);
      }
    }
    return rows;
  }

  /** As strict as the section's, unless the address shows that the symbol needs less. */
  private static long alignment(SharedFile f, int row) {
    long value = f.symbolValue(row);
    long a = f.sectionAlign(row);
    return value == 0 ? a : Math.min(a, Long.lowestOneBit(value));
  }

  /** Whether the symbol's copy is in this part. */
  public boolean has(int id) {
    return offsets.containsKey(id);
  }

  /** The copy's address. */
  public long address(int id) {
    return addr() + offsets.get(id);
  }

  public DynamicRelocs relocs() {
    return relocs;
  }

  @Override
  public long align() {
    return align;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return !offsets.isEmpty();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0); // an input gave the section a type with content (objcopy can do so)
  }
}
