package io.jld.report;

import static io.jld.elf.Elf.*;

import io.jld.frame.EhFrame;
import io.jld.input.ObjectFile;
import io.jld.link.MapSink;
import io.jld.link.MapSink.References;
import io.jld.model.Context;
import io.jld.reloc.RelocReader;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * What each loaded section of the output refers to, for a {@link MapSink}. Debug information is
 * left out: it refers to all that it describes, and keeps nothing.
 */
final class ReferenceRows {
  private final Context ctxt;
  private final SectionTable sections;
  private final SymbolTable symbols;
  private final Consumer<References> sink;
  private final EhFrame frames;
  private final Numbers toSymbols = new Numbers();
  private final Numbers toSections = new Numbers();

  ReferenceRows(Context ctxt, Consumer<References> sink) {
    this.ctxt = ctxt;
    this.sections = ctxt.sections();
    this.symbols = ctxt.symbols();
    this.sink = sink;
    this.frames = EhFrame.of(ctxt);
  }

  void run() {
    RelocReader reader = new RelocReader(ctxt);
    for (LinkedObject o : ctxt.objects()) {
      ObjectFile f = o.file();
      for (int i = 1; i < f.sectionCount(); i++) {
        int id = o.sectionId(i);
        if ((f.flags(i) & SHF_ALLOC) != 0
            && sections.isLive(id)
            && !sections.has(id, SectionTable.EH_FRAME)) {
          if (reader.open(o, i, ctxt.content(f, i), 0, null)) {
            while (reader.next()) {
              add(o, reader.symbol());
            }
          }
          frames.forEachReference(ctxt, id, symbol -> add(o, symbol));
          if (toSymbols.count > 0 || toSections.count > 0) {
            sink.accept(new References(id, toSymbols.take(), toSections.take()));
          }
        }
      }
    }
  }

  private void add(LinkedObject object, int symbol) {
    if (symbol == 0) {
      return;
    }
    if (symbol < symbols.globals()) {
      toSymbols.add(symbol);
      return;
    }
    ObjectFile f = object.file();
    int sym = symbol - object.firstLocal();
    int ndx = f.shndx(sym);
    int section = ndx > 0 ? sections.kept(object.sectionId(ndx)) : 0;
    if (section != 0 && !sections.has(section, SectionTable.HAS_PLACE)) {
      return;
    }
    if (f.symbolType(sym) == STT_SECTION) {
      toSections.add(section);
    } else {
      toSymbols.add(symbol);
    }
  }

  /** Numbers as they come; then each once, in their order. */
  private static final class Numbers {
    private int[] all = new int[64];
    private int count;

    void add(int n) {
      if (count == all.length) {
        all = Arrays.copyOf(all, count * 2);
      }
      all[count++] = n;
    }

    /** Those that were added since the last call. */
    int[] take() {
      Arrays.sort(all, 0, count);
      int n = 0;
      for (int i = 0; i < count; i++) {
        if (n == 0 || all[i] != all[n - 1]) {
          all[n++] = all[i];
        }
      }
      count = 0;
      return Arrays.copyOf(all, n);
    }
  }
}
