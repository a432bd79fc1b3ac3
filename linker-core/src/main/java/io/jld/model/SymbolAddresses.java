package io.jld.model;

/** What symbols are worth, once everything has its address. */
public interface SymbolAddresses {
  /** The value of the definition that counts: of an IFUNC the address of its resolver. */
  long defined(int symbol);
}
