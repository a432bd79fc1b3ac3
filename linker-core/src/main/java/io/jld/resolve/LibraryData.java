package io.jld.resolve;

import static io.jld.elf.Elf.STT_TLS;

import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.model.Context;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Data of shared libraries that takes the place of common symbols. A common symbol is a tentative
 * definition: a library that has given the name a value has the definition, and the object's is a
 * reference to it, as with GNU ld. A library's definition that is all zeros, a function or weak
 * does not count for more than the object's own, which then stays; so it does where the symbol's
 * visibility keeps a library from defining it (gABI, "Symbol Visibility").
 */
public final class LibraryData {
  /** For each common symbol that has given way the strictest alignment that it asked for. */
  private final Map<Integer, Long> aligns = new HashMap<>();

  private LibraryData() {}

  /**
   * Makes references of the common symbols whose place such data takes; all definitions have been
   * offered. The symbol is as large as the largest of them.
   */
  static void replace(Context ctxt, List<LinkedObject> withCommons) {
    LibraryData data = new LibraryData();
    data.replaceCommons(ctxt, withCommons);
    ctxt.handOn(data);
  }

  public static LibraryData of(Context ctxt) {
    return ctxt.get(LibraryData.class);
  }

  private void replaceCommons(Context ctxt, List<LinkedObject> withCommons) {
    if (withCommons.isEmpty()) {
      return;
    }
    SymbolTable symbols = ctxt.symbols();
    for (LinkedLibrary library : ctxt.shared()) {
      SharedFile f = library.file();
      for (int r = 0; r < f.rows(); r++) {
        int id = library.nameId(r);
        if (symbols.isDefined(id)
            && symbols.kind(id) == SymbolTable.KIND_COMMON
            && !symbols.isOwn(id)
            && f.isInitialisedData(r)
            && isThreadLocal(symbols, id) == (f.symbolType(r) == STT_TLS)) {
          symbols.assign(id, SymbolTable.KIND_SHARED, library.order(), r);
          symbols.setFlags(id, SymbolTable.REFERENCED | SymbolTable.STRONG_REF);
          aligns.put(id, 1L);
        }
      }
    }
    for (LinkedObject object : aligns.isEmpty() ? List.<LinkedObject>of() : withCommons) {
      ObjectFile f = object.file();
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        int id = object.symbolNameId(i);
        if (f.shndx(i) == ObjectFile.COMMON && aligns.containsKey(id)) {
          aligns.merge(id, f.symbolValue(i), Math::max);
          if (f.symbolSize(i) > symbols.size(id)) {
            symbols.setSize(id, f.symbolSize(i));
          }
        }
      }
    }
  }

  private static boolean isThreadLocal(SymbolTable symbols, int common) {
    return ((LinkedObject) symbols.file(common)).file().symbolType(symbols.index(common))
        == STT_TLS;
  }

  /** The alignment that the common symbols of a name have asked for; 1 where there are none. */
  public long commonAlign(int id) {
    return aligns.getOrDefault(id, 1L);
  }
}
