package io.jld.resolve;

import io.jld.input.InputFile;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.input.SectionKind;
import io.jld.link.LinkOption;
import io.jld.link.OutputKind;
import io.jld.load.LinkerNames;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The symbols that the linker defines itself, where something refers to them and no object does.
 */
public final class LinkerSymbols {
  private LinkerSymbols() {}

  /** Defines what options and references ask for, where no object does. */
  static void define(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    int order = ctxt.linker().order();
    for (String name : LinkerNames.wanted(ctxt)) {
      symbols.setFlags(ctxt.names.find(name), SymbolTable.REFERENCED);
    }
    AssignSymbols.run(ctxt);
    if (ctxt.kind() == OutputKind.RELOCATABLE) {
      if (ctxt.option(LinkOption.GC_SECTIONS)) {
        defineStartStop(ctxt); // to keep what they refer to
      }
      return; // the final link defines all others
    }
    for (String name : LinkerNames.provided(ctxt)) {
      int id = ctxt.names.find(name);
      if (symbols.has(id, SymbolTable.REFERENCED) && isProvided(ctxt, name)) {
        symbols.define(id, SymbolTable.KIND_PROVIDED, order, 0);
        if (symbols.kind(id) == SymbolTable.KIND_PROVIDED) {
          symbols.flag(id, SymbolTable.HIDDEN);
        }
        if (name.equals("_GLOBAL_OFFSET_TABLE_") && symbols.kind(id) == SymbolTable.KIND_PROVIDED) {
          ctxt.needGotBase();
        }
      }
    }
    defineStartStop(ctxt);
  }

  private static boolean isProvided(Context ctxt, String name) {
    return !name.equals("_DYNAMIC") || ctxt.isDynamic();
  }

  /** {@code __start_X} and {@code __stop_X} for sections whose name X is a C identifier. */
  private static void defineStartStop(Context ctxt) {
    SymbolTable symbols = ctxt.symbols();
    Map<String, List<Integer>> bySection = new HashMap<>();
    for (int id = 1; id < symbols.globals(); id++) {
      if (isWanted(symbols, id) && isStartStop(ctxt, id)) {
        String section = sectionOf(symbols.name(id));
        if (isIdentifier(section)) {
          bySection.computeIfAbsent(section, s -> new ArrayList<>()).add(id);
        }
      }
    }
    if (bySection.isEmpty()) {
      return;
    }
    Map<String, List<Integer>> sections = new HashMap<>();
    for (LinkedObject object : ctxt.objects()) {
      ObjectFile f = object.file();
      int n = f.has(SectionKind.IDENTIFIER) ? f.sectionCount() : 0;
      for (int i = 1; i < n; i++) {
        if (f.kind(i) == SectionKind.IDENTIFIER && ctxt.sections().isLive(object.sectionId(i))) {
          String name = f.sectionName(i);
          if (bySection.containsKey(name)) {
            sections.computeIfAbsent(name, s -> new ArrayList<>()).add(object.sectionId(i));
          }
        }
      }
    }
    sections.forEach(
        (section, ids) -> {
          for (int id : bySection.get(section)) {
            defineStartStop(ctxt, id, ids);
          }
        });
  }

  private static boolean isWanted(SymbolTable symbols, int id) {
    return symbols.has(id, SymbolTable.REFERENCED) && !symbols.isDefined(id);
  }

  private static void defineStartStop(Context ctxt, int id, List<Integer> sections) {
    ctxt.symbols().define(id, SymbolTable.KIND_PROVIDED, ctxt.linker().order(), 0);
    ctxt.symbols().flag(id, visibility(ctxt));
    int[] all = new int[sections.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = sections.get(i);
    }
    ctxt.startStop.put(id, all);
  }

  /**
   * The visibility of {@code __start_X} and {@code __stop_X} ({@code -z start-stop-visibility}):
   * protected by default, since every output has its own.
   */
  private static int visibility(Context ctxt) {
    for (String z : ctxt.option(LinkOption.Z_KEYWORDS)) {
      switch (z) {
        case "start-stop-visibility=default" -> {
          return 0;
        }
        case "start-stop-visibility=hidden", "start-stop-visibility=internal" -> {
          return SymbolTable.HIDDEN;
        }
        default -> {}
      }
    }
    return SymbolTable.PROTECTED;
  }

  private static boolean isStartStop(Context ctxt, int id) {
    InputFile f = ctxt.names.file(id);
    long off = f.names().offset(ctxt.names.index(id));
    return Names.startsWith(f.data(), off, "__start_")
        || Names.startsWith(f.data(), off, "__stop_");
  }

  /** As GNU ld has it: a section that begins with a digit has such symbols too. */
  private static boolean isIdentifier(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 0x80 || (c != '_' && !Character.isLetterOrDigit(c))) {
        return false;
      }
    }
    return true;
  }

  /** The X of {@code __start_X} and {@code __stop_X}. */
  public static String sectionOf(String name) {
    return name.substring(name.indexOf('_', 2) + 1);
  }
}
