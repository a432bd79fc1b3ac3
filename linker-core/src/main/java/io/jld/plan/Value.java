package io.jld.plan;

/**
 * The value of an expression.
 *
 * @param section what {@code number} counts from: {@link SectionRef#ABSOLUTE} for an address; null
 *     for a plain number, which becomes one or the other by its use
 */
public record Value(SectionRef section, long number) {
  public static Value ofNumber(long number) {
    return new Value(null, number);
  }

  public static Value ofAddress(long address) {
    return new Value(SectionRef.ABSOLUTE, address);
  }

  public boolean isNumber() {
    return section == null;
  }

  public boolean isAbsolute() {
    return section == SectionRef.ABSOLUTE;
  }

  /** The number itself, or the address that it means. */
  public long address() {
    return section == null ? number : section.address() + number;
  }

  /** The same as an absolute value. */
  public Value toAbsolute() {
    return isAbsolute() ? this : ofAddress(address());
  }

  /**
   * What an assignment gives: a number counts from the section in which the statement stands.
   *
   * @param here that section, {@link SectionRef#ABSOLUTE} outside of output sections
   */
  public Value in(SectionRef here) {
    return section == null ? new Value(here, number) : this;
  }
}
