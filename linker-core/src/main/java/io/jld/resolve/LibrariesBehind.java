package io.jld.resolve;

import io.jld.input.Inputs;
import io.jld.input.SharedFile;
import io.jld.link.LinkException;
import io.jld.link.NameBytes;
import io.jld.link.OutputKind;
import io.jld.load.NeededFiles;
import io.jld.model.Context;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the libraries refer to and define that the named ones need: the loader loads them with the
 * program, and their references mean the program's definitions as those of the named libraries do.
 * So an executable has to export them, as with GNU ld. Most often all of these libraries are named,
 * and no file is read for it.
 */
public final class LibrariesBehind {
  private final Context ctxt;
  private final Inputs inputs;

  /** The libraries of the command line by their names. */
  private final Map<String, SharedFile> given = new HashMap<>();

  private final Set<String> loaded = new HashSet<>();

  /** A library that is not on the command line; its symbols have no numbers yet. */
  private static final class Found {
    final Path path;
    final String soname;
    final MemorySegment bytes;
    SharedFile file;

    Found(Path path, String soname, MemorySegment bytes) {
      this.path = path;
      this.soname = soname;
      this.bytes = bytes;
    }
  }

  private LibrariesBehind(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
  }

  /** It is known which libraries the output names. */
  public static void run(Context ctxt, Inputs inputs) {
    if (ctxt.kind() != OutputKind.SHARED && !ctxt.shared.isEmpty()) {
      new LibrariesBehind(ctxt, inputs).run();
    }
  }

  private void run() {
    List<SharedFile> level = new ArrayList<>();
    for (SharedFile f : ctxt.shared) {
      given.putIfAbsent(f.soname(), f);
      if (f.isNeeded()) {
        loaded.add(f.soname());
        level.add(f);
      }
    }
    while (!level.isEmpty()) {
      level = behind(level);
      for (SharedFile f : level) {
        NeededLibraries.markShared(ctxt, f);
      }
    }
  }

  /** What the libraries need that none before them needs. */
  private List<SharedFile> behind(List<SharedFile> libraries) {
    List<SharedFile> all = new ArrayList<>();
    List<Found> found = new ArrayList<>();
    for (SharedFile f : libraries) {
      for (String soname : f.needed()) {
        if (!loaded.add(soname)) {
          continue;
        }
        SharedFile known = given.get(soname);
        Path path = known == null ? new NeededFiles(ctxt, inputs).find(soname, f) : null;
        if (known != null) {
          all.add(known);
        } else if (path != null) {
          found.add(new Found(path, soname, inputs.map(path)));
        }
      }
    }
    if (!found.isEmpty()) {
      ctxt.tasks().forEach(found.size(), i -> read(found.get(i)));
    }
    for (Found f : found) {
      if (f.file != null) {
        all.add(f.file);
      }
    }
    return all;
  }

  private void read(Found f) {
    try {
      SharedFile file =
          SharedFile.read(NameBytes.string(f.path), f.path, f.soname, f.bytes, true, false);
      int[] ids = new int[file.nameCount()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = ctxt.names.find(file, i);
      }
      file.setNameIds(ids);
      f.file = file;
    } catch (LinkException e) {
      // It is the loader's affair, and whoever names the library is told.
    }
  }
}
