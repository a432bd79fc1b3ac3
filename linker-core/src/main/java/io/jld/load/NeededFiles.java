package io.jld.load;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.input.Inputs;
import io.jld.input.SharedFile;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the libraries are that a shared library needs and the link does not name. */
public final class NeededFiles {
  private final Context ctxt;
  private final Inputs inputs;

  public NeededFiles(Context ctxt, Inputs inputs) {
    this.ctxt = ctxt;
    this.inputs = inputs;
  }

  /**
   * GNU ld's places: -rpath-link, -rpath, the library's own run path, -L, and where the system has
   * its libraries.
   *
   * @return null where there is no such library for this architecture
   */
  public Path find(String soname, SharedFile by) {
    List<String> places = new ArrayList<>(ctxt.option(LinkOption.RPATH_LINK));
    places.addAll(ctxt.option(LinkOption.RPATH));
    String origin =
        by.path() == null || by.path().getParent() == null
            ? "."
            : NameBytes.string(by.path().getParent());
    for (String p : by.searchPath()) {
      places.add(p.replace("${ORIGIN}", origin).replace("$ORIGIN", origin));
    }
    places.add(origin);
    places.addAll(ctxt.option(LinkOption.LIBRARY_PATH));
    for (String place : places) {
      try {
        Path p =
            NameBytes.path(
                (place.startsWith("=")
                        ? ctxt.option(LinkOption.SYSROOT) + place.substring(1)
                        : place)
                    + (place.isEmpty() ? "" : "/")
                    + soname);
        if (Files.isRegularFile(p) && isForThisLink(p)) {
          return p;
        }
      } catch (InvalidPathException | LinkException e) {
        continue; // not a place where a library can be
      }
    }
    return null;
  }

  private boolean isForThisLink(Path p) {
    MemorySegment bytes = inputs.map(p);
    Inputs.Machine m = inputs.machine(p, bytes);
    return m != null
        && m.machine() == ctxt.arch().info().machine()
        && m.is64() == ctxt.elf.is64()
        && ElfClass.u16(bytes, 16) == Elf.ET_DYN;
  }
}
