package io.jld.arch;

import java.util.List;

/**
 * The program properties that an architecture defines: what its objects' {@code .note.gnu.property}
 * sections may say beyond what all architectures share (Linux gABI extensions, "Program Property";
 * the psABI has the numbers). The core reads, merges and writes them, and knows of none of their
 * bits what it means; {@link io.jld.asmb.Link#property} has the result.
 *
 * @param ranges how they are merged, by their numbers; what no range has is left out of the output,
 *     with a warning
 * @param keywords the keywords of {@code -z} that set bits in the output
 * @param reports the keywords of {@code -z} that report objects without a bit
 * @since 0.1
 */
public record Properties(List<Range> ranges, List<Keyword> keywords, List<Report> reports) {
  /** Of an architecture that defines none. */
  public static final Properties NONE = new Properties(List.of(), List.of(), List.of());

  /** How the values that the objects have for one property become the output's. */
  public enum Rule {
    /** Four bytes: the bits that all objects have; an object without the property has none. */
    AND,
    /** Four bytes: the bits that any object has. */
    OR,
    /** Four bytes: the bits that any object has, if all objects have the property. */
    OR_AND,
    /** The largest value; as wide as an address. */
    MAX,
    /** There or not, without a value. */
    PRESENT
  }

  /**
   * The properties of a range of numbers.
   *
   * @param first its first number ({@code pr_type}), unsigned
   * @param last its last number
   */
  public record Range(int first, int last, Rule rule) {
    public boolean contains(int type) {
      return Integer.compareUnsigned(type, first) >= 0 && Integer.compareUnsigned(type, last) <= 0;
    }
  }

  /**
   * {@code -z ibt}: the user vouches for the output.
   *
   * @param property the property's number, one of four bytes
   * @param bits set in the output, whatever the objects say
   * @param mask the bits that the keyword decides on: of several keywords for the same one the last
   *     counts
   */
  public record Keyword(String keyword, int property, int bits, int mask) {}

  /**
   * {@code -z cet-report=warning} or {@code =error}: each object that lacks one of the bits is
   * reported.
   *
   * @param keyword without its value
   * @param property the property's number, one of four bytes
   * @param bits each with its name in the report
   */
  public record Report(String keyword, int property, List<Bit> bits) {}

  /**
   * A bit of a property, with its name.
   *
   * @param bit a number with this one bit set
   */
  public record Bit(int bit, String name) {}

  /**
   * Whether an argument of {@code -z}, {@code ibt} or {@code cet-report=error}, is one of these
   * keywords.
   */
  public boolean hasKeyword(String argument) {
    for (Keyword k : keywords) {
      if (k.keyword().equals(argument)) {
        return true;
      }
    }
    for (Report r : reports) {
      if (argument.startsWith(r.keyword() + "=")) {
        return true;
      }
    }
    return false;
  }
}
