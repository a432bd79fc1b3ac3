package io.jld.plugin;

import io.jld.link.OutputKind;
import io.jld.link.Severity;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions that plug-ins call, and the transfer vector that tells them of these ({@code struct
 * ld_plugin_tv}): those of GNU ld 2.40. Nothing may be thrown through a plug-in; what goes wrong is
 * noted, and the plug-in gets {@link #ERR}.
 */
final class Callbacks {
  // enum ld_plugin_status
  static final int OK = 0;
  private static final int NO_SYMS = 1;
  private static final int BAD_HANDLE = 2;
  private static final int ERR = 3;

  // enum ld_plugin_tag
  private static final int NULL = 0;
  private static final int API_VERSION = 1;
  private static final int LINKER_OUTPUT = 3;
  private static final int OPTION = 4;
  private static final int REGISTER_CLAIM_FILE_HOOK = 5;
  private static final int REGISTER_ALL_SYMBOLS_READ_HOOK = 6;
  private static final int REGISTER_CLEANUP_HOOK = 7;
  private static final int ADD_SYMBOLS = 8;
  private static final int GET_SYMBOLS = 9;
  private static final int ADD_INPUT_FILE = 10;
  private static final int MESSAGE = 11;
  private static final int GET_INPUT_FILE = 12;
  private static final int RELEASE_INPUT_FILE = 13;
  private static final int ADD_INPUT_LIBRARY = 14;
  private static final int OUTPUT_NAME = 15;
  private static final int SET_EXTRA_LIBRARY_PATH = 16;
  private static final int GNU_LD_VERSION = 17;
  private static final int GET_VIEW = 18;
  private static final int GET_SYMBOLS_V2 = 25;
  private static final int GET_SYMBOLS_V3 = 28;
  private static final int GET_WRAP_SYMBOLS = 32;
  private static final int ADD_SYMBOLS_V2 = 33;

  /** The interface's version, {@code LD_PLUGIN_API_VERSION}. */
  private static final int VERSION = 1;

  /** The version of GNU ld whose interface this is: 100 times the major number, and the minor. */
  private static final int LIKE_GNU_LD = 240;

  // enum ld_plugin_level
  private static final int INFO = 0;
  private static final int WARNING = 1;
  private static final int FATAL = 3;

  /** Bytes of {@code struct ld_plugin_tv}: a tag, and a union of words. */
  private static final long TV = 16;

  /** Bytes of {@code struct ld_plugin_symbol}, and where its parts are. */
  private static final long SYMBOL = 48;

  private static final long VERSION_AT = 8;
  private static final long KIND_AT = 16;
  private static final long TYPE_AT = 17;
  private static final long VISIBILITY_AT = 20;
  private static final long SIZE_AT = 24;
  private static final long COMDAT_AT = 32;
  private static final long RESOLUTION_AT = 40;

  /**
   * All take up to three words, and are of one kind: each kind takes 20 ms when the first is made.
   */
  private static final FunctionDescriptor TYPE =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_LONG);

  /** What a callback does. */
  private interface Body {
    int run();
  }

  private record Entry(int tag, MemorySegment value) {}

  private final Plugins plugins;
  private final OutputKind kind;
  private final String output;
  private final List<String> wrapped;
  private final Arena arena;
  private final List<Entry> functions = new ArrayList<>();

  /**
   * @param output the output's name
   * @param wrapped {@code --wrap}
   * @param arena whose functions these are
   */
  Callbacks(Plugins plugins, OutputKind kind, String output, List<String> wrapped, Arena arena) {
    this.plugins = plugins;
    this.kind = kind;
    this.output = output;
    this.wrapped = wrapped;
    this.arena = arena;
    function(REGISTER_CLAIM_FILE_HOOK, "registerClaimFile");
    function(REGISTER_ALL_SYMBOLS_READ_HOOK, "registerAllSymbolsRead");
    function(REGISTER_CLEANUP_HOOK, "registerCleanup");
    function(ADD_SYMBOLS, "addSymbols");
    function(ADD_SYMBOLS_V2, "addSymbolsV2");
    function(GET_INPUT_FILE, "getInputFile");
    function(GET_VIEW, "getView");
    function(RELEASE_INPUT_FILE, "releaseInputFile");
    function(GET_SYMBOLS, "getSymbols");
    function(GET_SYMBOLS_V2, "getSymbolsV2");
    function(GET_SYMBOLS_V3, "getSymbolsV3");
    function(ADD_INPUT_FILE, "addInputFile");
    function(ADD_INPUT_LIBRARY, "addInputLibrary");
    function(SET_EXTRA_LIBRARY_PATH, "setExtraLibraryPath");
    function(GET_WRAP_SYMBOLS, "getWrapSymbols");
  }

  private void function(int tag, String name) {
    functions.add(new Entry(tag, function(name, TYPE)));
  }

  private MemorySegment function(String name, FunctionDescriptor type) {
    try {
      MethodHandle target = MethodHandles.lookup().bind(this, name, type.toMethodType());
      return Native.callback(target, type, arena);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * What {@code onload} is given. What tells of errors comes first: a plug-in may need it for what
   * follows.
   *
   * @param options {@code -plugin-opt}
   */
  MemorySegment transferVector(List<String> options, Arena arena) {
    List<Entry> all = new ArrayList<>();
    all.add(new Entry(MESSAGE, function("message", Message.TYPE)));
    all.add(new Entry(API_VERSION, MemorySegment.ofAddress(VERSION)));
    all.add(new Entry(GNU_LD_VERSION, MemorySegment.ofAddress(LIKE_GNU_LD)));
    all.add(new Entry(LINKER_OUTPUT, MemorySegment.ofAddress(linkerOutput())));
    all.add(new Entry(OUTPUT_NAME, Native.cString(arena, output)));
    all.addAll(functions);
    for (String option : options) {
      all.add(new Entry(OPTION, Native.cString(arena, option)));
    }
    all.add(new Entry(NULL, MemorySegment.NULL));
    MemorySegment tv = arena.allocate(TV * all.size(), 8);
    for (int i = 0; i < all.size(); i++) {
      tv.set(ValueLayout.JAVA_INT, TV * i, all.get(i).tag());
      tv.set(ValueLayout.ADDRESS, TV * i + 8, all.get(i).value());
    }
    return tv;
  }

  /** {@code enum ld_plugin_output_file_type}. */
  private int linkerOutput() {
    return switch (kind) {
      case RELOCATABLE -> 0;
      case EXECUTABLE -> 1;
      case SHARED -> 2;
      case PIE -> 3;
    };
  }

  /** Memory of a plug-in's. */
  @SuppressWarnings("restricted") // Plugins has looked whether native access is allowed
  private static MemorySegment at(long address, long size) {
    return MemorySegment.ofAddress(address).reinterpret(size);
  }

  private int guarded(Body body) {
    try {
      return body.run();
    } catch (RuntimeException | Error e) {
      plugins.failed(e);
      return ERR;
    }
  }

  // What plug-ins call

  // Each by its place in the call: see Message
  int message(
      int level,
      long format,
      long w0,
      long w1,
      long w2,
      long w3,
      double v0,
      double v1,
      double v2,
      double v3,
      double v4,
      double v5,
      double v6,
      double v7,
      long s0,
      long s1,
      long s2,
      long s3,
      long s4,
      long s5,
      long s6,
      long s7,
      long s8,
      long s9,
      long s10,
      long s11) {
    return guarded(
        () -> {
          String text =
              Message.text(
                  format,
                  new long[] {w0, w1, w2, w3},
                  new double[] {v0, v1, v2, v3, v4, v5, v6, v7},
                  new long[] {s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11});
          plugins.report(
              level == INFO ? Severity.NOTE : level == WARNING ? Severity.WARNING : Severity.ERROR,
              text.strip());
          if (level == FATAL) {
            plugins.fatal();
          }
          return OK;
        });
  }

  int registerClaimFile(long hook, long none, long neither) {
    plugins.calling().claimFile = MemorySegment.ofAddress(hook);
    return OK;
  }

  int registerAllSymbolsRead(long hook, long none, long neither) {
    plugins.calling().allSymbolsRead = MemorySegment.ofAddress(hook);
    return OK;
  }

  int registerCleanup(long hook, long none, long neither) {
    plugins.calling().cleanup = MemorySegment.ofAddress(hook);
    return OK;
  }

  int addSymbols(long handle, long count, long symbols) {
    return guarded(() -> add(handle, (int) count, symbols, false));
  }

  int addSymbolsV2(long handle, long count, long symbols) {
    return guarded(() -> add(handle, (int) count, symbols, true));
  }

  /**
   * @param typed whether they have types
   */
  private int add(long handle, int count, long symbols, boolean typed) {
    ClaimedFile file = plugins.offered(handle);
    if (file == null) {
      return BAD_HANDLE;
    }
    if (count < 0) {
      return ERR;
    }
    MemorySegment all = at(symbols, SYMBOL * count);
    List<PluginSymbol> read = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      read.add(symbol(all.asSlice(SYMBOL * i, SYMBOL), typed));
    }
    file.symbols = read;
    return OK;
  }

  private static PluginSymbol symbol(MemorySegment s, boolean typed) {
    String name = Native.string(s.get(ValueLayout.JAVA_LONG, 0));
    String version = Native.string(s.get(ValueLayout.JAVA_LONG, VERSION_AT));
    PluginSymbol.Kind[] kinds = PluginSymbol.Kind.values();
    PluginSymbol.Type[] types = PluginSymbol.Type.values();
    int kind = s.get(ValueLayout.JAVA_BYTE, KIND_AT);
    int type = typed ? s.get(ValueLayout.JAVA_BYTE, TYPE_AT) : 0;
    if (name == null || kind < 0 || kind >= kinds.length) {
      throw new IllegalArgumentException("a symbol without a name, or of kind " + kind);
    }
    return new PluginSymbol(
        version == null ? name : name + "@" + version,
        kinds[kind],
        type < 0 || type >= types.length ? PluginSymbol.Type.UNKNOWN : types[type],
        PluginSymbol.visibility(s.get(ValueLayout.JAVA_INT, VISIBILITY_AT)),
        s.get(ValueLayout.JAVA_LONG, SIZE_AT),
        Native.string(s.get(ValueLayout.JAVA_LONG, COMDAT_AT)));
  }

  int getInputFile(long handle, long input, long none) {
    return guarded(
        () -> {
          ClaimedFile file = plugins.offered(handle);
          if (file == null) {
            return BAD_HANDLE;
          }
          int fd = plugins.open(file);
          if (fd < 0) {
            return ERR;
          }
          MemorySegment name = Native.cString(arena, file.path);
          Plugin.put(at(input, Plugin.INPUT_FILE), file, name, fd);
          return OK;
        });
  }

  int releaseInputFile(long handle, long none, long neither) {
    return guarded(() -> plugins.release(handle) ? OK : BAD_HANDLE);
  }

  int getView(long handle, long view, long none) {
    return guarded(
        () -> {
          ClaimedFile file = plugins.offered(handle);
          if (file == null) {
            return BAD_HANDLE;
          }
          if (file.view == null) {
            file.view =
                file.bytes.isNative()
                    ? file.bytes
                    : arena.allocate(file.bytes.byteSize() + 1, 16).copyFrom(file.bytes);
          }
          at(view, 8).set(ValueLayout.ADDRESS, 0, file.view);
          return OK;
        });
  }

  int getSymbols(long handle, long count, long symbols) {
    return guarded(() -> get(handle, (int) count, symbols, 1));
  }

  int getSymbolsV2(long handle, long count, long symbols) {
    return guarded(() -> get(handle, (int) count, symbols, 2));
  }

  int getSymbolsV3(long handle, long count, long symbols) {
    return guarded(() -> get(handle, (int) count, symbols, 3));
  }

  /**
   * @param version the interface's: the first one lacks {@code PREVAILING_DEF_IRONLY_EXP}, the
   *     third can say of an archive's member that it is not linked
   */
  private int get(long handle, int count, long symbols, int version) {
    ClaimedFile file = plugins.offered(handle);
    if (file == null) {
      return BAD_HANDLE;
    }
    if (count < 0 || count > file.symbols.size()) {
      return ERR;
    }
    Resolution[] resolutions = file.resolutions();
    if (resolutions == null && version >= 3) {
      return NO_SYMS;
    }
    MemorySegment all = at(symbols, SYMBOL * count);
    for (int i = 0; i < count; i++) {
      Resolution r =
          resolutions != null
              ? resolutions[i]
              : file.symbols.get(i).kind().isUndefined()
                  ? Resolution.UNDEF
                  : Resolution.PREEMPTED_REG;
      if (r == Resolution.PREVAILING_DEF_IRONLY_EXP && version == 1) {
        r = Resolution.PREVAILING_DEF;
      }
      all.set(ValueLayout.JAVA_INT, SYMBOL * i + RESOLUTION_AT, r.ordinal());
    }
    return OK;
  }

  int addInputFile(long path, long none, long neither) {
    return guarded(() -> plugins.addFile(Native.string(path)));
  }

  int addInputLibrary(long name, long none, long neither) {
    return guarded(() -> plugins.addLibrary(Native.string(name)));
  }

  int setExtraLibraryPath(long directory, long none, long neither) {
    return guarded(() -> plugins.addDirectory(Native.string(directory)));
  }

  int getWrapSymbols(long count, long list, long none) {
    return guarded(
        () -> {
          at(count, 8).set(ValueLayout.JAVA_LONG, 0, wrapped.size());
          MemorySegment names = arena.allocate(8L * (wrapped.size() + 1), 8);
          for (int i = 0; i < wrapped.size(); i++) {
            names.set(ValueLayout.ADDRESS, 8L * i, Native.cString(arena, wrapped.get(i)));
          }
          at(list, 8).set(ValueLayout.ADDRESS, 0, names);
          return OK;
        });
  }
}
