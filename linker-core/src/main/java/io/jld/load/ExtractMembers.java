package io.jld.load;

import static io.jld.elf.Elf.*;

import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.plan.Statement;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which archive members are linked, as GNU ld does: inputs are gone through from left to
 * right, and an archive gives the members that define a symbol that is undefined at that moment,
 * again and again until it has nothing more to give; a group of archives likewise. This can't be
 * done in any order, so it is done by one thread; it only looks at the numbers of interned names.
 */
public final class ExtractMembers {
  private static final byte UNSEEN = 0;
  private static final byte WEAK = 1;
  private static final byte UNDEFINED = 2;

  /** A library defines it, and nothing but a weak reference has asked for it. */
  private static final byte SHARED = 3;

  /** The same, and something refers to it. */
  private static final byte SHARED_UNDEFINED = 4;

  /**
   * A common symbol, which ranks before a library's definition unless that is data with a value.
   */
  private static final byte COMMON = 5;

  private static final byte DEFINED = 6;

  private final Context ctxt;
  private final byte[] state;

  /**
   * The symbols that only this output may define, since a reference is hidden, internal or
   * protected (gABI, "Symbol Visibility"): a library's definition is no answer.
   */
  private final BitSet own = new BitSet();

  /**
   * The undefined symbols that no file refers to, but {@code -u}, the entry or a script: they ask
   * for an archive's member, not for a library after {@code --as-needed}.
   */
  private final BitSet byOption = new BitSet();

  /** Those of them that such a library defines, should it turn out to be needed. */
  private final BitSet withheld = new BitSet();

  /** The file that has brought each symbol into its state; null where nobody asks. */
  private final LinkedFile[] by;

  private final Map<Unit.Archive, BitSet> extracted = new IdentityHashMap<>();

  /**
   * What {@code PROVIDE} offers and nothing has referred to yet: for each symbol the names that its
   * value refers to.
   */
  private final Map<Integer, Set<String>> offers = new HashMap<>();

  /** What takes the place of common symbols, and leaves nothing for an archive to define. */
  private final InitialisedNames libraryData = new InitialisedNames();

  /** Why members are linked; empty where nothing reports it. */
  private final List<Extraction> extractions = new ArrayList<>();

  /** The files of groups that have been added, which happens once. */
  private final Set<LinkedFile> added = new HashSet<>();

  /**
   * What plug-ins have compiled, to be linked where the first of the inputs stood that they have
   * compiled it of; null where nothing takes the place of anything.
   */
  private final List<Unit> compiled;

  private boolean isCompiledLinked;

  /**
   * Members that are linked because the inputs were gone through before, each with the reason; null
   * where that is done once.
   */
  private final Map<Unit.Member, Extraction> known;

  /** Whether members are linked that are not {@link #known}. */
  private boolean extracting;

  private final List<LinkedObject> linked = new ArrayList<>();
  private final List<LinkedLibrary> shared = new ArrayList<>();

  /**
   * Libraries after {@code --as-needed} that nothing has asked for yet, each with the number of
   * archives before it. What they refer to asks for no archive's member: they may not be loaded.
   */
  private final Map<LinkedLibrary, Integer> optional = new LinkedHashMap<>();

  /** Those of them that were asked for when an archive after them had been gone through. */
  private final List<LinkedLibrary> late = new ArrayList<>();

  /** Those of which it is known from the start that something asks for them. */
  private final Set<LinkedLibrary> needed;

  private int archives;

  /** How many files were linked when the optional libraries were last looked at. */
  private int lookedAt;

  /**
   * @param compiled null where intermediate code is linked, should there be any
   * @param known is added to
   */
  private ExtractMembers(
      Context ctxt,
      Set<LinkedLibrary> needed,
      List<Unit> compiled,
      Map<Unit.Member, Extraction> known) {
    this.ctxt = ctxt;
    this.needed = needed;
    this.compiled = compiled;
    this.known = known;
    this.extracting = compiled == null;
    this.state = new byte[ctxt.names.end()];
    boolean asked =
        ctxt.option(LinkOption.MAP) != null
            || ctxt.option(LinkOption.WHY_EXTRACT) != null
            || !ctxt.option(LinkOption.MAP_SINKS).isEmpty();
    this.by = asked ? new LinkedFile[ctxt.names.end()] : null;
  }

  /**
   * It begins again where a library turns out to be needed only after an archive has been passed
   * that defines something for it.
   */
  public static void run(Context ctxt) {
    List<Unit> compiled = LoadedInputs.of(ctxt).compiled();
    Map<Unit.Member, Extraction> known = compiled == null ? null : new HashMap<>();
    ExtractMembers e = run(ctxt, null, known);
    if (compiled != null) {
      for (int before = -1; before < known.size(); ) {
        before = known.size();
        e = run(ctxt, compiled, known);
      }
    }
    e.finish();
  }

  private static ExtractMembers run(
      Context ctxt, List<Unit> compiled, Map<Unit.Member, Extraction> known) {
    Set<LinkedLibrary> needed = new HashSet<>();
    ExtractMembers e = new ExtractMembers(ctxt, needed, compiled, known);
    while (!e.extractAll()) {
      e = new ExtractMembers(ctxt, needed, compiled, known);
    }
    return e;
  }

  /**
   * Goes through all inputs; false where more libraries have turned out to be needed, and it has to
   * be done again.
   */
  private boolean extractAll() {
    ctxt.assignments
        .provided()
        .forEach((name, symbols) -> offers.put(ctxt.names.find(name), symbols));
    LinkerNames.wanted(ctxt).forEach(name -> want(ctxt.names.find(name)));
    for (int id : LinkerNames.matched(ctxt)) {
      want(id);
    }
    if (ctxt.script.entry(ctxt).isEmpty()
        && ctxt.kind() != OutputKind.RELOCATABLE
        && !ctxt.isShared()) {
      need(ctxt.names.find("_start")); // a program starts somewhere
    }
    for (Statement.Assign a : ctxt.assignments.assigned()) {
      state[ctxt.names.find(a.symbol())] = DEFINED;
    }
    LoadedInputs.of(ctxt).units().forEach(this::link);
    askForOptional();
    if (compiled != null) {
      extractForCompiled();
    }
    boolean done = true;
    for (LinkedLibrary l : late) {
      done &= !lacks(l) || !needed.add(l);
    }
    return done;
  }

  /**
   * What was compiled may refer to more than what it was compiled of: to {@code memcpy}, to a
   * function of libgcc. All archives are searched for it, wherever they stand, when all other
   * definitions are known. What they give is linked in its place when the inputs are gone through
   * once more.
   */
  private void extractForCompiled() {
    extracting = true;
    int before;
    do {
      before = linked.size();
      search(LoadedInputs.of(ctxt).units());
      search(compiled);
    } while (linked.size() > before);
  }

  private void search(List<Unit> units) {
    for (Unit u : units) {
      if (u instanceof Unit.Archive a) {
        extract(a);
      } else if (u instanceof Unit.Group g) {
        search(g.units());
      }
    }
  }

  private void finish() {
    boolean traced = ctxt.option(LinkOption.TRACE).compareTo(LinkOption.Trace.MEMBERS) >= 0;
    ctxt.setObjects(linked);
    for (int i = 0; i < linked.size(); i++) {
      ObjectFile f = linked.get(i).file();
      linked.get(i).setOrder(i);
      if (f.origin() == ObjectFile.Origin.FILE) {
        Lto.refuseSlim(ctxt, f);
      }
      if (traced && f.member() != null) {
        ctxt.message("(" + f.fileName() + ")" + f.member());
      }
    }
    ctxt.setShared(shared);
    for (int i = 0; i < shared.size(); i++) {
      shared.get(i).setOrder(linked.size() + i);
    }
    ctxt.linker().setOrder(linked.size() + shared.size());
    ctxt.handOn(new Extractions(extractions));
  }

  /** A reference to a name from the start, as of an object. */
  private void want(int id) {
    refer(id);
    need(id);
  }

  private void need(int id) {
    if (state[id] < UNDEFINED) {
      state[id] = UNDEFINED;
      byOption.set(id);
    }
  }

  /** A file's reference, not weak, to a symbol; the state that it has then, or less. */
  private byte referred(int id) {
    boolean shared = state[id] == SHARED;
    if (byOption.get(id)) {
      byOption.clear(id);
      shared |= withheld.get(id);
    }
    return shared ? SHARED_UNDEFINED : UNDEFINED;
  }

  /** A reference to what {@code PROVIDE} offers is one to what that needs, and so on. */
  private void refer(int first) {
    if (!offers.containsKey(first)) {
      return;
    }
    Deque<Integer> referred = new ArrayDeque<>(List.of(first));
    while (!referred.isEmpty()) {
      int id = referred.remove();
      Set<String> needs = state[id] == DEFINED || state[id] == COMMON ? null : offers.remove(id);
      if (id != first) {
        need(id);
      }
      for (String name : needs == null ? Set.<String>of() : needs) {
        int needed = ctxt.names.find(name);
        if (needed != 0) {
          referred.add(needed);
        }
      }
    }
  }

  private void link(Unit unit) {
    if (unit instanceof Unit.Loaded o) {
      add(o.object());
    } else if (unit instanceof Unit.Shared s) {
      add(s.library());
    } else if (unit instanceof Unit.Archive a) {
      extract(a);
    } else {
      group((Unit.Group) unit);
    }
  }

  private void group(Unit.Group group) {
    int before;
    do {
      before = linked.size() + shared.size();
      for (Unit u : group.units()) {
        LinkedFile once =
            u instanceof Unit.Loaded o
                ? o.object()
                : u instanceof Unit.Shared s ? s.library() : null;
        if (once == null || added.add(once)) {
          link(u);
        }
      }
    } while (linked.size() + shared.size() > before);
  }

  private boolean extract(Unit.Archive archive) {
    askForOptional();
    archives++;
    BitSet done = extracted.computeIfAbsent(archive, a -> new BitSet());
    boolean any = false;
    boolean more;
    do {
      more = false;
      for (int i = 0; i < archive.members().size(); i++) {
        if (done.get(i)) {
          continue;
        }
        Unit.Member m = archive.members().get(i);
        Extraction before = known == null ? null : known.get(m);
        int wanted = archive.wholeArchive() || before != null || !extracting ? 0 : wanted(m);
        if (archive.wholeArchive() || before != null || wanted != 0) {
          done.set(i);
          LinkedObject object = member(archive, m);
          note(m, object, before, wanted);
          add(object);
          more = true;
        }
      }
      any |= more;
    } while (more && !archive.wholeArchive());
    return any;
  }

  /** Notes why a member is linked, where somebody asks or will ask. */
  private void note(Unit.Member m, LinkedObject object, Extraction before, int wanted) {
    if (by == null && known == null) {
      return;
    }
    Extraction why =
        before != null ? before : new Extraction(object, by == null ? null : by[wanted], wanted);
    if (known != null) {
      known.put(m, why);
    }
    if (by != null) {
      extractions.add(why);
    }
  }

  private static LinkedObject member(Unit.Archive archive, Unit.Member m) {
    if (m.object() != null) {
      return m.object();
    }
    if (m.problem() != null) {
      throw m.problem();
    }
    throw new LinkException(
        DiagnosticCode.UNKNOWN_FORMAT,
        Location.file(archive.name(), m.name()),
        "file format not recognized");
  }

  /** The symbol for which the member is linked; 0 where it isn't. */
  private int wanted(Unit.Member member) {
    LinkedObject o = member.object();
    if (o == null) {
      return 0;
    }
    int id = wanted(o);
    if (id != 0 && compiled != null && o.file().origin() == ObjectFile.Origin.INTERMEDIATE) {
      throw new LinkException(
          DiagnosticCode.LTO_OBJECT,
          o.file().location(),
          "'"
              + ctxt.names.string(id)
              + "' is wanted by what link-time optimisation has made, and cannot be compiled any"
              + " more: it is intermediate code; compile this file without -flto");
    }
    return id;
  }

  private int wanted(LinkedObject o) {
    ObjectFile f = o.file();
    for (int i = f.firstGlobal(), n = f.symbolCount(); i < n; i++) {
      byte s = state[o.symbolNameId(i)];
      if ((s == UNDEFINED && f.shndx(i) != 0) || (s == COMMON && takesPlace(f, i))) {
        return o.symbolNameId(i);
      }
    }
    for (int id : VersionedNames.defaults(ctxt, f)) {
      if (state[id] == UNDEFINED) {
        return id;
      }
    }
    return 0;
  }

  /** Whether it takes a common symbol's place: data that is not common itself, nor weak. */
  private static boolean takesPlace(ObjectFile f, int i) {
    return f.shndx(i) != 0
        && f.shndx(i) != ObjectFile.COMMON
        && f.symbolBinding(i) != STB_WEAK
        && f.symbolType(i) != STT_FUNC
        && f.symbolType(i) != STT_GNU_IFUNC;
  }

  private void add(LinkedObject o) {
    ObjectFile f = o.file();
    if (compiled != null && f.origin() == ObjectFile.Origin.INTERMEDIATE) {
      linkCompiled();
      return;
    }
    linked.add(o);
    for (int i = f.firstGlobal(), n = f.symbolCount(); i < n; i++) {
      int id = o.symbolNameId(i);
      int ndx = f.shndx(i);
      byte now;
      if ((f.symbolOther(i) & 3) != STV_DEFAULT) {
        forgetLibrary(id);
      }
      if (ndx == 0) {
        now = f.symbolBinding(i) == STB_WEAK ? WEAK : referred(id);
        refer(id);
      } else {
        now = ndx != ObjectFile.COMMON ? DEFINED : givesWay(id) ? SHARED_UNDEFINED : COMMON;
      }
      if (now > state[id]) {
        state[id] = now;
        if (by != null) {
          by[id] = o;
        }
      }
    }
    for (int id : VersionedNames.defaults(ctxt, f)) {
      state[id] = DEFINED;
    }
  }

  /** In place of the first stand-in. */
  private void linkCompiled() {
    if (!isCompiledLinked) {
      isCompiledLinked = true;
      compiled.forEach(this::link);
    }
  }

  private boolean givesWay(int common) {
    return state[common] >= SHARED && !own.get(common) && libraryData.has(shared, common);
  }

  private void forgetLibrary(int id) {
    own.set(id);
    withheld.clear(id);
    if (state[id] == SHARED || state[id] == SHARED_UNDEFINED) {
      state[id] = state[id] == SHARED ? WEAK : UNDEFINED;
    }
  }

  /** What a library defines needs no archive member, and what it refers to may need one. */
  private void add(LinkedLibrary library) {
    SharedFile f = library.file();
    shared.add(library);
    boolean asked = library.isNeeded() || needed.contains(library);
    for (int r = 0; r < f.rows(); r++) {
      if (f.isDefined(r)) {
        int id = library.nameId(r);
        if (byOption.get(id) && state[id] == UNDEFINED && !own.get(id)) {
          withheld.set(id); // until it is known whether the library is needed
        } else {
          asked |= offer(library, id);
        }
      }
    }
    if (asked) {
      ask(library);
    } else {
      optional.put(library, archives);
    }
  }

  /** Offers a definition; returns whether something has asked for it. */
  private boolean offer(LinkedLibrary library, int id) {
    if (own.get(id)) {
      return false;
    }
    boolean asked = state[id] == UNDEFINED || (state[id] == COMMON && givesWay(id));
    if (state[id] == COMMON && asked) {
      state[id] = SHARED_UNDEFINED; // which ranks before
    } else {
      raise(id, asked ? SHARED_UNDEFINED : SHARED, library);
    }
    return asked;
  }

  /** The references of a library that is loaded. */
  private void ask(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int r = 0; r < f.rows(); r++) {
      int id = library.nameId(r);
      if (!f.isDefined(r)) {
        raise(id, f.isWeak(r) ? WEAK : referred(id), library);
      } else if (withheld.get(id) && state[id] == UNDEFINED && !own.get(id)) {
        raise(id, SHARED_UNDEFINED, library);
      }
    }
  }

  private void raise(int id, byte to, LinkedFile f) {
    if (to > state[id]) {
      state[id] = to;
      if (by != null) {
        by[id] = f;
      }
    }
  }

  /** Looks which libraries have been asked for by what is linked now; these may ask for others. */
  private void askForOptional() {
    boolean more = !optional.isEmpty() && linked.size() + shared.size() > lookedAt;
    lookedAt = linked.size() + shared.size();
    while (more) {
      more = false;
      for (Iterator<Map.Entry<LinkedLibrary, Integer>> all = optional.entrySet().iterator();
          all.hasNext(); ) {
        Map.Entry<LinkedLibrary, Integer> e = all.next();
        if (isAskedFor(e.getKey())) {
          all.remove();
          ask(e.getKey());
          more = true;
          if (archives > e.getValue()) {
            late.add(e.getKey());
          }
        }
      }
    }
  }

  private boolean isAskedFor(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int r = 0; r < f.rows(); r++) {
      if (f.isDefined(r) && state[library.nameId(r)] == SHARED_UNDEFINED) {
        return true;
      }
    }
    return false;
  }

  private boolean lacks(LinkedLibrary library) {
    SharedFile f = library.file();
    for (int r = 0; r < f.rows(); r++) {
      if (!f.isDefined(r) && state[library.nameId(r)] == UNDEFINED) {
        return true;
      }
    }
    return false;
  }
}
