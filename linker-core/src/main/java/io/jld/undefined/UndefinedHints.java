package io.jld.undefined;

import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.input.QuickNames;
import io.jld.link.NameBytes;
import io.jld.load.LoadedInputs;
import io.jld.load.OfferedLibraries;
import io.jld.load.Unit;
import io.jld.model.Context;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.SymbolTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may be behind an undefined symbol: an archive that stands too early; a library that is
 * needed by one of the link's, but is not on the command line itself; a compiler's own library
 * ({@link RuntimeHints}); what C++ has to do with it ({@link CxxHints}); a definition that a file
 * keeps to itself; a library that nobody has named; a name that is misspelt ({@link NearMiss}).
 * Only looked for when a link has failed, the likeliest first.
 */
final class UndefinedHints implements AutoCloseable {
  /** Bytes of the names that files keep to themselves which are looked through in all. */
  private static final long MAX_STRINGS = 256 << 20;

  private final Context ctxt;
  private final SymbolTable symbols;
  private final Inputs inputs;
  private final CxxHints cxx;
  private final OfferedLibraries offered;
  private long strings;

  /** What the libraries define that the link's libraries need; null until it is asked for. */
  private Map<String, CheckShared.Offer> behind;

  /**
   * @param undefined all symbols that are missing
   */
  UndefinedHints(Context ctxt, Inputs inputs, Set<Integer> undefined) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.symbols = ctxt.symbols();
    this.cxx = new CxxHints(ctxt, undefined);
    this.offered = new OfferedLibraries(ctxt);
  }

  @Override
  public void close() {
    offered.close();
  }

  /** A line of the message without its mark; null where nothing is known. */
  String of(int undefined) {
    String name = symbols.name(undefined);
    String hint = inNeeded(name);
    hint = hint != null ? hint : inPassed(LoadedInputs.of(ctxt).units(), undefined);
    hint = hint != null ? hint : RuntimeHints.of(ctxt, name);
    hint = hint != null ? hint : cxx.of(name);
    hint = hint != null ? hint : keptBack(name);
    hint = hint != null ? hint : offered(offered, name);
    if (hint != null) {
      return hint;
    }
    int near = new NearMiss(symbols).of(undefined);
    return near == 0 ? null : "did you mean: " + symbols.name(near) + definedIn(symbols.file(near));
  }

  static String definedIn(LinkedFile file) {
    return ", defined in " + file.file().displayName();
  }

  /** The library to name for a symbol; null where none is found. */
  static String offered(OfferedLibraries offered, String name) {
    Path file = offered.of(name);
    if (file == null) {
      return null;
    }
    String base = NameBytes.string(file.getFileName());
    return shown(file)
        + " defines it: add -l"
        + base.substring(3, base.lastIndexOf('.'))
        + " behind what refers to it";
  }

  /** Without the {@code ..} that compilers have in their search paths. */
  private static String shown(Path file) {
    Path directory = file.getParent();
    try {
      boolean plain = directory == null || directory.equals(directory.normalize());
      return NameBytes.string(plain ? file : directory.toRealPath().resolve(file.getFileName()));
    } catch (IOException e) {
      return NameBytes.string(file);
    }
  }

  /**
   * A member of an archive that was not linked though it defines the symbol: nothing referred to
   * that when the archive had its turn.
   */
  private static String inPassed(List<Unit> units, int undefined) {
    for (Unit u : units) {
      String found =
          u instanceof Unit.Archive a
              ? inPassed(a, undefined)
              : u instanceof Unit.Group g ? inPassed(g.units(), undefined) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static String inPassed(Unit.Archive archive, int undefined) {
    for (Unit.Member m : archive.members()) {
      if (m.object() != null && defines(m.object(), undefined)) {
        return m.object().file().location()
            + ", which stands before what refers to it, defines it: archives are searched in the"
            + " order of the command line, so name it behind";
      }
    }
    return null;
  }

  private static boolean defines(LinkedObject object, int id) {
    ObjectFile f = object.file();
    for (int i = f.firstGlobal(); i < f.symbolCount(); i++) {
      if (object.symbolNameId(i) == id && f.shndx(i) != 0) {
        return true;
      }
    }
    return false;
  }

  private String inNeeded(String name) {
    if (behind == null) {
      behind = new CheckShared(ctxt, inputs).behind();
    }
    CheckShared.Offer offer = behind.get(name);
    return offer == null
        ? null
        : offer.file().fileName()
            + ", which "
            + offer.by().fileName()
            + " needs, defines it: it has to be on the command line too";
  }

  /** A definition that its file keeps to itself. */
  private String keptBack(String name) {
    for (LinkedLibrary l : ctxt.shared()) {
      if (keepsToItself(l.file().quickNames(), name)) {
        return l.file().fileName()
            + " defines it hidden, for itself alone: by -fvisibility=hidden, or a version script";
      }
    }
    for (LinkedObject o : ctxt.objects()) {
      if (keepsToItself(o.file().quickNames(), name)) {
        return o.file().displayName() + " defines it for itself alone: it is static there";
      }
    }
    return null;
  }

  private boolean keepsToItself(QuickNames file, String name) {
    strings += file.stringBytes();
    return strings <= MAX_STRINGS && file.keepsToItself(name);
  }
}
