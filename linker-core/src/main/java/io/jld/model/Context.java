package io.jld.model;

import io.jld.arch.Arch;
import io.jld.arch.AttributeSection;
import io.jld.asmb.Link;
import io.jld.asmb.OutBuf;
import io.jld.asmb.Segment;
import io.jld.asmb.SymList;
import io.jld.asmb.Tasks;
import io.jld.elf.ElfClass;
import io.jld.input.Decompress;
import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Location;
import io.jld.link.OutputKind;
import io.jld.link.OutputSink;
import io.jld.plan.LayoutPlan;
import io.jld.plugin.Plugins;
import io.jld.symbol.LinkedFile;
import io.jld.symbol.LinkedLibrary;
import io.jld.symbol.LinkedObject;
import io.jld.symbol.NameTable;
import io.jld.symbol.SectionTable;
import io.jld.symbol.SymbolTable;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A link with all that the passes know of it beside what architectures see. Plain data is set by
 * one pass, once; what has a class of the stage that makes it is {@link #handOn handed on}.
 */
public final class Context extends Link {
  private final Diagnostics diagnostics;
  private final Parts parts = new Parts();
  private MadeAddresses made;
  private SymbolAddresses values;
  private OutputTables tables;
  public final ElfClass elf;

  /** The linker's own version. */
  public final String version;

  /** Whether lines of reports are those that a link has told already. */
  private boolean quiet;

  // ReadInputs

  public final ScriptCommands script = new ScriptCommands();

  private Plugins plugins;
  private LinkedFile linker;
  public final NameTable names = new NameTable();

  // ExtractMembers, NumberSymbols

  private List<LinkedObject> objects;
  private List<LinkedLibrary> shared;
  private boolean versionedNames;
  private SectionTable sections;
  private SymbolTable symbols;

  // ResolveSymbols

  public final Assignments assignments;

  /** For each {@code __start_X} and {@code __stop_X} that is referred to, the sections X. */
  public final Map<Integer, int[]> startStop = new TreeMap<>();

  // ScanRelocations

  private DynamicRelocs[] dynamicRelocs;
  private boolean textRelocations;

  /** References to symbols that are undefined, discarded, or to be warned of. */
  public final Queue<Use> notedUses = new ConcurrentLinkedQueue<>();

  public final AtomicBoolean tlsLdNeeded = new AtomicBoolean();
  public final AtomicBoolean gotBaseNeeded = new AtomicBoolean();
  public final AtomicBoolean staticTls = new AtomicBoolean();

  // MakeSections, ExecStack, AssignAddresses

  private List<OutputSection> outputSections = new ArrayList<>();
  private OutputSection[] outputs = {};
  private Integer stackFlags;
  private Layout layout;
  private Layout.Tls tls = Layout.Tls.NONE;
  private Map<Integer, Long> properties;
  private int elfFlags;
  private AttributeSection attributes;

  /**
   * @param version of the linker, which the output names
   */
  public Context(LinkRequest request, Arch arch, Tasks tasks, OutBuf out, String version) {
    super(request, arch, tasks, out);
    this.version = version;
    this.diagnostics =
        new Diagnostics(
            request.get(LinkOption.ERROR_LIMIT),
            request.get(LinkOption.FATAL_WARNINGS),
            request.get(LinkOption.NO_WARNINGS));
    this.elf = ElfClass.of(arch.info().is64());
    this.assignments =
        new Assignments(
            kind() == OutputKind.RELOCATABLE, WrappedNames.of(request.get(LinkOption.WRAP)));
  }

  // What passes set, each of it once, and those that follow read

  /** The linker itself, among the files: what it defines is its own. */
  public LinkedFile linker() {
    return linker;
  }

  public void setLinker(LinkedFile file) {
    linker = Parts.once(linker, file);
  }

  /** The plug-ins that read intermediate code; null where no input has needed any so far. */
  public Plugins plugins() {
    return plugins;
  }

  public void setPlugins(Plugins loaded) {
    plugins = Parts.once(plugins, loaded);
  }

  /** The linked objects in their order; empty until members have been extracted. */
  public List<LinkedObject> objects() {
    return objects == null ? List.of() : objects;
  }

  public void setObjects(List<LinkedObject> linked) {
    objects = Parts.once(objects, linked);
  }

  /**
   * The shared libraries in their order, empty until members have been extracted; {@link
   * LinkedLibrary#isNeeded} says which the output names.
   */
  public List<LinkedLibrary> shared() {
    return shared == null ? List.of() : shared;
  }

  public void setShared(List<LinkedLibrary> libraries) {
    shared = Parts.once(shared, libraries);
  }

  /** Whether a linked object names a version itself ({@code .symver}). */
  public boolean versionedNames() {
    return versionedNames;
  }

  public void noteVersionedNames() {
    versionedNames = true;
  }

  /** The input sections of all linked objects. */
  public SectionTable sections() {
    return sections;
  }

  public void setSections(SectionTable table) {
    sections = Parts.once(sections, table);
  }

  public void setSymbols(SymbolTable table) {
    symbols = Parts.once(symbols, table);
  }

  /** For each object what the loader does to its sections; null where that is nothing. */
  public DynamicRelocs[] dynamicRelocs() {
    return dynamicRelocs;
  }

  public void setDynamicRelocs(DynamicRelocs[] byObject) {
    dynamicRelocs = Parts.once(dynamicRelocs, byObject);
  }

  /** Whether the loader has to write to sections that are not writable. */
  public boolean textRelocations() {
    return textRelocations;
  }

  public void noteTextRelocations() {
    textRelocations = true;
  }

  /** {@code p_flags} of PT_GNU_STACK; 0: there is none. */
  public int stackFlags() {
    return stackFlags == null ? 0 : stackFlags;
  }

  public void setStackFlags(int flags) {
    stackFlags = Parts.once(stackFlags, flags);
  }

  /** The output's sections; in the order of the file once they are made. */
  public List<OutputSection> outputSections() {
    return outputSections;
  }

  /** Takes those that the output has of the ones that were made, in the order of the file. */
  public void setOutputSections(List<OutputSection> kept) {
    outputSections = kept;
  }

  /** All that were made, by {@link OutputSection#number}. */
  public OutputSection[] outputs() {
    return outputs;
  }

  public void setOutputs(OutputSection[] byNumber) {
    outputs = byNumber;
  }

  /** Where everything is. */
  public Layout layout() {
    return layout;
  }

  public void setLayout(Layout placed) {
    layout = Parts.once(layout, placed);
  }

  /** Takes where thread-local data is: for good, or in a round of giving addresses. */
  public void setTls(Layout.Tls segment) {
    tls = segment;
  }

  /** Takes the output's program properties by number. */
  public void setProperties(Map<Integer, Long> merged) {
    properties = Parts.once(properties, merged);
  }

  /**
   * Takes what objects say of themselves together.
   *
   * @param section the section of attributes that the output has; null for none
   */
  public void setMerged(int flags, AttributeSection section) {
    elfFlags = flags;
    attributes = section;
  }

  /** {@code e_flags}. */
  public int elfFlags() {
    return elfFlags;
  }

  /** The section that describes all objects; null where there is none. */
  public AttributeSection attributes() {
    return attributes;
  }

  /** What is not loaded has become shorter, and stands elsewhere. */
  public void moveUnloaded(Layout placed) {
    layout = placed;
  }

  /** Whether common symbols get their place with {@code -r} too. */
  public boolean placesCommons() {
    return option(LinkOption.DEFINE_COMMON) || script.has(LayoutPlan.Flag.FORCE_COMMON_ALLOCATION);
  }

  /** Whether section groups are dissolved with {@code -r} too. */
  public boolean dissolvesGroups() {
    return option(LinkOption.FORCE_GROUP_ALLOCATION)
        || script.has(LayoutPlan.Flag.FORCE_GROUP_ALLOCATION);
  }

  /**
   * Hands a value on to the passes that follow, which find it by its class.
   *
   * @throws IllegalStateException if there is one of its class already
   */
  public void handOn(Object value) {
    parts.put(value.getClass(), value);
  }

  /** Hands on what others know as something more general. */
  public <T> void handOn(Class<T> type, T value) {
    parts.put(type, value);
  }

  /**
   * What has been handed on.
   *
   * @throws IllegalStateException if nothing of this class has been
   */
  public <T> T get(Class<T> type) {
    return parts.get(type);
  }

  /** What has been handed on, of a kind that not every link has or that comes later; else null. */
  public <T> T find(Class<T> type) {
    return parts.find(type);
  }

  /** What is made when the first asks for it, and no pass before; from any thread. */
  public <T> T orMake(Class<T> type, Supplier<T> maker) {
    return parts.orMake(type, maker);
  }

  /** Takes what knows the addresses that architectures ask for; once. */
  public void setMade(MadeAddresses addresses) {
    made = Parts.once(made, addresses);
  }

  /** Takes what knows the symbols' values; once. */
  public void setValues(SymbolAddresses addresses) {
    values = Parts.once(values, addresses);
  }

  /** What symbols are worth; everything has its address. */
  public SymbolAddresses values() {
    return values;
  }

  /** Takes the tables that {@link #writeTables} writes; once. */
  public void setTables(OutputTables placed) {
    tables = Parts.once(tables, placed);
  }

  /**
   * A section's content as the linker sees it, decompressed where the file has it compressed (gABI,
   * "Section Compression").
   */
  public MemorySegment content(ObjectFile file, int section) {
    return Decompress.isCompressed(file, section)
        ? Decompress.section(file, section)
        : file.rawContent(section);
  }

  /** The output section of an input section. */
  public OutputSection outputOf(int section) {
    return outputs[sections.out[section]];
  }

  @Override
  public OutputSection section(String name) {
    return outputSection(name);
  }

  /** The output section of the given name; null if there is none. */
  public OutputSection outputSection(String name) {
    for (OutputSection s : outputSections) {
      if (s.name().equals(name)) {
        return s;
      }
    }
    return null;
  }

  /** Alignment of an input section in bytes. */
  public long alignOf(int section) {
    return Decompress.align(sections.object(section).file(), sections.index(section));
  }

  @Override
  public SymbolTable symbols() {
    return symbols;
  }

  @Override
  public SymList textp() {
    return layout.textp();
  }

  @Override
  public SymList datap() {
    return layout.datap();
  }

  @Override
  public SymList dwarfp() {
    return layout.dwarfp();
  }

  @Override
  public Segment segtext() {
    return layout.segtext();
  }

  @Override
  public Segment segrodata() {
    return layout.segrodata();
  }

  @Override
  public Segment segrelrodata() {
    return layout.segrelrodata();
  }

  @Override
  public Segment segdata() {
    return layout.segdata();
  }

  @Override
  public Segment segdwarf() {
    return layout.segdwarf();
  }

  @Override
  public boolean isDynamic() {
    return isPic() || !shared().isEmpty();
  }

  /**
   * Whether the output is relocated by a loader, and not by its own start-up code or not at all.
   */
  public boolean hasLoader() {
    return isDynamic()
        && (isShared() || !shared().isEmpty() || !option(LinkOption.NO_DYNAMIC_LINKER));
  }

  /**
   * Whether an undefined symbol is no error here but left to the loader ({@code
   * --unresolved-symbols}, {@code --ignore-unresolved-symbol}).
   */
  public boolean leavesUndefined(int id) {
    if (!option(LinkOption.IGNORE_UNRESOLVED).isEmpty()
        && option(LinkOption.IGNORE_UNRESOLVED).contains(symbols.name(id))) {
      return true;
    }
    return switch (option(LinkOption.UNRESOLVED)) {
      case IGNORE_ALL, IGNORE_IN_OBJECT_FILES -> true;
      case REPORT_ALL, IGNORE_IN_SHARED_LIBS -> false;
      case DEFAULT -> isShared() && !(versionedNames && isVersioned(symbols.name(id)));
    };
  }

  /**
   * What is wanted in a version has to be there: that version's library is named beside it, and
   * without one the loader would take any.
   */
  private static boolean isVersioned(String name) {
    int at = name.indexOf('@', 1);
    return at > 0 && at < name.length() - 1;
  }

  /**
   * Whether the output's segments stand on pages of their own: neither {@code -n} nor {@code -N}.
   */
  public boolean isPaged() {
    return option(LinkOption.MAGIC) == LinkOption.Magic.DEMAND_PAGED;
  }

  /**
   * Whether the file's headers are loaded: with {@code -n} and {@code -N} they are where something
   * reads them, a loader or the program itself.
   */
  public boolean loadsHeaders() {
    int ehdr = names.find("__ehdr_start");
    return isPaged()
        || isDynamic()
        || (ehdr != 0 && symbols.kind(ehdr) == SymbolTable.KIND_PROVIDED);
  }

  /** {@code -z relro}, which takes pages. */
  public boolean hasRelro() {
    return isPaged() && option(LinkOption.RELRO);
  }

  /** The output's path, which a script may say where {@code -o} does not; for memory some name. */
  public String outputFile() {
    boolean scripted =
        !script.output().isEmpty()
            && !option(LinkOption.OUTPUT_NAMED)
            && request().output() instanceof OutputSink.ToPath;
    return scripted ? script.output() : request().output().name();
  }

  /** {@code --oformat}, or else what a script says; empty where neither is there. */
  public String outputFormat() {
    String asked = option(LinkOption.OUTPUT_FORMAT);
    return asked.isEmpty() ? script.outputFormat() : asked;
  }

  /**
   * Whether the output is the bytes of memory alone.
   *
   * @throws LinkException where another format is asked for that is not the architecture's own
   */
  public boolean isBinary() {
    String format = outputFormat();
    if (format.isEmpty() || arch().info().outputFormats().contains(format)) {
      return false;
    }
    if (!format.equals("binary")) {
      throw new LinkException(
          DiagnosticCode.SCRIPT_UNSUPPORTED,
          Location.NONE,
          "output format '" + format + "' is not supported");
    }
    return true;
  }

  /** Whether common symbols of a shared library are references to the program's. */
  public boolean leavesCommons() {
    return option(LinkOption.NO_DEFINE_COMMON)
        || script.has(LayoutPlan.Flag.INHIBIT_COMMON_ALLOCATION);
  }

  /** The output's name without its directory. */
  public String outputName() {
    String name = outputFile();
    return name.substring(name.lastIndexOf('/') + 1);
  }

  @Override
  public void needTlsLd() {
    tlsLdNeeded.set(true);
  }

  @Override
  public void needGotBase() {
    gotBaseNeeded.set(true);
  }

  @Override
  public void needStaticTls() {
    staticTls.set(true);
  }

  @Override
  public long tlsLdSlot() {
    return made.tlsLdSlot();
  }

  @Override
  public long gotBase() {
    return made.gotBase();
  }

  @Override
  public long gotPlt() {
    return made.gotPlt();
  }

  @Override
  public long dynamicAddr() {
    return made.dynamicAddr();
  }

  @Override
  public long tlsBegin() {
    return tls.begin();
  }

  @Override
  public long tlsEnd() {
    return tls.end();
  }

  @Override
  public long threadPointer() {
    return tls.threadPointer();
  }

  @Override
  public long property(int type) {
    return properties == null ? 0 : properties.getOrDefault(type, 0L);
  }

  @Override
  public void writeTables() {
    tables.write();
  }

  @Override
  public void report(Diagnostic diagnostic) {
    diagnostics.report(diagnostic);
  }

  /** The warnings and notes of a link that has succeeded. */
  public List<Diagnostic> finish() {
    return diagnostics.finish();
  }

  /** Adds what was reported before to the exception that ended a pass. */
  public LinkException join(LinkException e) {
    return diagnostics.join(e);
  }

  /** What is reported from here on stands after what was reported before. */
  public void settle() {
    diagnostics.settle();
  }

  /** Ends the link if an error was reported. */
  public void failOnErrors() {
    diagnostics.failOnErrors();
  }

  /** Tells no lines of reports, as long as it is on: this is done twice, and told once. */
  public void setQuiet(boolean on) {
    quiet = on;
  }

  @Override
  public void message(String line) {
    if (quiet) {
      return;
    }
    synchronized (diagnostics) {
      CallerException.accept(request().messages(), line);
    }
  }
}
