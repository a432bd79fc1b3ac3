package io.jld.write;

import io.jld.asmb.Blocks;
import io.jld.asmb.OutBuf;
import io.jld.layout.AssignAddresses;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code --compress-debug-sections}: how long a section gets is known only when its content is,
 * relocations applied. So it is made here, in memory, section by section, before the file is
 * mapped: the addresses that it refers to are known, and what follows in the file has none. A
 * section that would not get shorter stays as it is.
 */
public final class CompressDebug {
  private static final byte[] ZEROS = {0};

  private CompressDebug() {}

  public static void run(Context ctxt) {
    if (ctxt.option(LinkOption.COMPRESS_DEBUG_SECTIONS) == LinkOption.CompressDebug.NONE) {
      return;
    }
    Map<OutputSection, CompressedSection> shorter = new LinkedHashMap<>();
    for (OutputSection s : ctxt.outputSections()) {
      if (!s.isAlloc()
          && s.name().startsWith(".debug")
          && s.length() > 0
          && s.length() <= Integer.MAX_VALUE - 16) {
        CompressedSection c = compress(ctxt, s);
        if (c.size() < s.size) {
          shorter.put(s, c);
        }
      }
    }
    ctxt.failOnErrors();
    if (shorter.isEmpty()) {
      return; // all stays where it is
    }
    Map<OutputSection, Long> was = new LinkedHashMap<>();
    Map<OutputSection, int[]> parts = new LinkedHashMap<>();
    shorter.forEach(
        (s, c) -> {
          was.put(s, s.addr);
          parts.put(s, Arrays.copyOf(s.items(), s.itemCount()));
          s.replace(c);
        });
    AssignAddresses.placeUnloadedAgain(ctxt);
    // Places in a section stay what they are for those who refer to its content.
    parts.forEach(
        (s, items) -> {
          for (int item : items) {
            if (item >= 0) {
              ctxt.sections().addr[item] += s.addr - was.get(s);
            }
          }
        });
  }

  private static CompressedSection compress(Context ctxt, OutputSection s) {
    LinkOption.CompressDebug how = ctxt.option(LinkOption.COMPRESS_DEBUG_SECTIONS);
    try (Arena arena = Arena.ofShared()) {
      OutBuf out = OutBuf.ofSize(ByteOrder.LITTLE_ENDIAN, arena, s.length());
      Blocks.writeBlocks(ctxt, out, ctxt.dwarfp(), s.addr, s.length(), ZEROS);
      return new CompressedSection(ctxt.elf, s, out.bytes(), ctxt.tasks(), how);
    }
  }
}
