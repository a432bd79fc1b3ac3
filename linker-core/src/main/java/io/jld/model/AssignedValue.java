package io.jld.model;

/**
 * The value of a symbol that a statement assigns.
 *
 * @param section what {@code offset} counts from; null for a number, which all values are where
 *     sections have addresses
 */
public record AssignedValue(OutputSection section, long offset) {
  public static AssignedValue of(long number) {
    return new AssignedValue(null, number);
  }
}
