package io.jld.place;

import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.model.OutputSection;
import io.jld.plan.Expression;
import io.jld.plan.OutputSectionStatement;
import io.jld.plan.OverlayStatement;
import java.util.Set;

/**
 * Load addresses: {@code AT}, {@code AT>}; else as far from the address as that of the section
 * before in the same region. The rules are GNU ld's.
 */
final class LoadAddresses {
  private final Regions regions;
  private final boolean relocatable;

  /** The sections whose addresses options give, as a statement might. */
  private final Set<String> asked;

  LoadAddresses(Regions regions, boolean relocatable, Set<String> asked) {
    this.regions = regions;
    this.asked = asked;
    this.relocatable = relocatable;
  }

  /**
   * The region that a section says, or its overlay, or the section that an orphan follows; null for
   * none.
   */
  static String region(PlanSection p) {
    OverlayStatement o = home(p).overlay;
    if (o != null && o.region() != null) {
      return o.region();
    }
    if (o != null && o.loadRegion() != null && o.start() == null) {
      return o.loadRegion();
    }
    OutputSectionStatement s = statement(p);
    if (s == null) {
      return null;
    }
    return s.region() == null && s.loadRegion() != null && s.address() == null
        ? s.loadRegion()
        : s.region();
  }

  /** The statement that says where it goes: its own, or that of the section an orphan follows. */
  static OutputSectionStatement statement(PlanSection p) {
    return home(p).statement;
  }

  /** The section itself, or the one of the script that an orphan follows. */
  private static PlanSection home(PlanSection p) {
    PlanSection at = p;
    while (at.statement == null && at.likes != null) {
      at = at.likes;
    }
    return at;
  }

  /**
   * The load region that it says; else that of the section before if they are in one region and
   * nothing else is said.
   *
   * @param before the section before in the script, whose region has been found
   */
  Regions.Region regionFor(PlanSection p, PlanSection before, Regions.Region ofBefore) {
    OutputSectionStatement s = statement(p);
    OverlayStatement o = home(p).overlay;
    String name =
        o != null && o.loadRegion() != null ? o.loadRegion() : s == null ? null : s.loadRegion();
    if (name != null && s != null && s.loadAddress() != null) {
      throw s.place()
          .error(
              DiagnosticCode.SCRIPT_COMMAND,
              "section '" + s.name() + "' has both a load address and a load region");
    }
    if (name != null) {
      return regions.named(s, name);
    }
    boolean says =
        p.overlay != null && !followsOn(p)
            || asked.contains(p.name())
            || (p.statement != null
                && (p.statement.loadAddress() != null || p.statement.address() != null));
    if (before == null || says) {
      return null;
    }
    String own = region(p);
    String other = region(before);
    boolean same =
        own == null ? other == null : other != null && regions.of(own) == regions.of(other);
    return same ? ofBefore : null;
  }

  /** Whether it is an overlay's first section, whose place nothing says. */
  private static boolean followsOn(PlanSection p) {
    return p.statement == p.overlay.sections().getFirst()
        && p.overlay.start() == null
        && p.overlay.loadAddress() == null;
  }

  /**
   * The load address of a section that has its address and size.
   *
   * @param at what {@code AT} says; null for nothing
   * @param load the load region; null for none
   * @param moved by how much it was moved to be aligned
   * @param align the alignment that it was given
   * @param ownAlign what {@code ALIGN} says
   */
  long of(
      PlanSection p,
      Long at,
      Regions.Region region,
      Regions.Region load,
      long moved,
      long align,
      long ownAlign) {
    OutputSection out = p.out;
    if (at != null) {
      return at;
    }
    if (load != null) {
      OutputSectionStatement s = statement(p);
      if (s != null && s.alignWithInput()) {
        return load.current + moved;
      }
      return ElfClass.align(load.current, load == region ? align : ownAlign);
    }
    if (region.last == null || (p.traits() & Traits.ALLOC) == 0) {
      return out.addr;
    }
    OutputSection last = region.last.out;
    boolean back =
        Long.compareUnsigned(out.addr, last.addr) < 0
            && out.size != 0
            && Long.compareUnsigned(out.addr + out.size, last.addr) <= 0;
    if (back) {
      return out.addr;
    }
    long natural =
        p.overlay != null && p.statement != p.overlay.sections().getFirst()
            ? last.loadAddr + last.size // what shares an address is loaded side by side
            : out.addr + last.loadAddr - last.addr;
    return ElfClass.align(natural, align);
  }

  /** Notes whether sections after it follow its load address. */
  void follow(PlanSection p, Regions.Region region, Regions.Region load, boolean overlay) {
    OutputSection out = p.out;
    boolean follows =
        !Traits.isIgnored(p.traits())
            && (out.size != 0
                || (region.last == null && out.addr != out.loadAddr)
                || (region.last != null
                    && Long.compareUnsigned(out.addr, region.last.out.addr) >= 0));
    if ((follows || overlay) && load == null && !relocatable) {
      region.last = p;
    }
  }

  /** {@code AT}'s expression; null where there is none. */
  static Expression at(PlanSection p) {
    return p.statement == null ? null : p.statement.loadAddress();
  }
}
