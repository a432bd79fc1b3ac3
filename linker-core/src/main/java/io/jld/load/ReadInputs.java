package io.jld.load;

import io.jld.arch.Arch;
import io.jld.arch.ArchInfo;
import io.jld.builtin.DefaultPlan;
import io.jld.builtin.Machine;
import io.jld.builtin.RelocatablePlan;
import io.jld.caller.Supply;
import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.Archive;
import io.jld.input.BinaryInput;
import io.jld.input.Inputs;
import io.jld.input.JustSymbols;
import io.jld.input.LinkerFile;
import io.jld.input.ObjectFile;
import io.jld.input.ReadBuffers;
import io.jld.input.SharedFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.plan.LayoutPlan;
import io.jld.script.ExpressionParser;
import io.jld.script.InputScript.Origin;
import io.jld.script.SectionsParser;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Finds and maps the inputs, with those that linker scripts name, and reads all objects: those in
 * archives too, linked or not, because that is done by many threads and leaves only numbers to be
 * looked at when members are extracted.
 */
public final class ReadInputs {
  /** Inputs of fewer bytes are linked before the JVM has compiled what links them. */
  private static final long SMALL = 48L << 20;

  private final Context ctxt;
  private final Inputs inputs;

  /** The bracket that is open: where units go. */
  private final Deque<List<Unit>> open = new ArrayDeque<>();

  private final List<Unit> units = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final List<ObjectFile> hosts = new ArrayList<>();
  private final List<ObjectJob> jobs = new ArrayList<>();
  private final ReadArchives archives;

  /** Hashes of the names that shared libraries want others to define. */
  private final List<long[]> wantedByShared = new ArrayList<>();

  /** Whether further libraries will be read after those that are named. */
  private boolean followsNeeded;

  private final List<LinkedLibrary> shared = new ArrayList<>();
  private Boolean versionedNames;

  private final DescribedFiles described;
  private final ReadScripts scripts;

  private boolean inLib;

  /** What plug-ins have compiled; null where they have not, or not yet. */
  private List<Unit> compiled;

  /** What {@code STARTUP} puts before all other inputs. */
  private final List<Unit> first = new ArrayList<>();

  /** What is left to do when all objects have been read: their units take their places. */
  private final List<Runnable> afterReading = new ArrayList<>();

  private ReadInputs(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.archives = new ReadArchives(ctxt, inputs);
    this.described = new DescribedFiles(ctxt.request().inputs());
    this.scripts = new ReadScripts(ctxt, inputs, this, described);
    open.push(units);
  }

  public static void run(Context ctxt, Inputs inputs) {
    ReadInputs r = new ReadInputs(ctxt, inputs);
    if (inputs.kept() != null) {
      ctxt.names.use(inputs.kept());
    }
    for (Map.Entry<String, String> d : ctxt.option(LinkOption.DEFSYM)) {
      ctxt.script.statement(ExpressionParser.defsym(d.getKey(), d.getValue()));
    }
    for (InputSource source : ctxt.request().inputs()) {
      try {
        if (r.described.begin(source)) {
          r.add(source);
        }
      } catch (LinkException e) {
        if (e.getCause() != null) {
          throw e; // the caller's own exception, which says more than the diagnostic
        }
        e.diagnostics().forEach(ctxt::report); // the other inputs may have problems to tell as well
      }
    }
    r.scripts.addDescribed();
    if (ctxt.plugins() != null) {
      r.addCompiled();
    }
    ctxt.failOnErrors();
    if (ctxt.option(LinkOption.COLD) && ctxt.plugins() == null && inputs.size() < SMALL) {
      ctxt.tasks().limit(ctxt.tasks().threads() - 1);
    }
    boolean indexed = !r.followsNeeded && ctxt.option(LinkOption.UNDEFINED_GLOB).isEmpty();
    r.archives.open(r.jobs, indexed);
    ctxt.failOnErrors();
    finish(ctxt);
    ctxt.script.close(ctxt.script.isBuiltIn() ? builtIn(ctxt) : null);
    for (LinkOption.Script order : ctxt.option(LinkOption.SECTION_ORDER_SCRIPT)) {
      ctxt.script.begin(SectionsParser.beginnings(order.name(), order.text()));
    }
    ctxt.assignments.set(ctxt.script.statements());
    LinkerFile linker = new LinkerFile(LinkerNames.names(ctxt));
    ObjectJob.read(ctxt, inputs, r.jobs, 0, r.archives.hasIndexes());
    if (r.archives.hasIndexes()) {
      r.wantedByShared.add(linker.names().hashes());
      r.archives.readWanted(r.jobs, r.wantedByShared);
    }
    r.archives.finish();
    for (Runnable rest : r.afterReading) {
      try {
        rest.run();
      } catch (LinkException e) {
        e.diagnostics().forEach(ctxt::report);
      }
    }
    ctxt.failOnErrors();
    r.intern(linker);
    r.units.addAll(0, r.first);
    ctxt.handOn(new LoadedInputs(r.units, r.compiled, r.lines, r.hosts));
  }

  /** Adds what plug-ins have made of the inputs with intermediate code. */
  private void addCompiled() {
    ctxt.setQuiet(false); // these have not been named before
    compiled = new ArrayList<>();
    open.push(compiled);
    for (Path file : ctxt.plugins().files()) {
      add(new InputSource.OfPath(file, InputFlags.NONE));
      inputs.setTemporary(file);
    }
    ctxt.plugins().directories().forEach(scripts::searchIn);
    // Libraries are for what the compiler's code may refer to; an object leaves that open.
    if (ctxt.kind() != OutputKind.RELOCATABLE) {
      InputFlags flags = lastFlags().withWholeArchive(false).withAsNeeded(true);
      for (String library : ctxt.plugins().libraries()) {
        add(new InputSource.OfLibrary(library, flags));
      }
    }
    open.pop();
  }

  /** The options' state at the end of the command line, which holds for what is added to it. */
  private InputFlags lastFlags() {
    for (InputSource source : ctxt.request().inputs().reversed()) {
      if (source instanceof InputSource.OfPath p) {
        return p.flags();
      } else if (source instanceof InputSource.OfLibrary l) {
        return l.flags();
      }
    }
    return InputFlags.NONE;
  }

  /** What scripts say of the link as a whole. */
  private static void finish(Context ctxt) {
    if (ctxt.script.has(LayoutPlan.Flag.INHIBIT_COMMON_ALLOCATION) && !ctxt.isShared()) {
      throw new LinkException(
          DiagnosticCode.OPTION_CONFLICT,
          Location.NONE,
          "INHIBIT_COMMON_ALLOCATION may not be used without -shared");
    }
    if (!ctxt.outputFile().equals(ctxt.request().output().name())) {
      if (ctxt.option(LinkOption.SEPARATE_DEBUG_FILE) != null) {
        throw new LinkException(
            DiagnosticCode.OPTION_CONFLICT,
            Location.NONE,
            "--separate-debug-file needs the output's name by -o, not by OUTPUT");
      }
      ctxt.out().moveTo(NameBytes.path(ctxt.outputFile()), ctxt.kind() != OutputKind.RELOCATABLE);
    }
  }

  /** The layout that is in force where no script has one. */
  private static LayoutPlan builtIn(Context ctxt) {
    Machine machine = machine(ctxt.arch(), ctxt::option);
    if (ctxt.kind() == OutputKind.RELOCATABLE) {
      return RelocatablePlan.of(machine);
    }
    Long base = ctxt.option(LinkOption.IMAGE_BASE);
    if (base != null && (base & (machine.maxPageSize() - 1)) != 0) {
      ctxt.error(
          DiagnosticCode.ADDRESS_SPACE,
          Location.NONE,
          "image base 0x"
              + Long.toHexString(base)
              + " is not a multiple of the page size "
              + machine.maxPageSize());
    }
    return DefaultPlan.of(machine, ctxt::option, ctxt.isBinary());
  }

  /** What a built-in layout depends on of an architecture. */
  public static Machine machine(Arch arch, Function<LinkOption<?>, Object> options) {
    ArchInfo info = arch.info();
    long page = (Long) options.apply(LinkOption.MAX_PAGE_SIZE);
    return new Machine(
        info.wordSize(),
        info.relPrefix(),
        info.imageBase(),
        page != 0 ? page : info.maxPageSize(),
        arch.hasSmallData());
  }

  /** Gives all names their numbers, those of the objects first. */
  private void intern(LinkerFile linker) {
    List<LinkedFile> files = new ArrayList<>();
    List<LinkedObject> objects = new ArrayList<>();
    for (ObjectJob j : jobs) {
      files.add(j.object);
      if (j.object != null) {
        objects.add(j.object);
      }
    }
    files.addAll(shared);
    ctxt.setLinker(
        new LinkedFile(
            linker, ctxt.names.add(linker.nameWords(new ReadBuffers()), files.size(), true)));
    files.add(ctxt.linker());
    ctxt.names.finish(files);
    WrapSymbols.run(ctxt, objects);
  }

  void add(InputSource source) {
    if (source instanceof InputSource.OfPath p) {
      String name = NameBytes.string(p.path());
      described.name(name);
      add(name, p.path(), false, open(p.path()), p.flags(), 0);
    } else if (source instanceof InputSource.OfLibrary l) {
      Path path = scripts.search().library(l.name(), isStatic(l.flags()), Location.NONE);
      add(NameBytes.string(path), path, true, inputs.map(path), l.flags(), 0);
    } else if (source instanceof InputSource.OfMemory m) {
      add(m.name(), null, false, m.bytes(), m.flags(), 0);
    } else if (source instanceof InputSource.OfSupplier s) {
      add(s.name(), null, false, Supply.of(ctxt.request(), inputs, s), s.flags(), 0);
    } else if (source instanceof InputSource.JustSymbols j) {
      addMade(
          j.path(),
          JustSymbols.object(NameBytes.string(j.path()), open(j.path()), inputs::allocate),
          ObjectFile.Origin.SYMBOLS);
    } else if (source instanceof InputSource.Binary b) {
      addMade(
          b.path(),
          BinaryInput.object(
              NameBytes.string(b.path()),
              open(b.path()),
              ctxt.elf,
              ctxt.arch().info().machine(),
              inputs::allocate),
          ObjectFile.Origin.DATA);
    } else if (source instanceof InputSource.Script s) {
      scripts.add(s.path(), s.flags(), Origin.OPTION);
    } else if (source instanceof InputSource.MriScript s) {
      scripts.add(s.path(), s.flags(), Origin.MRI);
    } else if (source instanceof InputSource.Defsym d) {
      ctxt.script.statement(ExpressionParser.defsym(d.symbol(), d.expression()));
    } else {
      bracket((InputSource.Bracket) source);
    }
  }

  /** Whether there are inputs that come before all others. */
  boolean hasFirst() {
    return !first.isEmpty();
  }

  /** Adds inputs that come before all others. */
  void addFirst(Runnable inputs) {
    open.push(first);
    inputs.run();
    open.pop();
  }

  boolean isStatic(InputFlags flags) {
    return flags.staticOnly() || ctxt.option(LinkOption.STATIC);
  }

  /** Adds the object that was made of a file. */
  private void addMade(Path path, MemorySegment object, ObjectFile.Origin origin) {
    String name = NameBytes.string(path);
    opened(name);
    ObjectJob job = new ObjectJob(name, null, object, origin);
    jobs.add(job);
    List<Unit> units = open.peek();
    int at = units.size();
    units.add(null);
    afterReading.add(() -> units.set(at, object(job)));
  }

  void opened(String name) {
    lines.add("LOAD " + name);
    if (ctxt.option(LinkOption.TRACE) != LinkOption.Trace.NONE) {
      ctxt.message(name);
    }
  }

  void bracket(InputSource.Bracket b) {
    switch (b) {
      case GROUP_START -> {
        List<Unit> units = new ArrayList<>();
        lines.add("START GROUP");
        open.peek().add(new Unit.Group(units));
        open.push(units);
      }
      case GROUP_END -> {
        if (open.size() > 1) {
          lines.add("END GROUP");
          open.pop();
        }
      }
      case LIB_START -> inLib = true;
      case LIB_END -> inLib = false;
    }
  }

  /** A library for another architecture that a search has passed over. */
  void skipped(Diagnostic note) {
    if (ctxt.option(LinkOption.WARN_SEARCH_MISMATCH)) {
      ctxt.report(note);
      ctxt.settle(); // before the error that may follow from it
    }
  }

  /** {@code --verbose}: a line about a name that was tried. */
  void tried(String line) {
    if (ctxt.option(LinkOption.TRACE) == LinkOption.Trace.TRIES) {
      ctxt.message(line);
    }
  }

  private MemorySegment open(Path path) {
    told(path);
    return inputs.map(path);
  }

  void told(Path path) {
    if (ctxt.option(LinkOption.TRACE) == LinkOption.Trace.TRIES) {
      tried(
          "attempt to open "
              + NameBytes.string(path)
              + (Files.exists(path) ? " succeeded" : " failed"));
    }
  }

  /**
   * @param searched whether {@code -l} found it, and not its path was given: a shared library
   *     without soname is known by its file's name then
   */
  void add(
      String name, Path path, boolean searched, MemorySegment bytes, InputFlags flags, int depth) {
    opened(name);
    if (ObjectFile.isElf(bytes)) {
      addElf(name, path, searched ? NameBytes.string(path.getFileName()) : name, bytes, flags);
    } else if (Archive.isArchive(bytes)) {
      archives.add(name, path, bytes, flags.wholeArchive(), open.peek());
    } else if (Lto.isBitcode(bytes)) {
      add(name, ObjectJob.ofBitcode(ctxt, name, null, bytes));
    } else if (ReadScripts.isText(bytes)) {
      scripts.add(name, path, bytes, flags, depth);
    } else {
      throw new LinkException(
          DiagnosticCode.UNKNOWN_FORMAT, Location.file(name), "file format not recognized");
    }
  }

  private void addElf(
      String name, Path path, String called, MemorySegment bytes, InputFlags flags) {
    if (ElfClass.u16(bytes, 16) == Elf.ET_DYN) {
      addShared(name, path, called, bytes, flags);
      return;
    }
    ObjectFile.Origin origin =
        compiled == null ? ObjectFile.Origin.FILE : ObjectFile.Origin.COMPILED;
    add(name, new ObjectJob(name, null, bytes, origin));
  }

  private void add(String name, ObjectJob job) {
    jobs.add(job);
    if (inLib && ctxt.option(LinkOption.ARCHIVE)) {
      job.isHost = true;
      afterReading.add(() -> addHost(job));
      return;
    }
    List<Unit> units = open.peek();
    int at = units.size();
    units.add(null);
    boolean lib = inLib;
    afterReading.add(() -> units.set(at, lib ? lib(name, job) : object(job)));
  }

  /** {@code --archive}: an object that becomes a member of the output as it is. */
  private void addHost(ObjectJob job) {
    if (job.problem != null) {
      throw job.problem;
    }
    hosts.add(job.parsed);
  }

  private void addShared(
      String name, Path path, String called, MemorySegment bytes, InputFlags flags) {
    if (isStatic(flags) || ctxt.kind() == OutputKind.RELOCATABLE) {
      throw new LinkException(
          DiagnosticCode.STATIC_LINK_OF_LIBRARY,
          Location.file(name),
          "attempted static link of dynamic object");
    }
    Inputs.Machine m = inputs.machine(path, bytes);
    if (m == null || m.machine() != ctxt.arch().info().machine() || m.is64() != ctxt.elf.is64()) {
      throw new LinkException(
          DiagnosticCode.WRONG_ARCHITECTURE,
          Location.file(name),
          "shared library can't be linked for " + ctxt.arch().info().name());
    }
    SharedFile f = inputs.library(name, path, bytes);
    wantedByShared.add(f.wantedNames());
    followsNeeded |= flags.copyDtNeeded();
    List<Unit> units = open.peek();
    int at = units.size();
    units.add(null);
    afterReading.add(
        () -> {
          List<Unit> found = new ArrayList<>();
          addShared(f, called, flags, found);
          units.set(at, found.size() == 1 ? found.get(0) : new Unit.Group(found));
        });
  }

  /**
   * Adds a library, once whatever names it, and with {@code --copy-dt-needed-entries} those that it
   * needs: the output names them where it is bound to them.
   */
  private void addShared(SharedFile plain, String called, InputFlags flags, List<Unit> found) {
    String name = plain.soname(called);
    for (LinkedLibrary before : shared) {
      if (before.soname().equals(name)) {
        if (!flags.asNeeded()) {
          before.want(); // once without --as-needed is enough
        }
        return;
      }
    }
    SharedFile f = versionedNames() ? plain.withVersionedNames() : plain;
    int order = jobs.size() + shared.size(); // no object is read any more
    int[] ids = ctxt.names.add(f, new ReadBuffers(), order, true);
    LinkedLibrary library = new LinkedLibrary(f, ids, called, flags.asNeeded());
    shared.add(library);
    found.add(new Unit.Shared(library));
    if (flags.copyDtNeeded()) {
      for (String soname : f.needed()) {
        Path path = new NeededFiles(ctxt, inputs).find(soname, f);
        if (path != null) {
          MemorySegment bytes = inputs.map(path);
          addShared(
              inputs.library(NameBytes.string(path), path, bytes),
              soname,
              flags.withAsNeeded(true),
              found);
        }
      }
    }
  }

  /** Whether an object names a version itself, so that libraries have to offer theirs by name. */
  private boolean versionedNames() {
    if (versionedNames == null) {
      versionedNames = false;
      for (ObjectJob j : jobs) {
        versionedNames |= j.parsed != null && j.parsed.hasVersionedNames();
      }
    }
    return versionedNames;
  }

  private static Unit lib(String name, ObjectJob job) {
    List<Unit.Member> members = List.of(new Unit.Member(null, job.object, job.problem));
    return new Unit.Archive(name, members, false, () -> List.of(job));
  }

  private Unit object(ObjectJob job) {
    if (job.problem != null) {
      job.problem.diagnostics().forEach(ctxt::report);
    }
    return new Unit.Loaded(job.object);
  }
}
