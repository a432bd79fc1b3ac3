package io.jld.load;

import io.jld.elf.ElfClass;
import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.model.Context;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Objects of compilers that were told to optimise at link time ({@code -flto}), where no plug-in
 * compiles them ({@link ClaimFiles}): what has machine code as well (a "fat" object) is linked as
 * it is, and what has none is refused with a word on how it is compiled for a linker.
 *
 * <p>A linker without the compiler's plug-in sees no symbols in the latter, so that as members of
 * an archive they are never linked: what they define is undefined, and this is what is said then.
 */
public final class Lto {
  private static final String SLIM =
      "slim LTO object: it holds GCC's intermediate code and no machine code; compile with"
          + " -ffat-lto-objects or without -flto";
  private static final String BITCODE =
      "LLVM bitcode: it holds intermediate code and no machine code; compile without -flto";

  private Lto() {}

  /**
   * Whether a file is bitcode, plain or in a wrapper (LLVM Bitcode File Format, "Magic Numbers").
   */
  static boolean isBitcode(MemorySegment file) {
    if (file.byteSize() < 4) {
      return false;
    }
    long magic = ElfClass.u32(file, 0);
    return magic == 0xdec04342L || magic == 0x0b17c0deL;
  }

  static LinkException bitcode(Location where) {
    return new LinkException(DiagnosticCode.LTO_OBJECT, where, BITCODE);
  }

  private static boolean isSlim(ObjectFile f) {
    if (f.hasLto()) {
      for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
        if (f.symbolName(i).equals("__gnu_lto_slim")) {
          return true;
        }
      }
    }
    return false;
  }

  /** Reports an object that is to be linked and has no machine code. */
  static void refuseSlim(Context ctxt, ObjectFile f) {
    if (isSlim(f)) {
      ctxt.error(DiagnosticCode.LTO_OBJECT, f.location(), SLIM);
    }
  }

  /** Where symbols are undefined: names the first member without machine code of each archive. */
  public static void explain(Context ctxt) {
    explain(ctxt, LoadedInputs.of(ctxt).units());
  }

  private static void explain(Context ctxt, List<Unit> units) {
    for (Unit u : units) {
      if (u instanceof Unit.Group g) {
        explain(ctxt, g.units());
      } else if (u instanceof Unit.Archive a) {
        for (ObjectJob m : a.all().get()) {
          if (m.parsed != null && isSlim(m.parsed)) {
            note(ctxt, m.parsed.location(), SLIM);
            break;
          } else if (m.problem != null
              && m.problem.diagnostics().getFirst().message().equals(BITCODE)) {
            note(ctxt, Location.file(a.name(), m.member), BITCODE);
            break;
          }
        }
      }
    }
  }

  private static void note(Context ctxt, Location where, String what) {
    ctxt.report(
        Diagnostic.note(
            DiagnosticCode.LTO_OBJECT, where, what + "; nothing that it defines is seen"));
  }
}
