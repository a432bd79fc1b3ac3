package io.jld.plugin;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * One plug-in: the library, and the hooks that it has registered. On the plug-ins' thread alone.
 */
final class Plugin {
  /** Bytes of {@code struct ld_plugin_input_file}. */
  static final long INPUT_FILE = 40;

  private final String path;
  private final List<String> options;
  private long library;
  MemorySegment claimFile = MemorySegment.NULL;
  MemorySegment allSymbolsRead = MemorySegment.NULL;
  MemorySegment cleanup = MemorySegment.NULL;

  /**
   * Loads it; {@link #start} comes next.
   *
   * @param options {@code -plugin-opt}, in order
   * @throws LinkException where it can't be loaded, is no plug-in, or is used already
   */
  Plugin(String path, List<String> options) {
    this.path = path;
    this.options = options;
    boolean used = Native.isLoaded(path);
    load();
    if (onload().address() == 0) {
      throw unusable("no linker plug-in: it has no function onload");
    }
    if (used) {
      throw unusable(
          "the plug-in has been used in this process and cannot be unloaded, and its state is that"
              + " of another link; link in a process of its own");
    }
  }

  private MemorySegment onload() {
    return Native.symbol(library, "onload");
  }

  private LinkException unusable(String why) {
    unload();
    return failure(why);
  }

  private void load() {
    library = Native.load(path);
    if (library == 0) {
      throw new LinkException(
          DiagnosticCode.PLUGIN, Location.NONE, "cannot load the plug-in: " + Native.error());
    }
  }

  /** Loads it anew, with no state; 0: it can't be unloaded, and has the state and hooks it had. */
  int reload() {
    cleanUp();
    unload();
    boolean resident = Native.isLoaded(path);
    load();
    if (!resident) {
      claimFile = MemorySegment.NULL;
      allSymbolsRead = MemorySegment.NULL;
      cleanup = MemorySegment.NULL;
    }
    return resident ? 0 : 1;
  }

  private LinkException failure(String what) {
    return new LinkException(DiagnosticCode.PLUGIN, Location.file(path), what);
  }

  /** Calls {@code onload}. */
  void start(Callbacks callbacks, Arena arena) {
    check(call(onload(), callbacks.transferVector(options, arena), MemorySegment.NULL), "start");
  }

  /**
   * Offers a file.
   *
   * @param fd it, open for reading
   */
  boolean claim(ClaimedFile file, int fd) {
    if (claimFile.address() == 0) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment claimed = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment input = arena.allocate(INPUT_FILE, 8);
      put(input, file, Native.cString(arena, file.path), fd);
      check(call(claimFile, input, claimed), "read " + file.path);
      return claimed.get(ValueLayout.JAVA_INT, 0) != 0;
    }
  }

  /** Fills a {@code struct ld_plugin_input_file}. */
  static void put(MemorySegment input, ClaimedFile file, MemorySegment name, int fd) {
    input.set(ValueLayout.ADDRESS, 0, name);
    input.set(ValueLayout.JAVA_INT, 8, fd);
    input.set(ValueLayout.JAVA_LONG, 16, file.offset);
    input.set(ValueLayout.JAVA_LONG, 24, file.bytes.byteSize());
    input.set(ValueLayout.JAVA_LONG, 32, file.handle);
  }

  /** All names are resolved: it compiles. */
  void allSymbolsRead() {
    if (allSymbolsRead.address() != 0) {
      check(call(allSymbolsRead, MemorySegment.NULL, MemorySegment.NULL), "compile");
    }
  }

  /** Removes what it has left behind. */
  void cleanUp() {
    if (cleanup.address() != 0) {
      // a link that has ended has nothing to say of its status
      Native.call(cleanup, 0, 0, 0, 0);
    }
  }

  void unload() {
    if (library != 0) { // it may have failed to be loaded anew
      Native.unload(library);
      library = 0;
    }
  }

  private static int call(MemorySegment function, MemorySegment a, MemorySegment b) {
    return (int) Native.call(function, a.address(), b.address(), 0, 0);
  }

  private void check(int status, String what) {
    if (status != Callbacks.OK) {
      throw failure("the plug-in has failed to " + what);
    }
  }
}
