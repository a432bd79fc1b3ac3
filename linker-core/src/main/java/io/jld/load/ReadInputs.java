package io.jld.load;

import io.jld.arch.ArchInfo;
import io.jld.elf.Bytes;
import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.Archive;
import io.jld.input.BinaryInput;
import io.jld.input.Inputs;
import io.jld.input.JustSymbols;
import io.jld.input.LibrarySearch;
import io.jld.input.LinkerFile;
import io.jld.input.ObjectFile;
import io.jld.input.ReadBuffers;
import io.jld.input.SharedFile;
import io.jld.link.Diagnostic;
import io.jld.link.InputFlags;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.model.Context;
import io.jld.plan.InputSections;
import io.jld.plan.LayoutPlan;
import io.jld.plan.Place;
import io.jld.script.BuiltInScript;
import io.jld.script.ExpressionParser;
import io.jld.script.InputScript;
import io.jld.script.InputScript.Origin;
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

/**
 * Finds and maps the inputs, follows linker scripts among them, and reads all objects: those in
 * archives too, linked or not, because that is done by many threads and leaves only numbers to be
 * looked at when members are extracted.
 */
public final class ReadInputs {
  private static final int MAX_NESTED_SCRIPTS = 32;

  /** Inputs of fewer bytes are linked before the JVM has compiled what links them. */
  private static final long SMALL = 48L << 20;

  private final Context ctxt;
  private final Inputs inputs;
  private LibrarySearch search;

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

  /** Whether a script's {@code TARGET} makes data of the files that it names. */
  private boolean binary;

  /**
   * Whether the script under way is an input, and what it says of the layout has been added as a
   * whole.
   */
  private boolean addsLayout;

  /** What scripts that are inputs add to the layout. */
  private final List<LayoutPlan> atEnd = new ArrayList<>();

  private final DescribedFiles described;

  private boolean inLib;

  /** What {@code STARTUP} puts before all other inputs. */
  private final List<Unit> first = new ArrayList<>();

  /** What is left to do when all objects have been read: their units take their places. */
  private final List<Runnable> afterReading = new ArrayList<>();

  private ReadInputs(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
    this.archives = new ReadArchives(ctxt, inputs);
    this.described = new DescribedFiles(ctxt.request().inputs());
    this.search =
        LibrarySearch.of(
            ctxt.option(LinkOption.LIBRARY_PATH),
            ctxt.option(LinkOption.SYSROOT),
            this::isCompatible,
            this::skipped,
            this::tried);
    open.push(units);
  }

  public static void run(Context ctxt, Inputs inputs) {
    ReadInputs r = new ReadInputs(ctxt, inputs);
    for (Map.Entry<String, String> d : ctxt.option(LinkOption.DEFSYM)) {
      ctxt.script.statement(ExpressionParser.defsym(d.getKey(), d.getValue()));
    }
    for (InputSource source : ctxt.request().inputs()) {
      try {
        if (r.described.begin(source)) {
          r.add(source);
        }
      } catch (LinkException e) {
        e.diagnostics().forEach(ctxt::report); // the other inputs may have problems to tell as well
      }
    }
    r.addDescribed();
    ctxt.failOnErrors();
    if (ctxt.option(LinkOption.COLD) && inputs.size() < SMALL) {
      ctxt.tasks().limit(ctxt.tasks().threads() - 1);
    }
    r.archives.open(r.jobs, !r.followsNeeded);
    ctxt.failOnErrors();
    finish(ctxt);
    ctxt.script.close(ctxt.script.needsBuiltIn() ? builtIn(ctxt) : null);
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
    ctxt.handOn(new LoadedInputs(r.units, r.lines, r.hosts));
  }

  /** What scripts say of the link as a whole. */
  private static void finish(Context ctxt) {
    if (ctxt.script.has(LayoutPlan.Flag.INHIBIT_COMMON_ALLOCATION) && !ctxt.isShared()) {
      throw new LinkException(
          Location.NONE, "INHIBIT_COMMON_ALLOCATION may not be used without -shared");
    }
    if (!ctxt.outputFile().equals(ctxt.request().output().name())) {
      ctxt.out().moveTo(NameBytes.path(ctxt.outputFile()), ctxt.kind() != OutputKind.RELOCATABLE);
    }
  }

  private static LayoutPlan builtIn(Context ctxt) {
    return BuiltInScript.plan(machine(ctxt.arch().info()), ctxt::option);
  }

  /** What the built-in script depends on of an architecture. */
  public static BuiltInScript.Machine machine(ArchInfo info) {
    return new BuiltInScript.Machine(info.wordSize(), info.relPrefix(), info.imageBase());
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
    ctxt.linker =
        new LinkedFile(
            linker, ctxt.names.add(linker.nameWords(new ReadBuffers()), files.size(), true));
    files.add(ctxt.linker);
    ctxt.names.finish(files, ctxt.tasks());
    WrapSymbols.run(ctxt, objects);
  }

  private void add(InputSource source) {
    if (source instanceof InputSource.OfPath p) {
      String name = NameBytes.string(p.path());
      described.name(name);
      add(name, p.path(), false, open(p.path()), p.flags(), 0);
    } else if (source instanceof InputSource.OfLibrary l) {
      Path path = search.library(l.name(), isStatic(l.flags()), Location.NONE);
      add(NameBytes.string(path), path, true, inputs.map(path), l.flags(), 0);
    } else if (source instanceof InputSource.OfMemory m) {
      add(m.name(), null, false, m.bytes(), m.flags(), 0);
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
      addScript(s.path(), s.flags(), Origin.OPTION);
    } else if (source instanceof InputSource.MriScript s) {
      addScript(s.path(), s.flags(), Origin.MRI);
    } else if (source instanceof InputSource.Defsym d) {
      ctxt.script.statement(ExpressionParser.defsym(d.symbol(), d.expression()));
    } else {
      bracket((InputSource.Bracket) source);
    }
  }

  private boolean isStatic(InputFlags flags) {
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

  private void opened(String name) {
    lines.add("LOAD " + name);
    if (ctxt.option(LinkOption.TRACE) != LinkOption.Trace.NONE) {
      ctxt.message(name);
    }
  }

  private void bracket(InputSource.Bracket b) {
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
  private void skipped(Diagnostic note) {
    if (ctxt.option(LinkOption.WARN_SEARCH_MISMATCH)) {
      ctxt.report(note);
      ctxt.settle(); // before the error that may follow from it
    }
  }

  /** {@code --verbose}: a line about a name that was tried. */
  private void tried(String line) {
    if (ctxt.option(LinkOption.TRACE) == LinkOption.Trace.TRIES) {
      ctxt.message(line);
    }
  }

  private MemorySegment open(Path path) {
    told(path);
    return inputs.map(path);
  }

  private void told(Path path) {
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
  private void add(
      String name, Path path, boolean searched, MemorySegment bytes, InputFlags flags, int depth) {
    opened(name);
    if (ObjectFile.isElf(bytes)) {
      addElf(name, path, searched ? NameBytes.string(path.getFileName()) : name, bytes, flags);
    } else if (Archive.isArchive(bytes)) {
      archives.add(name, path, bytes, flags.wholeArchive(), open.peek());
    } else if (isText(bytes)) {
      addScript(script(name, bytes, Origin.INPUT), path, flags, depth);
    } else if (Lto.isBitcode(bytes)) {
      throw Lto.bitcode(Location.file(name));
    } else {
      throw new LinkException(Location.file(name), "file format not recognized");
    }
  }

  /** Whether it may be a linker script: its first bytes are text. */
  private static boolean isText(MemorySegment bytes) {
    byte[] start = Bytes.of(bytes, 0, (int) Math.min(bytes.byteSize(), 64));
    for (byte b : start) {
      int c = b & 0xff;
      if (c < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f') {
        return false;
      }
    }
    return start.length > 0;
  }

  private void addElf(
      String name, Path path, String called, MemorySegment bytes, InputFlags flags) {
    if (ElfClass.u16(bytes, 16) == Elf.ET_DYN) {
      addShared(name, path, called, bytes, flags);
      return;
    }
    ObjectJob job = new ObjectJob(name, null, bytes);
    jobs.add(job);
    if (inLib && ctxt.option(LinkOption.ARCHIVE)) {
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
      throw new LinkException(Location.file(name), "attempted static link of dynamic object");
    }
    Inputs.Machine m = inputs.machine(path, bytes);
    if (m == null || m.machine() != ctxt.arch().info().machine() || m.is64() != ctxt.elf.is64()) {
      throw new LinkException(
          Location.file(name), "shared library can't be linked for " + ctxt.arch().info().name());
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
    int[] ids = ctxt.names.add(f.nameWords(new ReadBuffers()), order, true);
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

  private InputScript script(String name, MemorySegment bytes, InputScript.Origin origin) {
    return InputScript.parse(name, bytes, origin, this::include);
  }

  private InputScript.Included include(String name, List<String> directories, Place place) {
    Path path = search.script(name, directories, place.location());
    return new InputScript.Included(
        NameBytes.string(path), inputs.text(path, InputScript.MAX_SIZE));
  }

  /** {@code -T} and {@code -c}. */
  private void addScript(Path source, InputFlags flags, Origin origin) {
    ctxt.script.begin();
    String name = NameBytes.string(source);
    Path path = search.script(name, List.of(), Location.NONE);
    told(path);
    MemorySegment bytes = inputs.text(path, InputScript.MAX_SIZE);
    opened(NameBytes.string(path));
    if (bytes.byteSize() > 0 && !isText(bytes)) {
      throw new LinkException(
          Location.file(NameBytes.string(path)),
          (origin == Origin.MRI ? "-c" : "-T") + ": the file is no linker script");
    }
    InputScript script =
        origin == Origin.MRI
            ? InputScript.parseMri(NameBytes.string(path), bytes, this::include)
            : script(NameBytes.string(path), bytes, origin);
    addScript(script, path, flags, 0);
  }

  /** {@code STARTUP}: the file comes before all others. */
  private void startup(
      InputScript script, Path path, InputScript.Startup command, InputFlags flags) {
    if (!first.isEmpty()) {
      throw command.place().error("STARTUP stands there twice");
    }
    open.push(first);
    addItems(script, path, List.of(command.item()), flags, 0);
    open.pop();
  }

  private void addScript(InputScript script, Path path, InputFlags flags, int depth) {
    if (depth > MAX_NESTED_SCRIPTS) {
      throw new LinkException(
          Location.file(script.file()), "linker scripts name each other without end");
    }
    String format = script.outputFormat();
    if (format.equals("binary") && script.origin() == Origin.OPTION) {
      ctxt.script.outputFormat(format);
    } else if (!format.isEmpty() && !ctxt.arch().info().outputFormats().contains(format)) {
      throw new LinkException(
          Location.file(script.file()), "output format " + format + " is not that of this link");
    }
    boolean outer = addsLayout;
    addsLayout = script.origin() == Origin.INPUT && addLayout(script);
    addCommands(script, path, flags, depth);
    addsLayout = outer;
  }

  private void addCommands(InputScript script, Path path, InputFlags flags, int depth) {
    boolean outer = binary;
    binary = false;
    for (InputScript.Command c : script.commands()) {
      addCommand(script, path, c, flags, depth);
    }
    binary = outer;
  }

  /**
   * Adds what a script that is an input says of the layout, with its assignments, to the layout in
   * force.
   *
   * @return false where it says nothing of it
   */
  private boolean addLayout(InputScript script) {
    List<InputScript.Layout> parts = script.layout();
    for (InputScript.Layout l : parts) {
      if (l.part().has(LayoutPlan.Flag.SECTIONS)) {
        ctxt.warning(
            l.place().location(),
            l.place()
                .message("an input with output sections; -T is missing before it, is it not?"));
        break;
      }
    }
    if (!parts.isEmpty()) {
      LayoutPlan plan = script.plan();
      ctxt.script.append(plan);
      atEnd.add(plan);
    }
    return !parts.isEmpty();
  }

  /**
   * An ordinary link comes through here, since {@code libc.so} is a script; there is no switch over
   * types because that costs a cold start (docs/performance.md).
   */
  private void addCommand(
      InputScript script, Path path, InputScript.Command c, InputFlags flags, int depth) {
    if (c instanceof InputScript.Input i) {
      addItems(script, path, i.items(), flags, depth);
    } else if (c instanceof InputScript.Group g) {
      bracket(InputSource.Bracket.GROUP_START);
      addItems(script, path, g.items(), flags, depth);
      bracket(InputSource.Bracket.GROUP_END);
    } else if (c instanceof InputScript.OutputFormat || c instanceof InputScript.OutputArch) {
      return; // the first format has been looked at, and an architecture says no more
    } else if (c instanceof InputScript.SearchDir d) {
      search = search.plus(d.path());
    } else if (c instanceof InputScript.Entry e) {
      ctxt.script.entry(e.symbol());
    } else if (c instanceof InputScript.Extern e) {
      ctxt.script.extern(e.symbols());
    } else if (c instanceof InputScript.Target t) {
      binary = isBinary(script, t);
    } else if (c instanceof InputScript.Include i) {
      addCommands(i.script(), path, flags, depth);
    } else if (c instanceof InputScript.Version v) {
      ctxt.script.versions(v.nodes());
    } else if (c instanceof InputScript.NoCrossRefs n) {
      ctxt.script.noCrossRefs(n);
    } else if (c instanceof InputScript.Layout l && !addsLayout) {
      ctxt.script.layout(l.part());
      addDescribed(l.part(), flags);
    } else if (c instanceof InputScript.PrintMap) {
      ctxt.script.printMap();
    } else if (c instanceof InputScript.Output o) {
      ctxt.script.output(o.file());
    } else if (c instanceof InputScript.Startup s && script.origin() == Origin.OPTION) {
      startup(script, path, s, flags);
    } else if (c instanceof InputScript.Symbols s && !addsLayout) {
      ctxt.script.statement(s.statement());
    } else if (!addsLayout || c instanceof InputScript.Startup) {
      throw script.notSupported(c); // what describes the output
    }
  }

  /** Adds the files that scripts which are inputs describe; they come after all inputs. */
  private void addDescribed() {
    for (LayoutPlan plan : atEnd) {
      try {
        addDescribed(plan, InputFlags.NONE);
      } catch (LinkException e) {
        e.diagnostics().forEach(ctxt::report);
      }
    }
  }

  /** Adds the files that descriptions of input sections ask for, and that are no inputs yet. */
  private void addDescribed(LayoutPlan plan, InputFlags flags) {
    for (InputSections i : plan.inputs()) {
      String name = i.files().name();
      if (!described.isWanted(i.files())) {
        continue;
      }
      InputSource.OfPath later = described.take(name);
      if (later != null) {
        add(later);
      } else if (!described.comesLater(name)) {
        Path found = search.script(name, List.of(), i.place().location());
        described.name(name);
        ctxt.script.describe(name, NameBytes.string(found));
        add(NameBytes.string(found), found, false, inputs.map(found), flags, 0);
      }
    }
  }

  /**
   * Whether the files after {@code TARGET} are data; as objects they say themselves what they are.
   */
  private boolean isBinary(InputScript script, InputScript.Target target) {
    String format = target.format();
    if (!format.equals("binary")
        && !format.equals("default")
        && ctxt.request().arches().byOutputFormat(format).isEmpty()) {
      throw new LinkException(
          Location.file(script.file() + ":" + target.line()), "unknown target " + format);
    }
    return format.equals("binary");
  }

  private void addItems(
      InputScript script, Path path, List<InputScript.Item> items, InputFlags flags, int depth) {
    for (InputScript.Item item : items) {
      Path found = search.inScript(script, path, item, isStatic(flags));
      described.name(item.name());
      if (binary && !item.library()) {
        add(new InputSource.Binary(found));
        continue;
      }
      InputFlags f = item.asNeeded() ? flags.withAsNeeded(true) : flags;
      add(NameBytes.string(found), found, item.library(), inputs.map(found), f, depth + 1);
    }
  }

  /** Whether a library that was found may be linked: one for another machine is passed over. */
  private boolean isCompatible(Path path) {
    if (binary) {
      return true; // data are for any machine
    }
    MemorySegment bytes = inputs.map(path);
    if (!ObjectFile.isElf(bytes) && !Archive.isArchive(bytes)) {
      if (!isText(bytes)) {
        return true;
      }
      String format = script(NameBytes.string(path), bytes, Origin.INPUT).outputFormat();
      return format.isEmpty() || ctxt.arch().info().outputFormats().contains(format);
    }
    Inputs.Machine m = inputs.machine(path, bytes);
    return m == null
        || (m.machine() == ctxt.arch().info().machine() && m.is64() == ctxt.elf.is64());
  }
}
