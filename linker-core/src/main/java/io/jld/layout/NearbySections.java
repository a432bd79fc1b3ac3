package io.jld.layout;

import static io.jld.elf.Elf.*;

import io.jld.model.OutputSection;
import io.jld.plan.SectionRef;
import io.jld.plan.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives symbols of sections that are dropped, because nothing is in them, to a section beside: the
 * one before or the one after, whichever is more like the dropped one; as GNU ld does.
 */
final class NearbySections {
  private final Map<OutputSection, OutputSection> before = new HashMap<>();
  private final Map<OutputSection, OutputSection> after = new HashMap<>();

  NearbySections(List<PlanItem> items) {
    OutputSection last = null;
    List<OutputSection> dropped = new ArrayList<>();
    for (PlanItem item : items) {
      if (item instanceof PlanSection p && !p.kept) {
        before.put(p.out, last);
        dropped.add(p.out);
      } else if (item instanceof PlanSection p) {
        last = p.out;
        for (OutputSection d : dropped) {
          after.put(d, last);
        }
        dropped.clear();
      }
    }
  }

  /** The same address in a section of the output. */
  Value move(Value v) {
    if (v == null || !(v.section() instanceof OutputSection s) || !before.containsKey(s)) {
      return v;
    }
    OutputSection best = best(s, v.address());
    SectionRef in = best == null ? SectionRef.ABSOLUTE : best;
    return new Value(in, v.address() - in.address());
  }

  private OutputSection best(OutputSection s, long addr) {
    OutputSection b = before.get(s);
    OutputSection a = after.get(s);
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    long differ = a.flags() ^ b.flags();
    long unlike = a.flags() ^ s.flags();
    if ((differ & (SHF_ALLOC | SHF_TLS)) != 0 || a.isNobits() != b.isNobits()) {
      return (unlike & (SHF_ALLOC | SHF_TLS)) != 0 || a.isNobits() ? b : a;
    }
    for (long flag : new long[] {SHF_WRITE, SHF_EXECINSTR}) {
      if ((differ & flag) != 0) {
        return (unlike & flag) != 0 ? b : a;
      }
    }
    return Long.compareUnsigned(addr, a.addr) < 0 ? b : a;
  }
}
