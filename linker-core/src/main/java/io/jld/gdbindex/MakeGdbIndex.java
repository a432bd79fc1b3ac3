package io.jld.gdbindex;

import io.jld.dwarf.DwarfFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code --gdb-index}: reads the debug information of what is linked, and hands on the {@link
 * GdbIndex} that follows from it. A debugger that finds an index looks nowhere else; so it has to
 * be whole, and where something has no place in it, or can't be read, there is a warning and none.
 */
public final class MakeGdbIndex {
  /** Offsets in the index have 32 bits. */
  private static final long MAX_SIZE = 0xffffffffL;

  private final Context ctxt;
  private final NamePool pool = new NamePool();

  private MakeGdbIndex(Context ctxt) {
    this.ctxt = ctxt;
  }

  public static void run(Context ctxt) {
    if (ctxt.option(LinkOption.STRIP) != LinkOption.Strip.NONE || ctxt.isBinary()) {
      return; // there will be nothing to find
    }
    GdbIndex index = new MakeGdbIndex(ctxt).make();
    if (index != null) {
      ctxt.handOn(index);
      dropLists(ctxt);
    }
  }

  private GdbIndex make() {
    List<ObjectIndex> objects = read();
    long units = 0;
    int types = 0;
    for (ObjectIndex x : objects) {
      units += x.units();
      types += x.types();
    }
    if (units == 0) {
      return null;
    }
    if (units > ObjectIndex.MAX_UNITS) {
      return refuse(Location.NONE, "more than 2^24 units");
    }
    if (types > 0 && hasBothTypes(objects)) {
      return refuse(
          Location.NONE,
          "there are type units of DWARF 4 and of DWARF 5, and its type list can tell of one kind");
    }
    try {
      ForeignNames.find(ctxt, pool, objects);
    } catch (LinkException e) {
      return refuse(e);
    }
    pool.sort(ctxt.tasks());
    int[][] numbers = number(objects, (int) units - types);
    CuVectors vectors = CuVectors.make(ctxt.tasks(), pool, objects, numbers);
    GdbIndex index =
        vectors == null ? null : new GdbIndex(ctxt.tasks(), objects, pool, numbers, types, vectors);
    return index == null || index.size() > MAX_SIZE
        ? refuse(Location.NONE, "it would be larger than 4 GiB")
        : index;
  }

  private GdbIndex refuse(Location where, String why) {
    ctxt.warning(DiagnosticCode.NO_GDB_INDEX, where, "no .gdb_index is made: " + why);
    return null;
  }

  private GdbIndex refuse(LinkException e) {
    Diagnostic d = e.diagnostics().getFirst();
    return refuse(d.location(), d.message());
  }

  /** Reads all objects; none where one of them is a reason to refuse. */
  private List<ObjectIndex> read() {
    List<LinkedObject> objects = ctxt.objects();
    ObjectIndex[] found = new ObjectIndex[objects.size()];
    LinkException[] failures = new LinkException[objects.size()];
    ctxt.tasks()
        .forRanges(
            found.length,
            4,
            NameBatch::new,
            (batch, from, to) -> {
              for (int o = from; o < to; o++) {
                if (DwarfFile.isIn(objects.get(o).file())) {
                  try {
                    found[o] = ObjectIndex.read(ctxt, objects.get(o), batch, pool);
                  } catch (LinkException e) {
                    failures[o] = e;
                  }
                }
              }
            });
    List<ObjectIndex> read = new ArrayList<>();
    boolean failed = false;
    for (int o = 0; o < found.length; o++) {
      if (failures[o] != null) {
        refuse(failures[o]);
        failed = true;
      } else if (found[o] != null && found[o].units() > 0) {
        read.add(found[o]);
      }
    }
    return failed ? List.of() : read;
  }

  /**
   * Whether there are type units in {@code .debug_types} and in {@code .debug_info}: an entry of
   * the list does not say in which it is, and GDB takes the first where that is there.
   */
  private static boolean hasBothTypes(List<ObjectIndex> objects) {
    boolean old = false;
    boolean recent = false;
    for (ObjectIndex x : objects) {
      for (int u = 0; u < x.units(); u++) {
        if (x.isType(u)) {
          boolean isOld = x.object().file().sectionName(x.section(u)).endsWith("debug_types");
          old |= isOld;
          recent |= !isOld;
        }
      }
    }
    return old && recent;
  }

  /** By object the number of each unit: compilation units come first. */
  private static int[][] number(List<ObjectIndex> objects, int compileUnits) {
    int[][] numbers = new int[objects.size()][];
    int unit = 0;
    int type = compileUnits;
    for (int o = 0; o < numbers.length; o++) {
      ObjectIndex x = objects.get(o);
      numbers[o] = new int[x.units()];
      for (int u = 0; u < x.units(); u++) {
        numbers[o][u] = x.isType(u) ? type++ : unit++;
      }
    }
    return numbers;
  }

  /** The compilers' lists are for the linker alone, and so is an index of what is linked here. */
  private static void dropLists(Context ctxt) {
    ctxt.tasks()
        .forEach(
            ctxt.objects().size(),
            o -> {
              LinkedObject object = ctxt.objects().get(o);
              if (DwarfFile.isIn(object.file())) {
                DwarfFile file = new DwarfFile(object.file(), ctxt.arch());
                for (String name : List.of(PubNames.NAMES, PubNames.TYPES, ".gdb_index")) {
                  for (int section : file.named(name)) {
                    ctxt.sections().clear(object.sectionId(section), SectionTable.LIVE);
                  }
                }
              }
            });
  }
}
