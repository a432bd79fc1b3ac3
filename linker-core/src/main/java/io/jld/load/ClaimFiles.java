package io.jld.load;

import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.input.ReadBuffers;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.CallerException;
import io.jld.model.Context;
import io.jld.plugin.Plugins;
import java.lang.foreign.MemorySegment;

/**
 * Asks plug-ins about a file with intermediate code. What one of them claims has a stand-in's names
 * from here on; what none does is linked by the machine code that it has beside, or refused.
 */
final class ClaimFiles {
  private ClaimFiles() {}

  /**
   * @param order the file's place among all
   * @param wants whether the names will be asked for that it wants others to define
   */
  static void claim(Context ctxt, Inputs inputs, ObjectJob job, int order, boolean wants) {
    if (ctxt.plugins() == null) {
      ctxt.setPlugins(load(ctxt, inputs));
    }
    MemorySegment standIn = ctxt.plugins().claim(Location.file(job.file, job.member), job.bytes);
    ReadBuffers buffers = new ReadBuffers();
    if (standIn != null) {
      job.problem = null;
      job.take(
          ctxt,
          new ObjectFile(job.file, job.member, standIn, ObjectFile.Origin.INTERMEDIATE, buffers),
          order,
          wants,
          buffers);
    } else if (job.parsed != null) {
      job.take(ctxt, job.parsed, order, wants, buffers);
    }
  }

  private static Plugins load(Context ctxt, Inputs inputs) {
    Runnable before = ctxt.request().beforePlugins();
    if (before != null) {
      CallerException.accept(r -> before.run(), null);
    }
    return new Plugins(
        new Plugins.Settings(
            ctxt.option(LinkOption.PLUGIN),
            ctxt.kind(),
            ctxt.outputFile(),
            ctxt.option(LinkOption.WRAP),
            ctxt.elf,
            ctxt.arch().info().machine(),
            ctxt.option(LinkOption.COLD),
            ctxt.request().cancellation()),
        inputs);
  }
}
