package io.jld.plugin;

import io.jld.link.NameBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The system's functions that plug-ins are loaded with and called. */
@SuppressWarnings("restricted") // Plugins has looked whether native access is allowed
final class Native {
  private static final int RTLD_LAZY = 1;
  private static final int RTLD_NOW = 2;
  private static final int RTLD_NOLOAD = 4;
  private static final int O_RDONLY_CLOEXEC = 02000000;

  private static final Linker LINKER = Linker.nativeLinker();

  /**
   * All functions are called as if they took four words and returned one, since each kind of call
   * that a process makes for the first time takes 10 ms: in the ABI of amd64 they are passed as the
   * functions expect them, and what is not looked at does no harm. {@code open} is variadic, which
   * makes no difference where no argument is a floating-point number.
   */
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG));

  private static final MemorySegment DLOPEN = function("dlopen");
  private static final MemorySegment DLSYM = function("dlsym");
  private static final MemorySegment DLCLOSE = function("dlclose");
  private static final MemorySegment DLERROR = function("dlerror");
  private static final MemorySegment OPEN = function("open");
  private static final MemorySegment CLOSE = function("close");
  private static final MemorySegment VSNPRINTF = function("vsnprintf");

  private Native() {}

  private static MemorySegment function(String name) {
    return LINKER.defaultLookup().findOrThrow(name);
  }

  /** Calls a function with words; gives the word that it returns. */
  static long call(MemorySegment function, long a, long b, long c, long d) {
    try {
      return (long) CALL.invokeExact(function, a, b, c, d);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a downcall throws nothing
    }
  }

  /** A function that calls {@code target}; it lives as long as the arena. */
  static MemorySegment callback(MethodHandle target, FunctionDescriptor type, Arena arena) {
    return LINKER.upcallStub(target, type, arena);
  }

  static MemorySegment cString(Arena arena, String s) {
    byte[] bytes = NameBytes.bytes(s);
    MemorySegment c = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, c, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return c;
  }

  /** The string at an address; null for a null pointer. */
  static String string(long address) {
    if (address == 0) {
      return null;
    }
    MemorySegment s = MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE);
    int length = 0;
    while (s.get(ValueLayout.JAVA_BYTE, length) != 0) {
      length++;
    }
    return NameBytes.string(s.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
  }

  /** Whether a library is in the process; its path has to be the one that it was loaded by. */
  static boolean isLoaded(String path) {
    long handle = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);
    if (handle != 0) {
      unload(handle);
    }
    return handle != 0;
  }

  /** Loads a library; gives its handle, or 0: {@link #error} says why not. */
  static long load(String path) {
    return dlopen(path, RTLD_NOW);
  }

  private static long dlopen(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return call(DLOPEN, cString(arena, path).address(), flags, 0, 0);
    }
  }

  static String error() {
    String why = string(call(DLERROR, 0, 0, 0, 0));
    return why == null ? "cannot be loaded" : why;
  }

  /** A library's symbol; NULL where it has none. */
  static MemorySegment symbol(long library, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return MemorySegment.ofAddress(call(DLSYM, library, cString(arena, name).address(), 0, 0));
    }
  }

  static void unload(long library) {
    call(DLCLOSE, library, 0, 0, 0);
  }

  /** Opens a file for reading; -1 where that fails. */
  static int open(String path) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) call(OPEN, cString(arena, path).address(), O_RDONLY_CLOEXEC, 0, 0);
    }
  }

  static void close(int fd) {
    call(CLOSE, fd, 0, 0, 0);
  }

  /**
   * What printf would print, up to 64 KiB of it.
   *
   * @param format address of the format
   * @param arguments a {@code va_list}
   */
  static String format(long format, MemorySegment arguments, Arena arena) {
    MemorySegment text = arena.allocate(1 << 16);
    call(VSNPRINTF, text.address(), text.byteSize(), format, arguments.address());
    return string(text.address());
  }
}
