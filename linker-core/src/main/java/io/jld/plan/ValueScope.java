package io.jld.plan;

import java.util.OptionalLong;

/**
 * What an expression may ask while a layout is walked. The walk is repeated until nothing changes,
 * so that much is not known in the first round.
 */
public interface ValueScope {
  /**
   * The output section in whose braces the statement stands; else {@link SectionRef#ABSOLUTE}, also
   * for the head of an output section.
   */
  SectionRef section();

  /** The location counter's address. */
  long counter();

  /**
   * The output section that an address belongs to outside of output sections, in the last round:
   * the one before the statement; the one after it if the location counter has been assigned to
   * since, or if there is none before; {@link SectionRef#ABSOLUTE} where there is none at all.
   */
  SectionRef counterSection();

  /** Whether what is not known is an error now. */
  boolean isLast();

  /** {@code LD_FEATURE("SANE_EXPR")}. */
  boolean isSane();

  /** A condition of {@code ?:} begins, or ends: what it refers to has no part in the value. */
  default void condition(boolean begins) {}

  /** A symbol's value as it is here and in this round; null where it is not known. */
  Value symbol(String name);

  /** {@code DEFINED}: by an object, or by a statement before this one. */
  boolean isDefined(String name);

  /**
   * A property of an output section; null where the section has no place yet or is none. {@code
   * SIZEOF} and {@code ALIGNOF} are numbers, {@code ADDR} is 0 in the section, {@code LOADADDR}
   * likewise or an address.
   */
  Value section(Expression.Property property, String name);

  /** {@code SIZEOF_HEADERS}, and what {@code CONSTANT} names. */
  long constant(Expression.Constant constant);

  /** {@code ORIGIN}, or {@code LENGTH}; empty where there is no such region. */
  OptionalLong region(boolean origin, String name);

  /** {@code SEGMENT_START}: the address that an option gives to a segment. */
  OptionalLong segmentStart(String name);

  /** {@code DATA_SEGMENT_ALIGN(maxPage, commonPage)}, outside of output sections. */
  OptionalLong dataSegmentAlign(long maxPage, long commonPage);

  /** {@code DATA_SEGMENT_RELRO_END(offset, address)}, outside of output sections. */
  OptionalLong dataSegmentRelroEnd(long offset, long address);

  /** {@code DATA_SEGMENT_END(address)}, outside of output sections. */
  OptionalLong dataSegmentEnd(long address);

  /** {@code RELRO_BEGIN(address)}, outside of output sections: gives the address. */
  long relroBegin(long address);

  /**
   * {@code RELRO_END(address)}, outside of output sections: gives the address, or the location
   * counter where nothing is read-only once it is relocated.
   */
  long relroEnd(long address);
}
