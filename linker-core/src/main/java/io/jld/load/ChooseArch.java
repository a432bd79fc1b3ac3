package io.jld.load;

import io.jld.arch.Arch;
import io.jld.arch.Arches;
import io.jld.caller.Supply;
import io.jld.input.Archive;
import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
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
          .orElseThrow(
              () ->
                  new LinkException(
                      DiagnosticCode.UNKNOWN_ARCHITECTURE,
                      Location.NONE,
                      arches.noEmulation(emulation)));
    }
    Inputs.Machine object = first(request, inputs, false);
    // An archive comes second: nothing may be wanted of one that is for another machine.
    Inputs.Machine m = object == null ? first(request, inputs, true) : object;
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
    return arches
        .byName(request.get(LinkOption.FALLBACK_ARCH))
        .orElseThrow(
            () -> unknown("no object says which architecture to link for: --arch does", arches));
  }

  /** What the first object or library is for, or the first archive; null where there is none. */
  private static Inputs.Machine first(LinkRequest request, Inputs inputs, boolean archives) {
    for (InputSource source : request.inputs()) {
      Inputs.Machine m =
          switch (source) {
            case InputSource.OfPath p -> machine(inputs, p.path(), inputs.map(p.path()), archives);
            case InputSource.JustSymbols j ->
                machine(inputs, j.path(), inputs.map(j.path()), archives);
            case InputSource.OfMemory o -> machine(inputs, null, o.bytes(), archives);
            case InputSource.OfSupplier s ->
                machine(inputs, null, Supply.of(request, inputs, s), archives);
            default -> null;
          };
      if (m != null) {
        return m;
      }
    }
    return null;
  }

  private static Inputs.Machine machine(
      Inputs inputs, java.nio.file.Path path, MemorySegment bytes, boolean archives) {
    boolean asked = archives ? path != null && Archive.isArchive(bytes) : ObjectFile.isElf(bytes);
    return asked ? inputs.machine(path, bytes) : null;
  }

  private static LinkException unknown(String what, Arches arches) {
    List<Diagnostic> all = new ArrayList<>(arches.problems()); // one of them may be why
    all.add(
        Diagnostic.error(
            DiagnosticCode.UNKNOWN_ARCHITECTURE,
            Location.NONE,
            what + "; there are: " + arches.names()));
    return new LinkException(all);
  }
}
