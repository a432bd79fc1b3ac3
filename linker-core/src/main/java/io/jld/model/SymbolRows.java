package io.jld.model;

import io.jld.elf.TableWriter;
import java.lang.foreign.MemorySegment;

/** The link's symbols as entries of a symbol table; everything has its address. */
public interface SymbolRows {
  static SymbolRows of(Context ctxt) {
    return ctxt.get(SymbolRows.class);
  }

  /**
   * Writes a symbol.
   *
   * @param out takes the entry
   * @param index of the symbol in the table
   * @param id the symbol's number
   * @param name offset of its name in the string table
   * @param extended {@code .symtab_shndx}; null where there is none
   */
  void put(TableWriter out, int index, int id, int name, MemorySegment extended);
}
