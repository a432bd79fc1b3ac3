package io.jld.plugin;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.MadeObject;
import io.jld.input.ObjectFile;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * An object that takes the place of intermediate code until that is compiled: it has the symbols
 * that the plug-in tells, and no content. So these are resolved by the same code and the same rules
 * as all others. Its global symbols are the plug-in's, in their order.
 */
final class StandIn {
  private StandIn() {}

  /**
   * @param allocate gives memory of a size in bytes, filled with zeros
   */
  static MemorySegment object(
      List<PluginSymbol> symbols, ElfClass elf, int machine, LongFunction<MemorySegment> allocate) {
    MadeObject o = new MadeObject(elf, machine);
    Map<String, Integer> groups = new HashMap<>();
    for (PluginSymbol s : symbols) {
      int shndx =
          switch (s.kind()) {
            case UNDEF, WEAKUNDEF -> Elf.SHN_UNDEF;
            case COMMON -> ObjectFile.COMMON;
            default ->
                s.comdat() == null ? MadeObject.DATA : groups.computeIfAbsent(s.comdat(), o::group);
          };
      int binding = s.kind().isWeak() ? Elf.STB_WEAK : Elf.STB_GLOBAL;
      int type =
          switch (s.type()) {
            case FUNCTION -> Elf.STT_FUNC;
            case VARIABLE -> Elf.STT_OBJECT;
            case UNKNOWN -> Elf.STT_NOTYPE;
          };
      // The alignment of a common symbol is not told, and decides nothing here.
      long value = s.kind() == PluginSymbol.Kind.COMMON ? 1 : 0;
      o.add(s.name(), binding << 4 | type, s.visibility(), shndx, value, s.size());
    }
    return o.finish(MemorySegment.NULL, allocate);
  }
}
