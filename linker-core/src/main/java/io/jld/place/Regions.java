package io.jld.place;

import io.jld.link.DiagnosticCode;
import io.jld.model.Context;
import io.jld.plan.LayoutPlan;
import io.jld.plan.MemoryRegion;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.RegionAlias;
import io.jld.plan.Value;
import io.jld.plan.ValueScope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The regions of {@code MEMORY} and how full they are in this round; and one for what is in none of
 * them, which has all addresses.
 */
public final class Regions {
  /** A region. */
  static final class Region {
    /** Null for the one that has all addresses. */
    final MemoryRegion statement;

    long origin;
    long length;

    /** The next free address. */
    long current;

    /** Bytes that are used, once all have their places. */
    long used;

    /** The last section that was put here and whose load address others follow. */
    PlanSection last;

    Region(MemoryRegion statement) {
      this.statement = statement;
    }

    boolean isDefault() {
      return statement == null;
    }

    /** Bytes that are used beyond its end. */
    long overflow() {
      return overflow(current);
    }

    /** The same if the next free address were this one. */
    long overflow(long next) {
      long used = next - origin;
      return !isDefault() && Long.compareUnsigned(used, length) > 0 ? used - length : 0;
    }
  }

  private final Context ctxt;
  private final List<Region> regions = new ArrayList<>();
  private final Map<String, Region> byName = new HashMap<>();
  private final Region all = new Region(null);

  Regions(Context ctxt, LayoutPlan plan) {
    this.ctxt = ctxt;
    for (MemoryRegion r : plan.regions()) {
      Region region = new Region(r);
      regions.add(region);
      byName.putIfAbsent(r.name(), region);
    }
    for (RegionAlias a : plan.aliases()) { // each may name one before it
      byName.put(a.alias(), byName.get(a.region()));
    }
  }

  /** Empties them for a new round. */
  void start(ValueScope scope) {
    for (Region r : regions) {
      r.origin = number(r.statement.origin().value(scope));
      r.length = number(r.statement.length().value(scope));
      r.current = r.origin;
      r.last = null;
    }
    all.current = 0;
    all.last = null;
  }

  private static long number(Value v) {
    return v == null ? 0 : v.address();
  }

  /**
   * How full a region is.
   *
   * @param used bytes that have been given to sections
   * @param length of the region in bytes
   */
  public record Usage(String name, long used, long length) {}

  /** How full each one is, in the order of the script. */
  public List<Usage> usage() {
    return regions.stream().map(r -> new Usage(r.statement.name(), r.used, r.length)).toList();
  }

  /** Those of {@code MEMORY}, in its order. */
  List<Region> all() {
    return regions;
  }

  /** The one that has all addresses. */
  Region unnamed() {
    return all;
  }

  /** By its name or an alias; null where there is none. */
  Region of(String name) {
    return byName.get(name);
  }

  /** The first region that wants what a section is; the one that has all addresses otherwise. */
  Region like(int traits) {
    int attributes = (traits & Traits.ALLOC) != 0 ? MemoryRegion.ALLOC : 0;
    attributes |= (traits & Traits.LOAD) != 0 ? MemoryRegion.LOAD : 0;
    attributes |= (traits & Traits.CODE) != 0 ? MemoryRegion.EXEC : 0;
    attributes |= (traits & Traits.READONLY) != 0 ? MemoryRegion.READ : 0;
    boolean data =
        (traits & Traits.DATA) != 0
            || (traits & (Traits.ALLOC | Traits.READONLY | Traits.CODE)) == Traits.ALLOC;
    attributes |= data ? MemoryRegion.WRITE : 0;
    for (Region r : regions) {
      if (r.statement.matches(attributes)) {
        return r;
      }
    }
    return all;
  }

  Region named(OutputSectionStatement s, String name) {
    Region r = of(name);
    if (r == null) {
      throw s.place()
          .error(DiagnosticCode.MEMORY_REGION, "memory region '" + name + "' is not declared");
    }
    return r;
  }

  /** Reports regions that are too small. */
  void check() {
    for (Region r : regions) {
      r.used = r.current - r.origin;
      if (r.overflow() > 0) {
        ctxt.error(
            DiagnosticCode.REGION_OVERFLOW,
            r.statement.place().location(),
            "region '" + r.statement.name() + "' overflowed by " + r.overflow() + " bytes");
      }
    }
  }
}
