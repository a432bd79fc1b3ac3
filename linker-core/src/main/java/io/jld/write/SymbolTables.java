package io.jld.write;

import io.jld.model.Context;
import java.lang.foreign.MemorySegment;

/** The symbols of an output and their names: {@code .symtab} and what belongs to it. */
public interface SymbolTables {
  /** Size of {@code .symtab} in bytes. */
  long size();

  /** Size of {@code .strtab} in bytes. */
  long stringSize();

  /** Size of {@code .symtab_shndx} in bytes, where there is one. */
  long extendedSize();

  /** {@code sh_info}: index of the first symbol that is not local. */
  int locals();

  /** Whether a symbol asks for {@code ELFOSABI_GNU}: an IFUNC or a unique one. */
  boolean hasGnuSymbols();

  /**
   * Writes all of them, by the link's tasks.
   *
   * @param table {@code .symtab}
   * @param names {@code .strtab}
   * @param extended {@code .symtab_shndx}, all zeros; null where there is none
   */
  void write(Context ctxt, MemorySegment table, MemorySegment names, MemorySegment extended);
}
