package collatz;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A file that is in no directory (memfd_create(2)): it lives in memory for as long as somebody has
 * it open. Its path leads through this process's table of open files.
 *
 * <p>Other processes have to get at it by that path, so this one must not close it before they have
 * begun.
 */
public final class Memfd implements AutoCloseable {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle CREATE =
      function(
          "memfd_create",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle WRITE =
      function(
          "write",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final int descriptor;

  private Memfd(int descriptor) {
    this.descriptor = descriptor;
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
  }

  /** A file with these bytes, native ones or an array's. */
  public static Memfd of(String name, MemorySegment bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      // With MFD_CLOEXEC an interpreter that the kernel starts (binfmt_misc) would not find it.
      int fd = (int) CREATE.invokeExact(arena.allocateFrom(name), 0);
      if (fd < 0) {
        throw new IOException("memfd_create failed");
      }
      Memfd file = new Memfd(fd);
      MemorySegment rest = arena.allocate(bytes.byteSize()).copyFrom(bytes);
      while (rest.byteSize() > 0) {
        long n = (long) WRITE.invokeExact(fd, rest, rest.byteSize());
        if (n <= 0) {
          file.close();
          throw new IOException("no memory for " + name);
        }
        rest = rest.asSlice(n);
      }
      return file;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** A path that other processes can open, while this one keeps the file. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
  }

  @Override
  public void close() {
    try {
      int ignored = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
