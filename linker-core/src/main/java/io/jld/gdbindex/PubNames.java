package io.jld.gdbindex;

import io.jld.dwarf.DebugSection;
import io.jld.dwarf.DwarfFile;
import io.jld.dwarf.DwarfReader;
import io.jld.dwarf.Place;
import io.jld.link.LinkException;

/**
 * The names that a compiler has listed for an index ({@code -ggnu-pubnames}): those of {@code
 * .debug_gnu_pubnames} and {@code .debug_gnu_pubtypes}, which are DWARF 4's lookup tables (section
 * 6.1.1) with a byte of flags before each name.
 */
final class PubNames {
  static final String NAMES = ".debug_gnu_pubnames";
  static final String TYPES = ".debug_gnu_pubtypes";

  private PubNames() {}

  /** Tells units by their places. */
  @FunctionalInterface
  interface Units {
    /**
     * The number of the unit that begins at a place, which gets marked as listed; negative: none.
     */
    int listed(int section, long offset);
  }

  /**
   * Reads all of an object's lists.
   *
   * @throws LinkException where they are damaged
   */
  static void read(DwarfFile file, Units units, NameBatch batch) {
    for (String name : new String[] {NAMES, TYPES}) {
      for (int index : file.named(name)) {
        DebugSection section = file.section(index);
        for (DwarfReader all = section.reader(0); all.hasMore(); ) {
          int end = all.unitEnd();
          boolean dwarf64 = end < 0;
          end = dwarf64 ? ~end : end;
          readSet(file, section, section.reader(all.at(), end), dwarf64, units, batch);
          all.seek(end);
        }
      }
    }
  }

  private static void readSet(
      DwarfFile file,
      DebugSection section,
      DwarfReader in,
      boolean dwarf64,
      Units units,
      NameBatch batch) {
    int version = in.u16();
    if (version != 2) {
      throw in.bad(in.at() - 2, "unknown version " + version + " of a list of names");
    }
    Place unit = new Place();
    int at = in.at();
    file.follow(section, at, in.offset(dwarf64), ".debug_info", unit);
    in.offset(dwarf64); // the unit's length
    int number = units.listed(unit.section(), unit.offset());
    while (in.hasMore() && in.offset(dwarf64) != 0) {
      int flags = in.u8() & Kind.MASK;
      int name = in.at();
      int length = in.string();
      if (number >= 0 && length > 0) {
        int text = batch.begin();
        batch.append(section.bytes(), name, length);
        batch.add(text, length, number << 8 | flags);
      }
    }
  }
}
