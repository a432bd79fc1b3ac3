package io.jld.model;

import io.jld.symbol.LinkedObject;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The definitions that have a versioned name beside their own ({@code .symver}), which takes their
 * place in this link. Written by one thread, then read by all.
 */
public final class Twins {
  private final Map<LinkedObject, BitSet> symbols = new IdentityHashMap<>();

  /** Notes that the versioned name of a definition, which has the same number, takes its place. */
  public void add(LinkedObject file, int symbol) {
    symbols.computeIfAbsent(file, f -> new BitSet()).set(symbol);
  }

  /** Those of a file, by their indices; null where there are none. */
  public BitSet of(LinkedObject file) {
    return symbols.isEmpty() ? null : symbols.get(file);
  }
}
