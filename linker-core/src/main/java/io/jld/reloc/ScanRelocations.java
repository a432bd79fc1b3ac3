package io.jld.reloc;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.model.Context;
import io.jld.model.DynamicRelocs;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;

/**
 * Lets the architecture look at the relocations of all sections that are loaded: they ask for GOT
 * and PLT slots, copies and dynamic relocations, which must be counted before anything has an
 * address.
 */
public final class ScanRelocations {
  private ScanRelocations() {}

  /**
   * @param frames those of the records that {@code .eh_frame} is made of
   */
  public static void run(Context ctxt, OtherRelocations frames) {
    int n = ctxt.objects().size();
    ctxt.setDynamicRelocs(new DynamicRelocs[n]);
    ctxt.tasks()
        .forRanges(
            n,
            4,
            () -> new RelocReader(ctxt),
            (reader, from, to) -> {
              for (int o = from; o < to; o++) {
                scan(ctxt, o, reader);
              }
            });
    frames.scan(ctxt);
  }

  private static void scan(Context ctxt, int o, RelocReader reader) {
    LinkedObject object = ctxt.objects().get(o);
    ObjectFile f = object.file();
    DynamicRelocs dynamic = new DynamicRelocs();
    for (int i = 1, n = f.sectionCount(); i < n; i++) {
      if (f.relocSection(i) != 0
          && ctxt.sections().isLive(object.sectionId(i))
          && (f.flags(i) & SHF_ALLOC) != 0
          && f.type(i) != SHT_NOBITS) {
        MemorySegment content = ctxt.content(f, i);
        if (reader.open(object, i, content, 0, dynamic)) {
          ctxt.arch().scan(ctxt, reader);
        }
      }
    }
    if (dynamic.count() > 0) {
      ctxt.dynamicRelocs()[o] = dynamic;
    }
  }
}
