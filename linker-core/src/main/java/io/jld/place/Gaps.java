package io.jld.place;

import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.synth.ScriptData;
import java.util.ArrayList;
import java.util.List;

/** The gaps in an output section that a script fills: {@code =fill} and {@code FILL}. */
final class Gaps {
  private final String section;
  private final List<ScriptData> gaps = new ArrayList<>();

  Gaps(String section) {
    this.section = section;
  }

  void add(long addr, long size, byte[] pattern) {
    ScriptData gap = new ScriptData(section, pattern);
    gap.setAddr(addr);
    gap.setSize(size);
    gaps.add(gap);
  }

  /** Puts them among the contents of the section, which have their addresses. */
  void addTo(Context ctxt, OutputSection out) {
    if (gaps.isEmpty()) {
      return;
    }
    int[] old = java.util.Arrays.copyOf(out.items(), out.itemCount());
    int[] items = new int[old.length + gaps.size()];
    int n = 0;
    int g = 0;
    for (int item : old) {
      long addr = item < 0 ? out.synthetic(item).addr() : ctxt.sections().addr[item];
      while (g < gaps.size() && Long.compareUnsigned(gaps.get(g).addr(), addr) < 0) {
        items[n++] = out.addPart(gaps.get(g++));
      }
      items[n++] = item;
    }
    while (g < gaps.size()) {
      items[n++] = out.addPart(gaps.get(g++));
    }
    out.setItems(items);
  }
}
