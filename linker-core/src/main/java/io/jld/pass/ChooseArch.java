package io.jld.pass;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.input.Archive;
import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.LinkRequest;
import io.jld.link.Location;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out what to link for: as the request says by name or by emulation, else as the first object
 * does, else the request's fallback.
 */
public final class ChooseArch {
  private ChooseArch() {}

  /**
   * @throws LinkException where no installed architecture fits; the message lists those that are
   *     there
   */
  public static Arch of(LinkRequest request, Inputs inputs) {
    Arches arches = request.arches();
    if (!request.arch().isEmpty()) {
      return arches
          .byName(request.arch())
          .orElseThrow(() -> unknown("unknown architecture '" + request.arch() + "'", arches));
    }
    String emulation = request.get(LinkOption.EMULATION);
    if (!emulation.isEmpty()) {
      return arches
          .byEmulation(emulation)
          .orElseThrow(() -> new LinkException(Location.NONE, arches.noEmulation(emulation)));
    }
    for (InputSource source : request.inputs()) {
      Inputs.Machine m = machine(source, inputs);
      if (m != null) {
        return arches
            .byMachine(m.machine(), m.is64())
            .orElseThrow(
                () ->
                    unknown(
                        "no architecture for machine "
                            + m.machine()
                            + (m.is64() ? ", 64 bits" : ", 32 bits"),
                        arches));
      }
    }
    return arches
        .byName(request.get(LinkOption.FALLBACK_ARCH))
        .orElseThrow(
            () -> unknown("no object says which architecture to link for: --arch does", arches));
  }

  private static Inputs.Machine machine(InputSource source, Inputs inputs) {
    if (source instanceof InputSource.OfPath p) {
      return machine(inputs, p.path(), inputs.map(p.path()));
    }
    if (source instanceof InputSource.JustSymbols j) {
      return machine(inputs, j.path(), inputs.map(j.path()));
    }
    return source instanceof InputSource.OfMemory m ? machine(inputs, null, m.bytes()) : null;
  }

  private static Inputs.Machine machine(
      Inputs inputs, java.nio.file.Path path, MemorySegment bytes) {
    return ObjectFile.isElf(bytes) || (path != null && Archive.isArchive(bytes))
        ? inputs.machine(path, bytes)
        : null;
  }

  private static LinkException unknown(String what, Arches arches) {
    List<Diagnostic> all = new ArrayList<>(arches.problems()); // one of them may be why
    all.add(Diagnostic.error(Location.NONE, what + "; there are: " + arches.names()));
    return new LinkException(all);
  }
}
