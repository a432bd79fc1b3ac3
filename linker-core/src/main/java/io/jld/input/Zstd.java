package io.jld.input;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.slf4j.LoggerFactory;

/** Zstandard (RFC 8878) through the system's libzstd; the JDK has nothing for it. */
final class Zstd {
  private Zstd() {}

  /**
   * Decompresses one stream.
   *
   * @return the number of bytes that were written to {@code out}, which is not larger than its
   *     size; -1 where the stream is damaged or holds more; null where this system has no libzstd
   *     or native access is not allowed
   */
  static Long decompress(MemorySegment in, MemorySegment out) {
    try {
      if (!Zstd.class.getModule().isNativeAccessEnabled()) {
        return null; // the JVM would print a warning
      }
      return Native.decompress(in, out);
    } catch (LinkageError | IllegalCallerException e) {
      LoggerFactory.getLogger(Zstd.class).debug("libzstd can't be called", e);
      return null;
    }
  }

  /** Loaded only where a section is compressed so. */
  @SuppressWarnings("restricted") // native access is asked for before this class is loaded
  private static final class Native {
    /** {@code size_t ZSTD_decompress(void *dst, size_t capacity, const void *src, size_t size)}. */
    private static final MethodHandle DECOMPRESS;

    /** {@code unsigned ZSTD_isError(size_t)}. */
    private static final MethodHandle IS_ERROR;

    static {
      Linker linker = Linker.nativeLinker();
      SymbolLookup library = SymbolLookup.libraryLookup("libzstd.so.1", Arena.global());
      DECOMPRESS =
          linker.downcallHandle(
              library.findOrThrow("ZSTD_decompress"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG));
      IS_ERROR =
          linker.downcallHandle(
              library.findOrThrow("ZSTD_isError"),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    }

    static long decompress(MemorySegment in, MemorySegment out) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment from = arena.allocate(Math.max(1, in.byteSize())).copyFrom(in);
        MemorySegment to = arena.allocate(Math.max(1, out.byteSize()));
        long n = (long) DECOMPRESS.invokeExact(to, out.byteSize(), from, in.byteSize());
        if ((int) IS_ERROR.invokeExact(n) != 0) {
          return -1;
        }
        out.copyFrom(to.asSlice(0, n));
        return n;
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e); // a downcall throws nothing
      }
    }
  }
}
