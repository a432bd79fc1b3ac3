package io.jld.report;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.link.LinkOption;
import io.jld.link.MapSink;
import io.jld.link.OutputKind;
import io.jld.load.Extraction;
import io.jld.load.Extractions;
import io.jld.model.CallerException;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import io.jld.write.Tables;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** The link map as data, row by row, for each {@link MapSink} that the request has. */
final class MapFeed {
  private final Context ctxt;
  private final SectionTable sections;
  private final SymbolTable symbols;
  private final MapSink sink;

  private MapFeed(Context ctxt, MapSink sink) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.symbols = ctxt.symbols();
    this.sink = sink;
  }

  static void run(Context ctxt) {
    for (MapSink sink : ctxt.option(LinkOption.MAP_SINKS)) {
      run(ctxt, sink);
    }
  }

  static void run(Context ctxt, MapSink sink) {
    new MapFeed(ctxt, sink).run();
  }

  private void run() {
    OutputKind kind = ctxt.kind();
    CallerException.accept(
        sink::output,
        new MapSink.Output(
            ctxt.outputFile(),
            kind,
            ctxt.arch().info().name(),
            ctxt.elf.is64(),
            Tables.of(ctxt).size()));
    inputs();
    for (OutputSection s : Tables.of(ctxt).sections()) {
      CallerException.accept(
          sink::section,
          new MapSink.Section(
              s.index, s.name(), s.type(), s.flags(), s.seen(s.addr), s.offset, s.size, s.align()));
    }
    BitSet present = new ContentRows(ctxt, row -> CallerException.accept(sink::content, row)).run();
    globals();
    ctxt.objects().forEach(this::locals);
    new DroppedRows(ctxt, present, row -> CallerException.accept(sink::dropped, row)).run();
    if (sink.wantsReferences()) {
      new ReferenceRows(ctxt, row -> CallerException.accept(sink::references, row)).run();
    }
    CallerException.accept(s -> s.end(), sink);
  }

  private void inputs() {
    Map<LinkedFile, Extraction> why = new HashMap<>();
    for (Extraction e : Extractions.of(ctxt).list()) {
      why.put(e.member(), e);
    }
    for (LinkedObject o : ctxt.objects()) {
      input(o, null, true, why.get(o));
    }
    for (LinkedLibrary l : ctxt.shared()) {
      input(l, l.soname(), l.isNeeded(), null);
    }
  }

  private void input(LinkedFile file, String soname, boolean needed, Extraction why) {
    CallerException.accept(
        sink::input,
        new MapSink.Input(
            file.order(),
            file.file().fileName(),
            file.file().member(),
            soname,
            needed,
            why == null || why.symbol() == 0 ? null : symbols.name(why.symbol()),
            why == null || why.by() == null ? -1 : why.by().order()));
  }

  private void globals() {
    for (int id = 1; id < symbols.globals(); id++) {
      LinkedFile file = symbols.file(id);
      if (file instanceof LinkedObject o) {
        defined(id, o, symbols.index(id));
      } else if (file == ctxt.linker() || symbols.has(id, SymbolTable.REFERENCED)) {
        elsewhere(id, file);
      }
    }
  }

  private void elsewhere(int id, LinkedFile file) {
    int type = STT_NOTYPE;
    int binding = STB_GLOBAL;
    MapSink.Definition definition = MapSink.Definition.UNDEFINED;
    int input = -1;
    if (file instanceof LinkedLibrary l) {
      type = l.file().symbolType(symbols.index(id));
      definition = MapSink.Definition.SHARED;
      input = l.order();
    } else if (file != null) {
      definition = MapSink.Definition.LINKER;
    } else if (!symbols.has(id, SymbolTable.STRONG_REF)) {
      binding = STB_WEAK;
    }
    CallerException.accept(
        sink::symbol,
        new MapSink.Symbol(
            id,
            symbols.name(id),
            definition,
            input,
            0,
            file == null ? 0 : symbols.value(id),
            file == null ? 0 : symbols.size(id),
            type,
            binding,
            symbols.visibility(id)));
  }

  private void locals(LinkedObject object) {
    ObjectFile f = object.file();
    for (int i = 1; i < f.firstGlobal(); i++) {
      int type = f.symbolType(i);
      if (type != STT_SECTION && type != STT_FILE && f.shndx(i) != 0) {
        defined(object.firstLocal() + i, object, i);
      }
    }
  }

  private void defined(int id, LinkedObject object, int sym) {
    ObjectFile f = object.file();
    int ndx = f.shndx(sym);
    int section = ndx > 0 ? sections.kept(object.sectionId(ndx)) : 0;
    if (section != 0 && !sections.has(section, SectionTable.HAS_PLACE)) {
      return; // the section says so
    }
    boolean local = sym < f.firstGlobal();
    CallerException.accept(
        sink::symbol,
        new MapSink.Symbol(
            id,
            local ? f.symbolName(sym) : symbols.name(id),
            ndx == ObjectFile.ABS
                ? MapSink.Definition.ABSOLUTE
                : ndx == ObjectFile.COMMON ? MapSink.Definition.COMMON : MapSink.Definition.SECTION,
            object.order(),
            section,
            local ? local(id, object, sym, section) : symbols.value(id),
            local ? sections.symbolSize(object, sym) : symbols.size(id),
            f.symbolType(sym),
            f.symbolBinding(sym),
            local ? f.symbolOther(sym) & 3 : symbols.visibility(id)));
  }

  /** {@code -r} leaves the column of values empty for local symbols. */
  private long local(int id, LinkedObject object, int sym, int section) {
    return ctxt.kind() == OutputKind.RELOCATABLE
        ? sections.addr[section] + object.file().symbolValue(sym)
        : symbols.value(id);
  }
}
