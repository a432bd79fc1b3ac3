package io.jld.asmb;

import io.jld.link.NameBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * Makes a new file as long as the output will be and gets its blocks from the file system
 * <em>before</em> it is mapped. A file that is only made long has holes; the first store into a
 * hole of a full disk is a SIGBUS in the middle of asmb, and not an error that a call returns.
 *
 * <p>There are two ways. Writing zeros is the cheaper one for most outputs: it puts the pages into
 * the page cache, where the mapping finds them, and an {@code ENOSPC} comes from {@code write}
 * itself. Measured on a cold JVM with an AOT cache, ext4 (to reserve, map, and fill through the
 * mapping, in ms; the first figure is that of memory which the kernel has at hand, the second that
 * of memory which it has to find first):
 *
 * <pre>
 *                  20 kB    1 MB    4 MB   197 MB
 *   zeros            1.4     1.8     2.7   87..650
 *   fallocate         37      38      38   87..120
 *   not reserved     1.0     2.4     4.8    57..69
 * </pre>
 *
 * {@code posix_fallocate} itself takes 0.5 ms; the rest is java.lang.foreign's first downcall,
 * which has to generate code. It pays off where the output is so large that touching it twice costs
 * more, the first time on one thread.
 */
final class Reservation {
  /** From this size in bytes on, blocks are reserved by {@code posix_fallocate}. */
  static final long CALL_FROM = 64L << 20;

  /** The same where the first call's costs don't count. */
  static final long WARM_FROM = 4L << 20;

  /** Zeros are written in pieces of this many bytes. */
  private static final int PIECE = 1 << 20;

  /** What the JDK's IOException says. */
  private static final String FULL = "No space left on device";

  // errno values of Linux, the same on amd64, x86 and AArch64
  private static final int EINTR = 4;
  private static final int EFBIG = 27;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;

  private Reservation() {}

  /**
   * Reserves the first {@code size} bytes; they read as zeros then.
   *
   * @param channel the file, open for writing and empty
   * @param file its path
   * @param callFrom sizes from this on go through {@code posix_fallocate} where it can be called
   * @throws IOException with the operating system's words: the file system is full, the quota is
   *     used up, the file would be larger than is allowed
   */
  static void reserve(FileChannel channel, Path file, long size, long callFrom) throws IOException {
    if (size <= 0 || size >= callFrom && call(file, size)) {
      return;
    }
    if (size >= callFrom && isTooLarge(file, size)) {
      throw new IOException(FULL); // at once, and not after all that is free was written to
    }
    ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(size, PIECE));
    for (long at = 0; at < size; ) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), size - at));
      at += channel.write(zeros, at);
    }
  }

  /**
   * Gets the blocks of a file that is going to be written, if it is so large that this pays: a disk
   * that is too small is known at once; and a file that takes another's name, and has no blocks
   * yet, is given them then and there by ext4, which takes a third of the time to write it.
   *
   * @param file empty
   * @param from sizes from this on are worth it
   * @throws IOException as {@link #reserve}
   */
  static void allocate(Path file, long size, long from) throws IOException {
    if (size >= from && !call(file, size) && isTooLarge(file, size)) {
      throw new IOException(FULL);
    }
  }

  private static boolean isTooLarge(Path file, long size) {
    try {
      long free = file.toFile().getFreeSpace(); // 0: unknown
      return free > 0 && free < size;
    } catch (UnsupportedOperationException e) {
      return false; // not the platform's file system
    }
  }

  /**
   * Whether the system's call has reserved the blocks; false: it isn't there, isn't allowed, or the
   * file system lacks it.
   */
  private static boolean call(Path file, long size) throws IOException {
    // Without the permission a call works too, but puts a warning on the user's terminal.
    if (!Reservation.class.getModule().isNativeAccessEnabled()
        || file.getFileSystem() != FileSystems.getDefault()) {
      return false;
    }
    int error;
    try {
      error = Native.reserve(NameBytes.string(file), size);
    } catch (LinkageError | RuntimeException e) {
      // no such function, no native access, no linker for this platform
      LoggerFactory.getLogger(Reservation.class).debug("posix_fallocate can't be called", e);
      return false;
    }
    return switch (error) {
      case 0 -> true;
      case ENOSPC -> throw new IOException(FULL);
      case EDQUOT -> throw new IOException("Disk quota exceeded");
      case EFBIG -> throw new IOException("File too large");
      default -> false; // EOPNOTSUPP, EINVAL, ENOSYS, EPERM: zeros will do
    };
  }

  /**
   * Loaded only for large outputs: see above for what it costs. All three functions are called as
   * if they took three words and returned an int, since each kind of call that a process makes for
   * the first time takes 10 ms: in both ABIs of Linux that jld runs on (amd64, AArch64) these are
   * passed as the functions expect them, and what they don't look at does no harm. None of them is
   * variadic, as {@code open} is.
   */
  @SuppressWarnings("restricted") // native access is asked for before this class is loaded
  private static final class Native {
    private static final FunctionDescriptor CALL =
        FunctionDescriptor.of(
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);
    private static final MethodHandle CREAT = function("creat");
    private static final MethodHandle CLOSE = function("close");

    /** It returns the error's number; {@code fallocate}'s would have to be fetched from errno. */
    private static final MethodHandle POSIX_FALLOCATE = function("posix_fallocate");

    private static MethodHandle function(String name) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), CALL);
    }

    private static MemorySegment cString(Arena arena, String s) {
      return arena.allocateFrom(ValueLayout.JAVA_BYTE, NameBytes.bytes(s + '\0'));
    }

    /**
     * Opens the file anew, since a FileChannel doesn't tell its descriptor; it is empty. 0, an
     * error's number, or -1 where that fails.
     */
    static int reserve(String file, long size) {
      try (Arena arena = Arena.ofConfined()) {
        int fd = (int) CREAT.invokeExact(cString(arena, file).address(), 0L, 0L);
        if (fd < 0) {
          return -1;
        }
        try {
          int error;
          do {
            error = (int) POSIX_FALLOCATE.invokeExact((long) fd, 0L, size);
          } while (error == EINTR);
          return error;
        } finally {
          int unused = (int) CLOSE.invokeExact((long) fd, 0L, 0L);
        }
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e); // a downcall throws nothing
      }
    }
  }
}
