package collatz;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A file that is in no directory (memfd_create(2)): it lives in memory for as long as somebody has
 * it open. What is allocated from it is its content, so that the linker writes a program to where
 * it is run from.
 *
 * <p>Its path leads through this process's table of open files. Others have to get at it by that
 * path, so this process must not close it before they have begun.
 */
public final class Memfd implements SegmentAllocator, AutoCloseable {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 1;
  private static final MethodHandle CREATE = function("memfd_create", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle TRUNCATE = function("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MAP =
      function("mmap", ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle UNMAP = function("munmap", JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);

  private final Arena mappings = Arena.ofShared();
  private final int descriptor;

  /** An empty one; the name is for those who look at this process's files. */
  public Memfd(String name) {
    try (Arena arena = Arena.ofConfined()) {
      // With MFD_CLOEXEC an interpreter that the kernel starts (binfmt_misc) would not find it.
      descriptor = (int) call(CREATE, arena.allocateFrom(name), 0);
    }
    if (descriptor < 0) {
      throw new OutOfMemoryError("memfd_create");
    }
  }

  /** The file gets this size, and what is returned is its content. */
  @Override
  public MemorySegment allocate(long size, long align) {
    if ((int) call(TRUNCATE, descriptor, size) != 0) {
      throw new OutOfMemoryError("ftruncate to " + size);
    }
    MemorySegment at =
        (MemorySegment)
            call(MAP, MemorySegment.NULL, size, PROT_READ_WRITE, MAP_SHARED, descriptor, 0L);
    if (at.address() == -1) {
      throw new OutOfMemoryError("mmap of " + size);
    }
    return at.reinterpret(size, mappings, mapped -> call(UNMAP, mapped, size));
  }

  /** A path that other processes can open, while this one keeps the file. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
  }

  @Override
  public void close() {
    mappings.close();
    call(CLOSE, descriptor);
  }

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters));
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // functions of C throw nothing
    }
  }
}
