package io.jld.plugin;

import io.jld.elf.ElfClass;
import io.jld.input.Inputs;
import io.jld.link.Cancellation;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.IoReason;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.link.Severity;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * The plug-ins of a link, from the first file with intermediate code to the link's end. Files are
 * offered to them in the order of the link ({@link #claim}); {@link #compile} has them compile what
 * they have claimed; and what they have made is then linked in its place.
 *
 * <p>They are unloaded when the link ends ({@link Inputs#end}). All methods are for the thread that
 * links.
 */
public final class Plugins {
  /** Longer than a compiler takes to end that was told to. */
  private static final int PATIENCE_MILLIS = 2000;

  private final Inputs inputs;
  private final boolean ownsProcess;
  private final ElfClass elf;
  private final int machine;
  private final Arena arena = Arena.ofShared();
  private final PluginThread thread;
  private final List<Plugin> all = new ArrayList<>();
  private final Thread removal = new Thread(this::breakOff, "jld-plugin-cleanup");
  private final Callbacks callbacks;
  private volatile Plugin calling;

  /** What is being offered; {@link Location#NONE}: nothing. */
  private volatile Location offering = Location.NONE;

  private boolean cleaned;
  private boolean compiled;

  /** Files that were offered, by their handles less one. */
  private final List<ClaimedFile> offered = new ArrayList<>();

  private final Map<MemorySegment, ClaimedFile> claimed = new LinkedHashMap<>();

  /** The stand-ins of files. */
  private final Map<MemorySegment, ClaimedFile> byStandIn = new HashMap<>();

  private final Map<Long, Integer> open = new HashMap<>();

  /** Copies of what is in memory. */
  private final List<Path> copies = new ArrayList<>();

  private final List<Path> files = new ArrayList<>();
  private final List<String> libraries = new ArrayList<>();
  private final List<String> directories = new ArrayList<>();
  private final List<Diagnostic> messages = new ArrayList<>();
  private Throwable failure;
  private Set<String> groups = Set.of();
  private Set<String> locals = Set.of();

  /**
   * What they are told of the link.
   *
   * @param plugins their paths, each with its options
   * @param output the output's name
   * @param wrapped {@code --wrap}
   * @param ownsProcess whether this link is all that the process does, so that its descendants are
   *     the plug-ins'
   */
  public record Settings(
      Map<String, List<String>> plugins,
      OutputKind kind,
      String output,
      List<String> wrapped,
      ElfClass elf,
      int machine,
      boolean ownsProcess,
      Cancellation cancellation) {}

  /**
   * Loads them; waits while another link of this process uses any.
   *
   * @throws LinkException where one can't be loaded or refuses, or the thread is interrupted, or
   *     the link cancelled
   */
  public Plugins(Settings settings, Inputs inputs) {
    this.inputs = inputs;
    this.ownsProcess = settings.ownsProcess();
    this.elf = settings.elf();
    this.machine = settings.machine();
    check();
    thread = new PluginThread(settings.cancellation());
    inputs.onEnd(this::close);
    try {
      Runtime.getRuntime().addShutdownHook(removal);
    } catch (IllegalStateException e) {
      throw LinkException.interrupted(); // the process is ending
    }
    callbacks = new Callbacks(this, settings.kind(), settings.output(), settings.wrapped(), arena);
    settings
        .plugins()
        .forEach(
            (path, options) -> {
              call(() -> load(path, options));
              start(all.getLast());
            });
  }

  private int load(String path, List<String> options) {
    Plugin p = new Plugin(path, options);
    synchronized (this) {
      all.add(p);
    }
    return 0;
  }

  private void start(Plugin p) {
    call(
        () -> {
          calling = p;
          p.start(callbacks, arena);
          return 0;
        });
  }

  private static void check() {
    String arch = System.getProperty("os.arch");
    if (!arch.equals("amd64")) {
      throw new LinkException(
          DiagnosticCode.PLUGIN,
          Location.NONE,
          "link-time optimisation needs a JVM for amd64, and this one is for " + arch);
    }
    if (!Plugins.class.getModule().isNativeAccessEnabled()) {
      throw new LinkException(
          DiagnosticCode.PLUGIN,
          Location.NONE,
          "link-time optimisation needs --enable-native-access for "
              + (Plugins.class.getModule().isNamed()
                  ? Plugins.class.getModule().getName()
                  : "ALL-UNNAMED"));
    }
  }

  private int call(IntSupplier function) {
    int result = thread.call(function);
    Throwable thrown = takeFailure();
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown != null) {
      throw (RuntimeException) thrown;
    }
    failOnErrors();
    return result;
  }

  private synchronized Throwable takeFailure() {
    Throwable thrown = failure;
    failure = null;
    return thrown;
  }

  private synchronized void failOnErrors() {
    for (Diagnostic d : messages) {
      if (d.severity() == Severity.ERROR) {
        throw new LinkException(messages);
      }
    }
  }

  /**
   * Offers a file with intermediate code to each of them until one claims it; what was claimed
   * before is so again, and after {@link #compile} nothing else is.
   *
   * @param where the file, or the archive and its member, for messages
   * @return an object that stands in for it; null: none of them wants it
   */
  public MemorySegment claim(Location where, MemorySegment bytes) {
    ClaimedFile known = claimed.get(bytes);
    if (known != null || compiled) {
      return known == null ? null : known.standIn;
    }
    for (Plugin p : all) {
      ClaimedFile file = file(p, where, bytes);
      synchronized (this) {
        offered.add(file);
      }
      if (call(() -> offer(file)) != 0) {
        file.standIn = StandIn.object(file.symbols, elf, machine, inputs::allocate);
        claimed.put(bytes, file);
        byStandIn.put(file.standIn, file);
        return file.standIn;
      }
    }
    return null;
  }

  private ClaimedFile file(Plugin p, Location where, MemorySegment bytes) {
    Inputs.Place place = inputs.place(bytes);
    long handle = offered.size() + 1L;
    return place == null
        ? new ClaimedFile(p, handle, where, NameBytes.string(copy(where, bytes)), 0, bytes)
        : new ClaimedFile(p, handle, where, NameBytes.string(place.path()), place.offset(), bytes);
  }

  /** What is in memory gets a file: the plug-in's helpers are processes of their own. */
  private Path copy(Location where, MemorySegment bytes) {
    try {
      Path copy = Files.createTempFile("jld", ".o");
      synchronized (this) {
        copies.add(copy);
      }
      try (OutputStream out = Files.newOutputStream(copy)) {
        out.write(bytes.toArray(ValueLayout.JAVA_BYTE));
      }
      return copy;
    } catch (IOException e) {
      throw new LinkException(
          DiagnosticCode.PLUGIN, where, "cannot be copied for the plug-in: " + IoReason.of(e));
    }
  }

  private int offer(ClaimedFile file) {
    calling = file.plugin;
    offering = file.where;
    int fd = Native.open(file.path);
    if (fd < 0) {
      throw new LinkException(
          DiagnosticCode.PLUGIN, Location.file(file.path), "cannot be opened for the plug-in");
    }
    try {
      return file.plugin.claim(file, fd) ? 1 : 0;
    } finally {
      offering = Location.NONE;
      Native.close(fd);
    }
  }

  /**
   * Loads a plug-in anew, and offers it what is linked alone, where it has claimed archives'
   * members that are not: GCC's would compile all that it has ever claimed. One that can't be
   * unloaded is told that they are not linked, and has to know what that means.
   */
  private void forgetUnlinked(Plugin p) {
    List<ClaimedFile> linked = new ArrayList<>();
    int unlinked = 0;
    for (ClaimedFile f : claimed.values()) {
      if (f.plugin == p && f.resolutions() == null) {
        unlinked++;
      } else if (f.plugin == p) {
        linked.add(f);
      }
    }
    if (unlinked == 0 || call(p::reload) == 0) {
      return;
    }
    start(p);
    for (ClaimedFile f : linked) {
      if (call(() -> offer(f)) == 0) {
        throw new LinkException(
            DiagnosticCode.PLUGIN,
            Location.file(f.path),
            "the plug-in has claimed the file once, and does not again");
      }
    }
  }

  /** Whether a file has been claimed. */
  public boolean hasClaimed() {
    return !claimed.isEmpty();
  }

  /** The file that an object stands in for; null where it is none. */
  public ClaimedFile of(MemorySegment standIn) {
    return byStandIn.get(standIn);
  }

  /** Has them compile, once: each claimed file that is linked has its resolutions. */
  public void compile() {
    compiled = true;
    for (Plugin p : all) {
      forgetUnlinked(p);
      call(
          () -> {
            calling = p;
            p.allSymbolsRead();
            return 0;
          });
    }
  }

  /**
   * Takes the signatures of the COMDAT groups that intermediate code has defined, in place of all
   * others' groups.
   */
  public void setGroups(Set<String> signatures) {
    groups = Set.copyOf(signatures);
  }

  /** The signatures of groups that are linked where they are compiled, and nowhere else. */
  public Set<String> groups() {
    return groups;
  }

  /**
   * Takes the names that nobody sees outside of the output where intermediate code has defined
   * them, whose files what is compiled of them does not tell.
   */
  public void setLocals(Set<String> names) {
    locals = Set.copyOf(names);
  }

  /** The names that stay local where they are compiled. */
  public Set<String> locals() {
    return locals;
  }

  /** Whether all is compiled: what they have made takes the stand-ins' place. */
  public boolean isCompiled() {
    return compiled;
  }

  /** The files to be linked in place of those that were claimed, in order. */
  public List<Path> files() {
    return List.copyOf(files);
  }

  /** Libraries to be linked, as for {@code -l}. */
  public List<String> libraries() {
    return List.copyOf(libraries);
  }

  /** Where libraries are searched for after all other directories. */
  public List<String> directories() {
    return List.copyOf(directories);
  }

  /** What they have had to say; there is no error among it. */
  public synchronized List<Diagnostic> messages() {
    return List.copyOf(messages);
  }

  // For callbacks, of which message comes from any thread

  Plugin calling() {
    return calling;
  }

  synchronized void report(Severity severity, String text) {
    messages.add(new Diagnostic(severity, DiagnosticCode.PLUGIN_MESSAGE, offering, text));
  }

  /** The plug-in must not go on. */
  void fatal() {
    LinkException why;
    synchronized (this) {
      why = new LinkException(messages);
    }
    thread.fail(why);
  }

  synchronized void failed(Throwable e) {
    failure = e;
  }

  synchronized ClaimedFile offered(long handle) {
    return handle < 1 || handle > offered.size() ? null : offered.get((int) handle - 1);
  }

  /** Opens a file, once until it is released; less than 0 where that fails. */
  synchronized int open(ClaimedFile file) {
    return open.computeIfAbsent(file.handle, h -> Native.open(file.path));
  }

  synchronized boolean release(long handle) {
    Integer fd = open.remove(handle);
    if (fd != null && fd >= 0) {
      Native.close(fd);
    }
    return fd != null || offered(handle) != null;
  }

  int addFile(String path) {
    files.add(NameBytes.path(path));
    return Callbacks.OK;
  }

  int addLibrary(String name) {
    libraries.add(name);
    return Callbacks.OK;
  }

  int addDirectory(String directory) {
    directories.add(directory);
    return Callbacks.OK;
  }

  // The end

  private synchronized void cleanUp() {
    if (!cleaned) {
      cleaned = true;
      all.forEach(Plugin::cleanUp);
      List.copyOf(open.keySet()).forEach(this::release);
      for (Path copy : copies) {
        try {
          Files.deleteIfExists(copy);
        } catch (IOException e) {
          // somebody else's by now
        }
      }
    }
  }

  /**
   * The process is ending. A plug-in that compiles can't be called; it goes on when what it waits
   * for has ended, which Ctrl-C has told as well.
   */
  private void breakOff() {
    if (ownsProcess) {
      ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
    }
    if (thread.stop(PATIENCE_MILLIS)) {
      cleanUp();
    }
  }

  /** Has them remove what they have left, and unloads them. The link has ended. */
  private void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(removal);
    } catch (IllegalStateException e) {
      return; // the process is ending, and the hook does it
    }
    if (thread.isStuck()) {
      cleanUp(); // from here; what the plug-in's thread is in stays loaded
      return;
    }
    thread.call(
        () -> {
          cleanUp();
          all.forEach(Plugin::unload);
          return 0;
        });
    thread.end();
    arena.close();
  }
}
