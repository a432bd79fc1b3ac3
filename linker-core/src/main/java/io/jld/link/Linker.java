package io.jld.link;

import io.jld.arch.Arch;
import io.jld.asmb.OutBuf;
import io.jld.asmb.TaskTrace;
import io.jld.asmb.Tasks;
import io.jld.input.Inputs;
import io.jld.pass.ChooseArch;
import io.jld.pass.Context;
import io.jld.pass.Passes;
import io.jld.pass.WriteArchive;
import io.jld.report.Demangler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.Executor;

/** Links. Links don't know of each other: any number may run at once in one JVM. */
public final class Linker {
  private Linker() {}

  /**
   * Runs one link to its end.
   *
   * @return what was linked, and the warnings
   * @throws LinkException where anything is wrong with the request or an input, or the output can't
   *     be written; there is no output then, and what stood at its path before is untouched
   */
  public static LinkResult link(LinkRequest request) {
    Arena arena = request.arena();
    if (arena != null) {
      return link(request, arena);
    }
    try (Arena own = Arena.ofShared()) {
      return link(request, own);
    }
  }

  private static LinkResult link(LinkRequest request, Arena arena) {
    if (request.threads() == 1 || request.executor() != null) {
      return link(request, arena, request.executor());
    }
    try (Pool pool = new Pool(request.threads() - 1)) {
      return link(request, arena, pool);
    }
  }

  private static LinkResult link(LinkRequest request, Arena arena, Executor executor) {
    TaskTrace trace = request.get(LinkOption.TIME_TRACE) ? new TaskTrace() : null;
    Tasks tasks = new Tasks(executor, request.threads(), trace);
    boolean demangle = request.get(LinkOption.DEMANGLE);
    OutBuf out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
    OutBuf linked = out;
    try {
      Inputs inputs = new Inputs(arena);
      Arch arch = ChooseArch.of(request, inputs);
      boolean archive = request.get(LinkOption.ARCHIVE);
      if (archive) {
        if (request.get(LinkOption.OUTPUT_KIND) != OutputKind.RELOCATABLE) {
          throw new LinkException(Location.NONE, "--archive bundles relocatable objects only");
        }
        linked = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
        linked.openHeap();
      }
      Context ctxt = new Context(request, arch, tasks, linked);
      if (request.output() instanceof OutputSink.ToPath p) {
        out.open(p.path(), ctxt.kind() != OutputKind.RELOCATABLE, OutBuf.Mode.MAPPED);
      } else {
        out.openHeap();
      }
      Passes passes = new Passes(ctxt, inputs, trace);
      List<LinkResult.PassTime> times = passes.run();
      List<LinkResult.TaskTime> taskTimes = passes.tasks();
      if (archive) {
        linked.close();
        WriteArchive.run(ctxt, linked.bytes(), out);
      }
      List<Diagnostic> warnings = ctxt.finish();
      long size = out.size();
      MemorySegment bytes =
          request.output() instanceof OutputSink.ToMemory ? copy(out.bytes()) : null;
      out.commit();
      List<Diagnostic> diagnostics = demangle ? demangled(warnings) : warnings;
      return new LinkResult(arch.info().name(), size, bytes, diagnostics, times, taskTimes);
    } catch (LinkException e) {
      throw demangle ? new LinkException(demangled(e.diagnostics())) : e;
    } catch (RuntimeException e) {
      throw LinkException.internal(e);
    } finally {
      out.discard();
    }
  }

  /**
   * Names are demangled here, all at once, and not where messages are made: a pass may find
   * thousands.
   */
  private static List<Diagnostic> demangled(List<Diagnostic> diagnostics) {
    return diagnostics.isEmpty() ? diagnostics : new Demangler().diagnostics(diagnostics);
  }

  /** On the heap, so that it outlives the link's arena. */
  private static MemorySegment copy(MemorySegment bytes) {
    return MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE)).asReadOnly();
  }
}
