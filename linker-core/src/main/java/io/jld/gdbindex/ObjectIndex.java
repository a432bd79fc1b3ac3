package io.jld.gdbindex;

import io.jld.dwarf.Attribute;
import io.jld.dwarf.DebugSection;
import io.jld.dwarf.DwarfFile;
import io.jld.dwarf.Ranges;
import io.jld.dwarf.Unit;
import io.jld.elf.Elf;
import io.jld.input.ObjectFile;
import io.jld.link.LinkException;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What an object brings into the index, in columns. */
final class ObjectIndex {
  static final String INFO = ".debug_info";

  /** Where DWARF 4 has type units. */
  static final String TYPES = ".debug_types";

  /** More units than an element of a CU vector can tell apart, in the whole link. */
  static final int MAX_UNITS = 1 << 24;

  private final Context ctxt;
  private final LinkedObject object;

  // Units, in the order of their sections and places:

  private int units;
  private int[] unitSection = new int[1];
  private int[] unitStart = new int[1];
  private int[] unitEnd = new int[1];

  /** Of type units; null where there is none. */
  private boolean[] isType;

  private long[] signature;
  private long[] typeOffset;

  /** For each unit, until its names have been read, whether they or its addresses are missing. */
  private boolean[] listed = new boolean[1];

  private boolean[] hasRanges = new boolean[1];
  private boolean[] isSplit = new boolean[1];

  // Addresses of live sections:

  private int areas;
  private int[] areaSection = new int[4];
  private long[] areaFrom = new long[4];
  private long[] areaTo = new long[4];
  private int[] areaUnit = new int[4];

  /** The unit whose addresses are read. */
  private int current;

  /** Names: their numbers in the pool, and what {@link NameBatch#add} says of them. */
  private int nameCount;

  private int[] names = {};

  private int[] references = {};

  /** What has its name in another unit. */
  private final List<ForeignNames.Reference> foreign = new ArrayList<>();

  private ObjectIndex(Context ctxt, LinkedObject object) {
    this.ctxt = ctxt;
    this.object = object;
  }

  /**
   * Reads an object.
   *
   * @param batch to work with
   * @param pool takes the names
   * @throws LinkException where its debug information is damaged, or of a form that has no index
   */
  static ObjectIndex read(Context ctxt, LinkedObject object, NameBatch batch, NamePool pool) {
    ObjectIndex x = new ObjectIndex(ctxt, object);
    DwarfFile file = new DwarfFile(object.file(), ctxt.arch());
    Ranges ranges = new Ranges(x::addArea);
    for (String name : new String[] {INFO, TYPES}) {
      for (int section : file.named(name)) {
        if (ctxt.sections().isLive(object.sectionId(section))) {
          x.readUnits(file, file.section(section), ranges);
        }
      }
    }
    if (x.units > 0) {
      x.readNames(file, ranges, batch, pool);
    }
    x.listed = null;
    x.hasRanges = null;
    x.isSplit = null;
    return x;
  }

  private void readUnits(DwarfFile file, DebugSection section, Ranges ranges) {
    for (int at = 0; at < section.bytes().length; ) {
      Unit unit = new Unit(file, section, at);
      current = add(unit);
      hasRanges[current] = ranges.read(unit, unit.root());
      isSplit[current] = unit.root().has(Attribute.DWO_NAME);
      at = unit.end();
    }
  }

  private int add(Unit unit) {
    if (units == unitStart.length) {
      int n = 2 * units;
      unitSection = Arrays.copyOf(unitSection, n);
      unitStart = Arrays.copyOf(unitStart, n);
      unitEnd = Arrays.copyOf(unitEnd, n);
      listed = Arrays.copyOf(listed, n);
      hasRanges = Arrays.copyOf(hasRanges, n);
      isSplit = Arrays.copyOf(isSplit, n);
      if (isType != null) {
        isType = Arrays.copyOf(isType, n);
        signature = Arrays.copyOf(signature, n);
        typeOffset = Arrays.copyOf(typeOffset, n);
      }
    }
    if (units == MAX_UNITS) {
      throw unit.section().bad(unit.start(), "too many units");
    }
    unitSection[units] = unit.section().index();
    unitStart[units] = unit.start();
    unitEnd[units] = unit.end();
    if (unit.isType()) {
      if (isType == null) {
        isType = new boolean[unitStart.length];
        signature = new long[unitStart.length];
        typeOffset = new long[unitStart.length];
      }
      isType[units] = true;
      signature[units] = unit.signature();
      typeOffset[units] = unit.typeOffset();
    }
    return units++;
  }

  private void addArea(int section, long from, long to) {
    ObjectFile f = object.file();
    if ((f.flags(section) & Elf.SHF_ALLOC) == 0
        || !ctxt.sections().isLive(object.sectionId(section))) {
      return; // nobody executes it
    }
    if (areas == areaUnit.length) {
      areaSection = Arrays.copyOf(areaSection, 2 * areas);
      areaFrom = Arrays.copyOf(areaFrom, 2 * areas);
      areaTo = Arrays.copyOf(areaTo, 2 * areas);
      areaUnit = Arrays.copyOf(areaUnit, 2 * areas);
    }
    areaSection[areas] = section;
    areaFrom[areas] = from;
    areaTo[areas] = to;
    areaUnit[areas++] = current;
  }

  private void readNames(DwarfFile file, Ranges ranges, NameBatch batch, NamePool pool) {
    batch.clear();
    PubNames.read(file, this::list, batch);
    DieNames dies = null;
    for (int u = 0; u < units; u++) {
      if (listed[u] && (hasRanges[u] || isSplit[u])) {
        continue;
      }
      DebugSection section = file.section(unitSection[u]);
      if (isSplit[u]) {
        throw section.bad(
            unitStart[u], "its names are in a .dwo file alone; compile with -ggnu-pubnames");
      }
      current = u;
      dies = dies == null ? new DieNames(file, batch, ranges, this::refer) : dies;
      dies.read(new Unit(file, section, unitStart[u]), u, !hasRanges[u]);
    }
    names = pool.add(batch);
    nameCount = names.length;
    references = batch.references();
  }

  private void refer(int reference, int section, long offset, int symbol) {
    int id = section == 0 ? 0 : object.sectionId(section);
    long at = offset;
    if (section == 0 && symbol >= object.file().firstGlobal()) {
      int s = object.symbolId(symbol);
      if (ctxt.symbols().file(s) instanceof LinkedObject definer) {
        int index = ctxt.symbols().index(s);
        int ndx = definer.file().shndx(index);
        if (ndx > 0) {
          id = definer.sectionId(ndx);
          at += definer.file().symbolValue(index);
        }
      }
    }
    if (id != 0) {
      foreign.add(new ForeignNames.Reference(id, at, this, reference));
    }
  }

  List<ForeignNames.Reference> foreign() {
    return foreign;
  }

  /** Adds a name that was found elsewhere; from any thread. */
  synchronized void addName(int number, int reference) {
    if (nameCount == names.length) {
      names = Arrays.copyOf(names, 2 * nameCount + 16);
      references = Arrays.copyOf(references, names.length);
    }
    names[nameCount] = number;
    references[nameCount++] = reference;
  }

  private int list(int section, long offset) {
    for (int u = 0, lo = 0, hi = units; lo < hi; ) {
      u = (lo + hi) >>> 1;
      int order = order(u, section, offset);
      if (order == 0) {
        listed[u] = true;
        return u;
      } else if (order < 0) {
        lo = u + 1;
      } else {
        hi = u;
      }
    }
    return -1;
  }

  private int order(int u, int section, long offset) {
    return unitSection[u] != section
        ? Integer.compare(unitSection[u], section)
        : Long.compare(unitStart[u], offset);
  }

  LinkedObject object() {
    return object;
  }

  int units() {
    return units;
  }

  int section(int unit) {
    return unitSection[unit];
  }

  int start(int unit) {
    return unitStart[unit];
  }

  int length(int unit) {
    return unitEnd[unit] - unitStart[unit];
  }

  boolean isType(int unit) {
    return isType != null && isType[unit];
  }

  int types() {
    int n = 0;
    for (int u = 0; isType != null && u < units; u++) {
      n += isType[u] ? 1 : 0;
    }
    return n;
  }

  /** Of a type unit. */
  long signature(int unit) {
    return signature[unit];
  }

  /** Of a type unit. */
  long typeOffset(int unit) {
    return typeOffset[unit];
  }

  int areas() {
    return areas;
  }

  int areaSection(int area) {
    return areaSection[area];
  }

  long areaFrom(int area) {
    return areaFrom[area];
  }

  long areaTo(int area) {
    return areaTo[area];
  }

  int areaUnit(int area) {
    return areaUnit[area];
  }

  int names() {
    return nameCount;
  }

  /** A name's number in the pool. */
  int name(int i) {
    return names[i];
  }

  /** The unit that knows it, shifted left by 8, and its {@link Kind} there. */
  int reference(int i) {
    return references[i];
  }
}
