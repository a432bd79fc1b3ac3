package io.jld.load;

import io.jld.input.Inputs;
import io.jld.input.ObjectFile;
import io.jld.input.ReadBuffers;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.symbol.LinkedObject;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** An object that is still to be read: a file of its own, or an archive's member. */
public final class ObjectJob {
  private static final long[] NONE = {};

  final String file;
  final String member;
  final MemorySegment bytes;
  private final ObjectFile.Origin origin;

  /** {@code --archive}: whether it is not linked, but bundled as it is. */
  boolean isHost;

  /** Null until it is read, and where that fails: then {@link #problem} says why. */
  ObjectFile parsed;

  /** The same in this link; null where it is only looked at. */
  LinkedObject object;

  LinkException problem;

  /** Whether it holds intermediate code, which a plug-in is to be asked about. */
  boolean intermediate;

  /** Hashes of the names that it wants others to define, where somebody asks. */
  private long[] wantedNames = NONE;

  ObjectJob(String file, String member, MemorySegment bytes) {
    this(file, member, bytes, ObjectFile.Origin.FILE);
  }

  /** LLVM's intermediate code; it can't be linked unless a plug-in claims it. */
  static ObjectJob ofBitcode(Context ctxt, String file, String member, MemorySegment bytes) {
    ObjectJob job = new ObjectJob(file, member, bytes);
    job.problem = Lto.bitcode(member == null ? Location.file(file) : Location.file(file, member));
    job.intermediate = !ctxt.option(LinkOption.PLUGIN).isEmpty();
    return job;
  }

  ObjectJob(String file, String member, MemorySegment bytes, ObjectFile.Origin origin) {
    this.file = file;
    this.member = member;
    this.bytes = bytes;
    this.origin = origin;
  }

  /**
   * Reads the objects with numbers from {@code from} on and takes their names in, each with its
   * number as its place among all files.
   *
   * @param wants whether {@link #takeWantedNames} will be asked for
   */
  static void read(Context ctxt, Inputs inputs, List<ObjectJob> jobs, int from, boolean wants) {
    ctxt.tasks()
        .forRanges(
            jobs.size() - from,
            8,
            ReadBuffers::new,
            (buffers, first, end) -> {
              for (int i = from + first; i < from + end; i++) {
                jobs.get(i).read(ctxt, inputs, i, wants, buffers);
              }
            });
    if (!ctxt.option(LinkOption.PLUGIN).isEmpty()) {
      for (int i = from; i < jobs.size(); i++) {
        if (jobs.get(i).intermediate) {
          ClaimFiles.claim(ctxt, inputs, jobs.get(i), i, wants);
        }
      }
    }
  }

  private void read(Context ctxt, Inputs inputs, int order, boolean wants, ReadBuffers buffers) {
    if (problem != null) {
      return;
    }
    try {
      ObjectFile f = inputs.object(file, member, bytes, origin, buffers);
      checkArch(ctxt, f);
      if (f.hasLto() && isForPlugin(ctxt)) {
        intermediate = true;
        parsed = f;
      } else {
        take(ctxt, f, order, wants, buffers);
      }
    } catch (LinkException e) {
      problem = e;
    }
  }

  private boolean isForPlugin(Context ctxt) {
    return !isHost && origin == ObjectFile.Origin.FILE && !ctxt.option(LinkOption.PLUGIN).isEmpty();
  }

  /** Takes a file and its names in. */
  void take(Context ctxt, ObjectFile f, int order, boolean wants, ReadBuffers buffers) {
    if (wants) {
      wantedNames = f.wantedNames();
    }
    boolean alone = ctxt.tasks().isAlone();
    object = new LinkedObject(f, ctxt.names.add(f, buffers, order, alone));
    parsed = f;
  }

  /** Reads it to be looked at only, where it has not been read: its names are not taken in. */
  void readAlone(Inputs inputs) {
    if (parsed == null && problem == null) {
      try {
        parsed = inputs.object(file, member, bytes, origin, new ReadBuffers());
      } catch (LinkException e) {
        problem = e;
      }
    }
  }

  private static void checkArch(Context ctxt, ObjectFile f) {
    if (f.machine() != ctxt.arch().info().machine() || f.elf() != ctxt.elf) {
      String is =
          ctxt.request()
              .arches()
              .byMachine(f.machine(), f.elf().is64())
              .map(a -> a.info().name())
              .orElse("machine " + f.machine() + (f.elf().is64() ? ", 64 bits" : ", 32 bits"));
      throw new LinkException(
          DiagnosticCode.WRONG_ARCHITECTURE,
          f.location(),
          "object is made for "
              + is
              + " and can't be linked for "
              + ctxt.arch().info().name()
              + "\n>>> compile it for "
              + ctxt.arch().info().name()
              + ", or all the others for "
              + is);
    }
  }

  long[] takeWantedNames() {
    long[] names = wantedNames;
    wantedNames = NONE;
    return names;
  }
}
