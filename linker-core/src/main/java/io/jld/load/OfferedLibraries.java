package io.jld.load;

import io.jld.input.Archive;
import io.jld.input.ArchiveIndex;
import io.jld.input.Inputs;
import io.jld.input.LibrarySearch;
import io.jld.input.Names;
import io.jld.input.ObjectFile;
import io.jld.input.QuickNames;
import io.jld.link.InputSource;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.NameBytes;
import io.jld.model.Context;
import io.jld.script.InputScript;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Libraries that {@code -l} would find, and which define a name that the link lacks. For a link
 * that has failed alone: of a shared library its hash table is asked, of an archive its index is
 * read; a script that stands for a library ({@code libm.so}) is followed; and there are limits to
 * all.
 */
public final class OfferedLibraries implements AutoCloseable {
  private static final int MAX_LIBRARIES = 4096;

  /** Names in archives that are looked through, of all together. */
  private static final long MAX_INDEXED = 1 << 20;

  /** Bytes of what may be a script that names the library. */
  private static final long MAX_SCRIPT = 1 << 12;

  /** What is known of the names that a library defines: one of the two. */
  private record Known(QuickNames shared, ArchiveIndex index) {}

  private final Context ctxt;

  /** Of its own: nothing of the link is to depend on what is looked at here. */
  private final Arena arena = Arena.ofShared();

  private final Inputs inputs = new Inputs(arena);

  /** Those with short names first: others may have a copy of what these define. */
  private List<Path> files;

  /** Of the first files, as far as somebody has asked; what a script names has several. */
  private final List<List<Known>> known = new ArrayList<>();

  private long indexed;

  public OfferedLibraries(Context ctxt) {
    this.ctxt = ctxt;
  }

  @Override
  public void close() {
    arena.close();
  }

  /** The library that defines a name; null where none does. */
  public Path of(String name) {
    byte[] bytes = NameBytes.bytes(name);
    long hash = Names.hash(bytes, 0, bytes.length);
    files = files == null ? files() : files;
    for (int i = 0; i < files.size(); i++) {
      if (i == known.size()) {
        known.add(open(files.get(i)));
      }
      for (Known n : known.get(i)) {
        if (defines(n, name, hash)) {
          return files.get(i);
        }
      }
    }
    return null;
  }

  private static boolean defines(Known n, String name, long hash) {
    if (n.shared() != null) {
      return n.shared().exports(name);
    }
    for (int i = 0; i < n.index().count(); i++) {
      if (n.index().hash(i) == hash) {
        return true;
      }
    }
    return false;
  }

  private List<Path> files() {
    LibrarySearch search =
        LibrarySearch.of(
            ctxt.option(LinkOption.LIBRARY_PATH),
            ctxt.option(LinkOption.SYSROOT),
            file -> true,
            note -> {});
    List<Path> all = new ArrayList<>(search.all(isStatic(), MAX_LIBRARIES));
    all.sort(Comparator.comparingInt(OfferedLibraries::length)); // stable
    return all;
  }

  private static int length(Path file) {
    return file.getFileName().toString().lastIndexOf('.');
  }

  private List<Known> open(Path file) {
    List<Known> all = new ArrayList<>();
    try {
      if (Files.isRegularFile(file)) {
        open(file, inputs.map(file), 0, all);
      }
    } catch (LinkException e) {
      return List.of(); // not a library that could be linked
    }
    return all;
  }

  /** Whether one more library at the end of the command line would have to be an archive. */
  private boolean isStatic() {
    boolean is = ctxt.option(LinkOption.STATIC);
    for (InputSource source : ctxt.request().inputs()) {
      if (source instanceof InputSource.OfLibrary l) {
        is = l.flags().staticOnly();
      }
    }
    return is;
  }

  private void open(Path file, MemorySegment bytes, int depth, List<Known> all) {
    int machine = ctxt.arch().info().machine();
    if (ObjectFile.isElf(bytes)) {
      QuickNames shared = new QuickNames(bytes);
      if (shared.isLibrary(machine, ctxt.elf)) {
        all.add(new Known(shared, null));
      }
    } else if (Archive.isArchive(bytes)) {
      Archive archive = Archive.open(NameBytes.string(file), file, bytes, inputs::map);
      Inputs.Machine m = indexed < MAX_INDEXED ? inputs.machine(file, bytes) : null;
      boolean fits = m != null && m.machine() == machine && m.is64() == ctxt.elf.is64();
      ArchiveIndex index = fits ? archive.index() : null;
      if (index != null) {
        indexed += index.count();
        all.add(new Known(null, index));
      }
    } else if (depth == 0 && bytes.byteSize() <= MAX_SCRIPT) {
      InputScript script =
          InputScript.parse(
              NameBytes.string(file), bytes, InputScript.Origin.INPUT, InputScript.Includes.NONE);
      for (InputScript.Command c : script.commands()) {
        List<InputScript.Item> items =
            switch (c) {
              case InputScript.Group g -> g.items();
              case InputScript.Input i -> i.items();
              default -> List.of();
            };
        for (InputScript.Item item : items) {
          Path named = file.resolveSibling(item.name());
          if (!item.library() && Files.isRegularFile(named)) {
            open(named, inputs.map(named), 1, all);
          }
        }
      }
    }
  }
}
