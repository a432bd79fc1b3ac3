package io.jld.link;

import io.jld.arch.Arch;
import io.jld.asmb.OutBuf;
import io.jld.asmb.TaskTrace;
import io.jld.asmb.Tasks;
import io.jld.builtin.DefaultPlan;
import io.jld.builtin.Machine;
import io.jld.builtin.RelocatablePlan;
import io.jld.caller.CallersMemory;
import io.jld.caller.OutputMemory;
import io.jld.input.Inputs;
import io.jld.input.KeptFiles;
import io.jld.keep.Keeper;
import io.jld.keep.Lease;
import io.jld.load.ChooseArch;
import io.jld.load.ReadInputs;
import io.jld.model.CallerException;
import io.jld.model.Context;
import io.jld.pass.Passes;
import io.jld.report.OutputImage;
import io.jld.source.Demangler;
import io.jld.write.SeparateDebug;
import io.jld.write.WriteArchive;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Links. Links don't know of each other: any number may run at once in one JVM.
 *
 * @since 0.1
 */
public final class Linker {
  /** The version of jld, which is that of its artifacts. */
  public static final String VERSION = "0.1.0";

  private Linker() {}

  /**
   * Runs one link to its end.
   *
   * @return what was linked, and the warnings
   * @throws LinkException where anything is wrong with the request or an input, the output can't be
   *     written, the link is cancelled ({@link Cancellation}), or the calling thread is interrupted
   *     (its interrupt flag stays set); there is no output then, and what stood at its path before
   *     is untouched
   * @throws RuntimeException or Error: what a consumer of the request's has thrown; the same is
   *     true then
   */
  public static LinkResult link(LinkRequest request) {
    return link(request, (KeptFiles) null);
  }

  private static LinkResult link(LinkRequest request, KeptFiles kept) {
    Arena arena = request.arena();
    if (arena != null) {
      return link(request, kept, arena);
    }
    try (Arena own = Arena.ofShared()) {
      return link(request, kept, own);
    }
  }

  /**
   * Links that have files in common: what has been mapped and parsed of a file stays until the next
   * link, which reads it anew only if it has changed. The outputs are those of {@link
   * Linker#link(LinkRequest)}, byte for byte. Any number of links may run at once in one session.
   *
   * <p>A file has not changed if its path leads to the same device and inode, its size is the same,
   * and so are the times of its last changes ({@code mtime} and {@code ctime}, in nanoseconds).
   * What was changed within the last 50 ms before a link has looked at it (2.1 s where the file
   * system's times are whole seconds) is not kept, since a further change need not show. Kept are
   * regular files of the default file system: objects, archives, their members and indexes, shared
   * libraries; scripts are kept mapped only. Memory ({@link InputSource#memory}) is not kept.
   *
   * <p>A kept file stays mapped, and is not read before it is known not to have changed. So one
   * that shrinks between links does no harm; one that shrinks in the middle of a link fails that
   * link, as any does.
   */
  public static final class Session implements AutoCloseable {
    private final Keeper keeper;

    /**
     * @param most bytes of the heap, estimated, that what is kept may take when no link runs; of
     *     the files at most eight times as many bytes are kept mapped. When a link ends, the least
     *     recently used files go until that holds. 0: nothing is kept
     * @throws IllegalArgumentException where {@code most} is negative
     */
    public Session(long most) {
      if (most < 0) {
        throw new IllegalArgumentException("most: " + most);
      }
      keeper = new Keeper(most);
    }

    /**
     * Runs one link to its end, as {@link Linker#link(LinkRequest)}; from any thread.
     *
     * @throws IllegalStateException where the session is closed
     */
    public LinkResult link(LinkRequest request) {
      return link(request, Map.of());
    }

    /**
     * As {@link #link(LinkRequest)}, where the caller knows digests of what files contain. Such a
     * file is kept however young it is, and has not changed if the digest is the same, and so are
     * device, inode, size and {@code mtime}; {@code ctime}, which changes with each hard link to
     * it, does not count.
     *
     * @param digests of the contents of files, by their paths as the link has them: relative ones
     *     relative, and those of libraries that are searched for with the directory they are found
     *     in. Any strings that are different for different contents; an empty one is none
     */
    public LinkResult link(LinkRequest request, Map<Path, String> digests) {
      try (Lease lease = keeper.lease(digests)) {
        return Linker.link(request, lease);
      }
    }

    /** How many files are kept. */
    public int files() {
      return keeper.files();
    }

    /** Bytes of the heap that what is kept takes; estimated. */
    public long heapBytes() {
      return keeper.heap();
    }

    /** Bytes of the files that are kept mapped. */
    public long mappedBytes() {
      return keeper.mapped();
    }

    /** Keeps nothing of what has been read so far; links that run go on with it. */
    public void clear() {
      keeper.clear();
    }

    /** Keeps nothing any more; links that run go on, and no other can be made. */
    @Override
    public void close() {
      keeper.close();
    }
  }

  /**
   * The layout that is built in for some options, as a linker script: the one in force where no
   * script gives another, and which {@code INSERT} edits.
   *
   * @param arch the architecture that the output is for
   * @param request whose options count, and nothing else
   */
  public static String builtInScript(Arch arch, LinkRequest request) {
    Machine machine = ReadInputs.machine(arch, request::get);
    return switch (request.get(LinkOption.OUTPUT_KIND)) {
      case RELOCATABLE -> RelocatablePlan.of(machine).toString();
      case SHARED -> DefaultPlan.of(machine, request::get, isBinary(request)).toString();
      default ->
          "ENTRY(_start)\n" + DefaultPlan.of(machine, request::get, isBinary(request)).toString();
    };
  }

  /**
   * Names of C++ and Rust as the source has them, by the system's demangler ({@code c++filt}).
   *
   * @param names as they stand in files
   * @return those of them that have another form, with it; empty where there is no demangler
   */
  public static Map<String, String> demangled(Collection<String> names) {
    return new Demangler().names(names);
  }

  private static boolean isBinary(LinkRequest request) {
    return request.get(LinkOption.OUTPUT_FORMAT).equals("binary");
  }

  private static LinkResult link(LinkRequest request, KeptFiles kept, Arena arena) {
    if (request.threads() == 1 || request.executor() != null) {
      return link(request, kept, arena, request.executor());
    }
    try (Pool pool = new Pool(request.threads() - 1)) {
      return link(request, kept, arena, pool);
    }
  }

  private static LinkResult link(
      LinkRequest request, KeptFiles kept, Arena arena, Executor executor) {
    TaskTrace trace = request.get(LinkOption.TIME_TRACE) ? new TaskTrace() : null;
    Tasks tasks = new Tasks(executor, request.threads(), trace, request.cancellation());
    boolean demangle = request.get(LinkOption.DEMANGLE);
    // What goes to memory outlives the link's arena.
    boolean toMemory = request.output() instanceof OutputSink.ToMemory;
    OutputMemory callers = null;
    OutBuf out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, toMemory ? Arena.ofAuto() : arena);
    OutBuf linked = out;
    OutBuf debug = null;
    Path debugFile = request.get(LinkOption.SEPARATE_DEBUG_FILE);
    Arch arch = null;
    Inputs inputs = new Inputs(arena, kept);
    Cancellation.Registration discarding = null;
    try {
      tasks.check();
      checkMemory(request, tasks.threads() > 1);
      arch = ChooseArch.of(request, inputs);
      boolean archive = request.get(LinkOption.ARCHIVE);
      if (archive) {
        if (request.get(LinkOption.OUTPUT_KIND) != OutputKind.RELOCATABLE) {
          throw new LinkException(
              DiagnosticCode.OPTION_CONFLICT,
              Location.NONE,
              "--archive bundles relocatable objects only");
        }
        linked = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
        linked.openHeap();
      }
      if (debugFile != null) {
        if (request.get(LinkOption.OUTPUT_KIND) == OutputKind.RELOCATABLE || isBinary(request)) {
          throw new LinkException(
              DiagnosticCode.OPTION_CONFLICT,
              Location.NONE,
              "--separate-debug-file is for programs and libraries only");
        }
        linked = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
        linked.open(debugFile, false, OutBuf.Mode.MAPPED); // large, and nobody's in the end
        debug = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
        debug.open(debugFile, false, OutBuf.Mode.MAPPED);
      }
      Context ctxt = new Context(request, arch, tasks, linked, VERSION);
      if (request.output() instanceof OutputSink.ToPath p) {
        out.open(p.path(), ctxt.kind() != OutputKind.RELOCATABLE);
        if (request.cancellation() != null) { // it may wait for the reader of a pipe
          discarding = request.cancellation().onCancel(out::discard);
        }
        if (!request.get(LinkOption.COLD)) {
          out.makesMany();
        }
      } else if (request.output() instanceof OutputSink.ToAllocator a) {
        callers = new OutputMemory(a.allocator(), tasks.threads() > 1);
        out.openMemory(callers);
      } else {
        out.openHeap();
      }
      Passes passes = new Passes(ctxt, inputs, trace);
      List<LinkResult.PassTime> times;
      try {
        times = passes.run();
      } finally {
        tell(request.get(LinkOption.INPUT_FILES), inputs);
      }
      ctxt = passes.context();
      List<LinkResult.TaskTime> taskTimes = passes.tasks();
      Image image = request.get(LinkOption.IMAGE) ? OutputImage.of(ctxt, linked) : null;
      if (archive) {
        linked.close();
        WriteArchive.run(ctxt, linked.bytes(), out);
      }
      if (debugFile != null) {
        String name = NameBytes.string(debugFile.getFileName());
        SeparateDebug.run(ctxt, linked.bytes(), out, debug, name);
      }
      List<Diagnostic> warnings = ctxt.finish();
      long size = out.size();
      MemorySegment bytes =
          callers != null ? callers.given() : toMemory ? out.bytes().asReadOnly() : null;
      List<Diagnostic> diagnostics = demangle ? demangled(warnings) : warnings;
      LinkResult result =
          new LinkResult(arch.info().name(), size, bytes, diagnostics, times, taskTimes, image);
      // A report that can't be written must not leave a new output.
      CallerException.accept(request.beforeOutput(), result);
      tasks.check();
      if (request.output() instanceof OutputSink.ToStream s) {
        write(out.bytes(), s);
      }
      if (debug != null) {
        debug.commit();
      }
      out.commit();
      return result;
    } catch (LinkException e) {
      if (isCancelled(request) && !saysCancelled(e)) {
        throw cancelled(e);
      }
      throw demangle ? new LinkException(demangled(e.diagnostics()), e.getCause()) : e;
    } catch (CallerException e) {
      throw e.thrown();
    } catch (RuntimeException | Error e) {
      if (isCancelled(request)) {
        throw cancelled(e);
      }
      String closed = closed(request, inputs, callers);
      throw closed == null
          ? Failure.of(e, request.arches(), arch)
          : CallersMemory.unusable(closed + " was closed while the link ran", e);
    } finally {
      if (discarding != null) {
        discarding.close();
      }
      linked.discard();
      if (debug != null) {
        debug.discard();
      }
      out.discard();
      inputs.end();
    }
  }

  private static boolean isCancelled(LinkRequest request) {
    return request.cancellation() != null && request.cancellation().isCancelled();
  }

  private static boolean saysCancelled(LinkException e) {
    return e.diagnostics().stream().anyMatch(d -> d.code() == DiagnosticCode.CANCELLED);
  }

  /** Whatever goes wrong when a link is cancelled, that is why it has ended. */
  private static LinkException cancelled(Throwable e) {
    return new LinkException(LinkException.cancelled().diagnostics(), e);
  }

  private static void tell(Consumer<Path> sink, Inputs inputs) {
    if (sink != null) {
      inputs.paths().forEach(p -> CallerException.accept(sink, p));
    }
  }

  /**
   * Memory that only another thread may access would make the link fail in the middle of a pass.
   */
  private static void checkMemory(LinkRequest request, boolean threads) {
    Arena arena = request.arena();
    if (arena != null && arena != Arena.global()) {
      try {
        CallersMemory.check("the arena", arena.allocate(1), threads);
      } catch (IllegalStateException | WrongThreadException e) {
        throw CallersMemory.unusable("the arena cannot be used: " + e.getMessage(), null);
      }
    }
    for (InputSource source : request.inputs()) {
      if (source instanceof InputSource.OfMemory m) {
        CallersMemory.check(m.name(), m.bytes(), threads);
      }
    }
  }

  /** What is closed of the caller's memory, which is why the link has failed; null: nothing is. */
  private static String closed(LinkRequest request, Inputs inputs, OutputMemory output) {
    if (request.arena() != null && !request.arena().scope().isAlive()) {
      return "the arena";
    }
    if (output != null && output.given() != null && !output.given().scope().isAlive()) {
      return "the output's arena";
    }
    for (InputSource source : request.inputs()) {
      if (source instanceof InputSource.OfMemory m && !m.bytes().scope().isAlive()) {
        return "the arena of " + m.name();
      }
    }
    for (Map.Entry<InputSource.OfSupplier, MemorySegment> e : inputs.supplied().entrySet()) {
      if (!e.getValue().scope().isAlive()) {
        return "the arena of " + e.getKey().name();
      }
    }
    return null;
  }

  private static void write(MemorySegment bytes, OutputSink.ToStream to) {
    byte[] piece = new byte[(int) Math.min(bytes.byteSize(), 1 << 20)];
    try {
      for (long at = 0; at < bytes.byteSize(); ) {
        int n = (int) Math.min(bytes.byteSize() - at, piece.length);
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, piece, 0, n);
        to.stream().write(piece, 0, n);
        at += n;
      }
      to.stream().flush();
    } catch (IOException e) {
      throw new LinkException(
          DiagnosticCode.OUTPUT_NOT_WRITABLE, Location.file(to.name()), IoReason.of(e));
    } catch (RuntimeException | Error e) {
      throw CallerException.of(e); // the stream is the caller's
    }
  }

  /**
   * Names are demangled here, all at once, and not where messages are made: a pass may find
   * thousands.
   */
  private static List<Diagnostic> demangled(List<Diagnostic> diagnostics) {
    return diagnostics.isEmpty() ? diagnostics : new Demangler().diagnostics(diagnostics);
  }
}
