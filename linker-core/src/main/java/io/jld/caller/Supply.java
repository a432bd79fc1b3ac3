package io.jld.caller;

import io.jld.input.Inputs;
import io.jld.link.Diagnostic;
import io.jld.link.DiagnosticCode;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkRequest;
import io.jld.link.Location;
import io.jld.model.CallerException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Inputs that the caller gives when they are asked for. */
public final class Supply {
  private Supply() {}

  /**
   * The bytes of such an input.
   *
   * @throws LinkException where its supplier fails, with the exception as the cause, or gives what
   *     the link can't use
   */
  public static MemorySegment of(
      LinkRequest request, Inputs inputs, InputSource.OfSupplier source) {
    return inputs.supplied(source, s -> ask(request, s));
  }

  private static MemorySegment ask(LinkRequest request, InputSource.OfSupplier source) {
    MemorySegment bytes;
    try {
      bytes = source.supplier().call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LinkException.interrupted();
    } catch (Exception e) {
      throw failed(source, e.toString(), e);
    } catch (Error e) {
      throw CallerException.of(e);
    }
    if (bytes == null) {
      throw failed(source, "null", null);
    }
    CallersMemory.check(source.name(), bytes, request.threads() > 1);
    return bytes;
  }

  private static LinkException failed(InputSource.OfSupplier source, String why, Exception cause) {
    return new LinkException(
        List.of(
            Diagnostic.error(
                DiagnosticCode.INPUT_NOT_SUPPLIED,
                Location.file(source.name()),
                "cannot be supplied: " + why)),
        cause);
  }
}
