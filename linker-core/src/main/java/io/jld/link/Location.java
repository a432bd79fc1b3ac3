package io.jld.link;

/**
 * A place in the inputs: as much of it as is known.
 *
 * @param file the input file's name as the user gave it, or {@code null}
 * @param member the archive member's name, or {@code null}
 * @param section the section's name, or {@code null}
 * @param offset byte offset in the section, or in the member or file where there is no section; -1
 *     if unknown
 * @param symbol the symbol concerned, or {@code null}
 * @since 0.1
 */
public record Location(String file, String member, String section, long offset, String symbol)
    implements Comparable<Location> {
  /** No place at all: the message concerns the link as a whole. */
  public static final Location NONE = new Location(null, null, null, -1, null);

  public static Location file(String file) {
    return new Location(file, null, null, -1, null);
  }

  public static Location file(String file, String member) {
    return new Location(file, member, null, -1, null);
  }

  public Location at(long newOffset) {
    return new Location(file, member, section, newOffset, symbol);
  }

  public Location section(String newSection, long newOffset) {
    return new Location(file, member, newSection, newOffset, symbol);
  }

  public Location symbol(String newSymbol) {
    return new Location(file, member, section, offset, newSymbol);
  }

  /** By name of file, member and section, then by offset; what is not known comes first. */
  @Override
  public int compareTo(Location o) {
    int c = compare(file, o.file);
    c = c != 0 ? c : compare(member, o.member);
    c = c != 0 ? c : compare(section, o.section);
    c = c != 0 ? c : Long.compare(offset, o.offset);
    return c != 0 ? c : compare(symbol, o.symbol);
  }

  private static int compare(String a, String b) {
    if (a == null || b == null) {
      return a == b ? 0 : a == null ? -1 : 1;
    }
    return a.compareTo(b);
  }

  /**
   * {@code FILE(MEMBER):(SECTION+0xOFF)}, shortened to the parts that are known; empty for {@link
   * #NONE}.
   */
  @Override
  public String toString() {
    if (file == null) {
      return "";
    }
    StringBuilder s = new StringBuilder(file);
    if (member != null) {
      s.append('(').append(member).append(')');
    }
    if (section != null) {
      s.append(":(").append(section);
      if (offset >= 0) {
        s.append("+0x").append(Long.toHexString(offset));
      }
      s.append(')');
    } else if (offset >= 0) {
      s.append(":0x").append(Long.toHexString(offset));
    }
    return s.toString();
  }
}
