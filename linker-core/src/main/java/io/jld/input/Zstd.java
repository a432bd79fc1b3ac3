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
public final class Zstd {
  /** What {@code ZSTD_CLEVEL_DEFAULT} is, and GNU ld takes. */
  private static final int LEVEL = 3;

  private Zstd() {}

  /**
   * Decompresses one stream.
   *
   * @return the number of bytes that were written to {@code out}, which is not larger than its
   *     size; -1 where the stream is damaged or holds more; null where this system has no libzstd
   *     or native access is not allowed
   */
  static Long decompress(MemorySegment in, MemorySegment out) {
    return isHere() ? (Long) Native.decompress(in, out) : null;
  }

  /**
   * Compresses to a frame; frames that follow each other are one stream.
   *
   * @return null where this system has no libzstd or native access is not allowed
   */
  public static byte[] compress(byte[] in) {
    return isHere() ? Native.compress(in) : null;
  }

  private static boolean isHere() {
    try {
      // Without it, the JVM would print a warning.
      return Zstd.class.getModule().isNativeAccessEnabled() && Native.isLoaded();
    } catch (LinkageError | IllegalCallerException e) {
      LoggerFactory.getLogger(Zstd.class).debug("libzstd can't be called", e);
      return false;
    }
  }

  /** Loaded only where a section is compressed so. */
  @SuppressWarnings("restricted") // native access is asked for before this class is loaded
  private static final class Native {
    /** {@code size_t ZSTD_decompress(void *dst, size_t capacity, const void *src, size_t size)}. */
    private static final MethodHandle DECOMPRESS;

    /** {@code size_t ZSTD_compress(dst, capacity, src, size, int level)}. */
    private static final MethodHandle COMPRESS;

    /** {@code size_t ZSTD_compressBound(size_t)}. */
    private static final MethodHandle BOUND;

    /** {@code unsigned ZSTD_isError(size_t)}. */
    private static final MethodHandle IS_ERROR;

    static {
      SymbolLookup library = SymbolLookup.libraryLookup("libzstd.so.1", Arena.global());
      ValueLayout size = ValueLayout.JAVA_LONG;
      ValueLayout pointer = ValueLayout.ADDRESS;
      ValueLayout number = ValueLayout.JAVA_INT;
      DECOMPRESS = function(library, "ZSTD_decompress", size, pointer, size, pointer, size);
      COMPRESS = function(library, "ZSTD_compress", size, pointer, size, pointer, size, number);
      BOUND = function(library, "ZSTD_compressBound", size, size);
      IS_ERROR = function(library, "ZSTD_isError", number, size);
    }

    private static MethodHandle function(
        SymbolLookup library, String name, ValueLayout result, ValueLayout... parameters) {
      return Linker.nativeLinker()
          .downcallHandle(library.findOrThrow(name), FunctionDescriptor.of(result, parameters));
    }

    /** True, once the class has been initialized. */
    static boolean isLoaded() {
      return IS_ERROR != null;
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

    static byte[] compress(byte[] in) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment from = arena.allocate(Math.max(1, in.length));
        from.copyFrom(MemorySegment.ofArray(in));
        long bound = (long) BOUND.invokeExact((long) in.length);
        MemorySegment to = arena.allocate(bound);
        long n = (long) COMPRESS.invokeExact(to, bound, from, (long) in.length, LEVEL);
        if ((int) IS_ERROR.invokeExact(n) != 0) {
          throw new OutOfMemoryError("ZSTD_compress"); // its only reason, for so large an output
        }
        return to.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e); // a downcall throws nothing
      }
    }
  }
}
