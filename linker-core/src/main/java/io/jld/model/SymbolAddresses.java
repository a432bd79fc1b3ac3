package io.jld.model;

import io.jld.symbol.LinkedObject;

/** What symbols are worth, once everything has its address. */
public interface SymbolAddresses {
  /** The value of the definition that counts: of an IFUNC the address of its resolver. */
  long defined(int symbol);

  /**
   * The value of an object's definition, whether or not it is the one that counts.
   *
   * @param index of the symbol in the object
   * @param symbol its number
   */
  long inObject(LinkedObject object, int index, int symbol);
}
