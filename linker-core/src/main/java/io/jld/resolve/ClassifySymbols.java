package io.jld.resolve;

import static io.jld.elf.Elf.*;

import io.jld.arch.Need;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkOption;
import io.jld.model.Context;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;

/**
 * Writes down for each symbol what the scan and the writers will ask of it millions of times: its
 * type, whether it moves with the output, whether the loader binds it. It stands after garbage
 * collection, which decides what is discarded.
 */
public final class ClassifySymbols {
  /**
   * Bytes of sections that are surely in reach of each other: 2 GiB, less what the linker makes and
   * aligns.
   */
  private static final long NEAR = (1L << 31) - (1L << 28);

  private final Context ctxt;
  private final SymbolTable symbols;
  private final Exports exports;

  /** {@link SymbolTable#FAR} where the output as a whole is too large for offsets of 32 bits. */
  private final int far;

  private ClassifySymbols(Context ctxt) {
    this.ctxt = ctxt;
    this.symbols = ctxt.symbols();
    this.exports = Exports.of(ctxt);
    this.far = size(ctxt) > NEAR ? SymbolTable.FAR : 0;
  }

  public static void run(Context ctxt) {
    ClassifySymbols c = new ClassifySymbols(ctxt);
    ctxt.symbols().setFlags(0, SymbolTable.ABSOLUTE);
    ctxt.tasks()
        .forRanges(
            c.symbols.globals(),
            4096,
            (from, to) -> {
              for (int id = Math.max(1, from); id < to; id++) {
                c.symbols.setFlags(id, c.global(id));
              }
            });
    AssignSymbols.needAddresses(ctxt);
    ctxt.tasks()
        .forRanges(
            ctxt.objects().size(),
            16,
            (from, to) -> {
              for (int o = from; o < to; o++) {
                LinkedObject object = ctxt.objects().get(o);
                for (int i = 1, n = object.file().firstGlobal(); i < n; i++) {
                  c.symbols.setFlags(object.firstLocal() + i, c.defined(object, i));
                }
              }
            });
  }

  /** Bytes of what has an address, as far as it comes from sections. */
  private static long size(Context ctxt) {
    if (!ctxt.elf.is64()) {
      return 0;
    }
    long[] sizes = ctxt.sections().size;
    long sum = 0;
    for (long size : sizes) {
      sum += size; // debug sections too: to take a link for larger than it is costs a few slots
      if (sum > NEAR || sum < 0) {
        return Long.MAX_VALUE;
      }
    }
    return sum;
  }

  private int global(int id) {
    if (!symbols.isDefined(id)) {
      int thrownAway = symbols.has(id, SymbolTable.THROWN_AWAY) ? SymbolTable.UNDEFINED : 0;
      return symbols.has(id, SymbolTable.REFERENCED)
          ? undefined(id) | thrownAway
          : thrownAway == 0 ? 0 : thrownAway | SymbolTable.ABSOLUTE;
    }
    LinkedFile file = symbols.file(id);
    if (file instanceof LinkedLibrary l) {
      return imported(l.file(), symbols.index(id)) | asked(id);
    }
    int bits = file instanceof LinkedObject o ? defined(o, symbols.index(id)) : assigned(id);
    if ((bits & SymbolTable.DISCARDED) == 0 && exports.isExported(ctxt, id)) {
      bits |=
          SymbolTable.EXPORTED
              | (exports.isPreemptible(ctxt, id, bits) ? SymbolTable.PREEMPTIBLE : 0)
              | ((bits & SymbolTable.IFUNC) != 0 ? exportedIfunc(id) : 0);
    }
    return bits;
  }

  /**
   * A library that an executable needs is relocated first, when the resolvers of the executable
   * can't be called yet: glibc ends the program. The library therefore sees an ordinary function,
   * whose address is the PLT entry.
   */
  private int exportedIfunc(int id) {
    if (ctxt.isShared() || !symbols.has(id, SymbolTable.IN_SHARED)) {
      return 0;
    }
    if (ctxt.arch().isPltAddressable(ctxt)) {
      return Need.CANONICAL_PLT;
    }
    String name = symbols.name(id);
    ctxt.warning(
        DiagnosticCode.IFUNC_REFERENCE,
        symbols.file(id).file().location().symbol(name),
        "a shared library refers to '"
            + name
            + "', an STT_GNU_IFUNC of this executable, which a loader can only bind for a call that"
            + " is made later; link with -no-pie");
    return 0;
  }

  private static int imported(SharedFile f, int row) {
    return SymbolTable.PREEMPTIBLE
        | switch (f.symbolType(row)) {
          case STT_TLS -> SymbolTable.TLS;
          case STT_FUNC, STT_GNU_IFUNC -> SymbolTable.FUNCTION;
          default -> 0;
        };
  }

  private int undefined(int id) {
    boolean strong = symbols.has(id, SymbolTable.STRONG_REF);
    int bits = strong ? SymbolTable.UNDEFINED : SymbolTable.UNDEFINED_WEAK;
    boolean zero =
        strong
            ? !ctxt.leavesUndefined(id)
            : ctxt.option(LinkOption.Z_KEYWORDS).contains("nodynamic-undefined-weak");
    if (symbols.isOwn(id) || !ctxt.hasLoader() || zero) {
      return bits | SymbolTable.ABSOLUTE; // its value is 0, unless that is an error
    }
    return bits | SymbolTable.PREEMPTIBLE | SymbolTable.TLS | asked(id); // may be thread-local
  }

  /**
   * A shared library asks the loader for what its objects have as undefined, whether or not a
   * relocation refers to it; with {@code --gc-sections} only what is reached counts. So does GNU
   * ld.
   */
  private int asked(int id) {
    return ctxt.isShared()
            && symbols.has(id, SymbolTable.STRONG_REF)
            && !ctxt.option(LinkOption.GC_SECTIONS)
        ? Need.DYNSYM
        : 0;
  }

  private int assigned(int id) {
    if (symbols.name(id).equals("_TLS_MODULE_BASE_")) {
      return SymbolTable.TLS;
    }
    if (symbols.kind(id) != SymbolTable.KIND_ASSIGNED) {
      return 0;
    }
    if (ctxt.assignments.isConstant(symbols.name(id))) {
      return SymbolTable.ABSOLUTE;
    }
    return ctxt.assignments.type(symbols.name(id)) == STT_TLS ? SymbolTable.TLS : 0;
  }

  private int defined(LinkedObject object, int i) {
    ObjectFile f = object.file();
    int bits =
        switch (f.symbolType(i)) {
          case STT_TLS -> SymbolTable.TLS;
          case STT_FUNC -> SymbolTable.FUNCTION;
          case STT_GNU_IFUNC -> SymbolTable.FUNCTION | SymbolTable.IFUNC;
          default -> 0;
        };
    int ndx = f.shndx(i);
    if (ndx == ObjectFile.ABS) {
      return bits | SymbolTable.ABSOLUTE;
    }
    bits |= far;
    if (ndx == ObjectFile.COMMON && f.isLargeCommon(i)) {
      return bits | SymbolTable.FAR;
    }
    if (ndx > 0) {
      if (f.isLarge(ndx)) {
        bits |= SymbolTable.FAR;
      }
      int id = object.sectionId(ndx);
      if (!ctxt.sections().has(id, SectionTable.HAS_PLACE)) {
        bits = (bits & ~SymbolTable.IFUNC) | SymbolTable.DISCARDED;
      } else if (f.symbolType(i) == STT_SECTION && (f.flags(ndx) & SHF_TLS) != 0) {
        bits |= SymbolTable.TLS;
      }
    }
    return bits;
  }
}
