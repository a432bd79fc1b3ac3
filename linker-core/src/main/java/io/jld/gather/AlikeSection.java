package io.jld.gather;

import io.jld.place.PlanItem;
import io.jld.place.PlanSection;
import io.jld.place.Traits;
import java.util.List;

/**
 * The last section of a layout that is most like an orphan: of the same traits and type, else such
 * that the two fit into one segment. The rules are GNU ld's.
 */
final class AlikeSection {
  private static final int SAME =
      Traits.CONTENTS | Traits.ALLOC | Traits.LOAD | Traits.READONLY | Traits.CODE | Traits.TLS;

  private final List<PlanItem> items;
  private final int traits;
  private final int type;
  private boolean exact;

  AlikeSection(List<PlanItem> items, Input orphan) {
    this.items = items;
    this.traits = orphan.traits();
    this.type = orphan.type();
  }

  /** Null where there is none. */
  PlanSection find() {
    PlanSection found = find(true);
    if (found != null) {
      return found;
    }
    found = find(false);
    exact = false;
    return found;
  }

  /** Whether what was found is like it in all respects. */
  boolean isExact() {
    return exact;
  }

  private PlanSection find(boolean sameType) {
    PlanSection found = last(sameType, SAME);
    exact = found != null;
    if (exact) {
      return found;
    }
    if ((traits & Traits.ALLOC) == 0) {
      return last(false, Traits.DEBUG);
    }
    if ((traits & Traits.CODE) != 0) {
      return last(sameType, SAME & ~Traits.READONLY);
    }
    if ((traits & Traits.READONLY) != 0) {
      return last(sameType, SAME & ~Traits.CODE & ~Traits.TLS);
    }
    if ((traits & Traits.TLS) != 0) {
      return threadLocal();
    }
    return (traits & Traits.CONTENTS) != 0
        ? last(sameType, Traits.CONTENTS | Traits.ALLOC | Traits.LOAD | Traits.TLS)
        : last(sameType, Traits.ALLOC);
  }

  private PlanSection last(boolean sameType, int mask) {
    PlanSection found = null;
    for (PlanItem item : items) {
      if (item instanceof PlanSection p
          && !(sameType && p.isMade() && p.type() != type)
          && ((traitsOf(p) ^ traits) & mask) == 0) {
        found = p;
      }
    }
    return found;
  }

  /** What nothing has made yet is what its name says. */
  private static int traitsOf(PlanSection p) {
    if (p.isMade()) {
      return p.traits();
    }
    int data = Traits.CONTENTS | Traits.ALLOC | Traits.LOAD;
    return switch (p.name()) {
      case ".text" -> data | Traits.READONLY | Traits.CODE;
      case ".rodata", ".interp" -> data | Traits.READONLY;
      case ".tdata" -> data | Traits.TLS;
      case ".data" -> data;
      case ".bss" -> Traits.ALLOC;
      case ".comment" -> Traits.CONTENTS;
      default -> 0;
    };
  }

  /** Thread-local data follow data, and their zeros follow them. */
  private PlanSection threadLocal() {
    PlanSection found = null;
    boolean seen = false;
    for (PlanItem item : items) {
      if (!(item instanceof PlanSection p)) {
        continue;
      }
      int look = traitsOf(p);
      int differ = look ^ (traits | Traits.LOAD | Traits.CONTENTS);
      if ((differ & (Traits.TLS | Traits.ALLOC)) == 0) {
        if ((look & Traits.LOAD) == 0 && (traits & Traits.LOAD) != 0) {
          break;
        }
        found = p;
        seen = true;
      } else if (seen) {
        break;
      } else if ((differ & (Traits.CONTENTS | Traits.ALLOC | Traits.LOAD)) == 0) {
        found = p;
      }
    }
    return found;
  }
}
