package io.jld.cli.resident;

import io.jld.link.NameBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that the JDK has no method for. Constants are Linux's, the same on amd64 and AArch64.
 */
@SuppressWarnings("restricted") // the launcher allows native access
public final class Posix {
  public static final int O_RDONLY = 0;
  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_NOCTTY = 0400;
  public static final int O_APPEND = 02000;
  public static final int O_NONBLOCK = 04000;
  public static final int O_CLOEXEC = 02000000;
  public static final int O_PATH = 010000000;

  public static final int EINTR = 4;
  public static final int ENXIO = 6;
  public static final int EAGAIN = 11;
  public static final int EPIPE = 32;

  private static final int CLONE_FS = 0x200;
  private static final short POLLOUT = 4;
  private static final short POLLERR = 8;

  /** Bytes of {@code struct pollfd}: int fd, short events, short revents. */
  private static final long POLLFD = 8;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN =
      function("open", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
  private static final MethodHandle CLOSE =
      function("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle WRITE =
      function(
          "write",
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG);
  private static final MethodHandle POLL =
      function(
          "poll",
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT);
  private static final MethodHandle MKFIFO =
      function("mkfifo", ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
  private static final MethodHandle FCHDIR =
      function("fchdir", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle UMASK =
      function("umask", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle UNSHARE =
      function("unshare", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle SETSID = function("setsid", ValueLayout.JAVA_INT);
  private static final MethodHandle STRERROR =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("strerror"),
              FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

  private Posix() {}

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"));
  }

  private interface Call {
    long in(Arena arena, MemorySegment state) throws Throwable;
  }

  /**
   * Makes a call.
   *
   * @param call with an arena for what it is given, and the place of {@code errno}
   * @return its result, or {@code -errno} where that is below zero, as the kernel has it
   */
  private static long result(Call call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = call.in(arena, state);
      return result < 0 ? -(int) ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static long checked(long result) throws Failed {
    if (result < 0) {
      throw new Failed((int) -result);
    }
    return result;
  }

  private static MemorySegment name(Arena arena, Path path) {
    byte[] bytes = NameBytes.bytes(NameBytes.string(path));
    MemorySegment s = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, s, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return s;
  }

  private static AssertionError impossible(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return new AssertionError(e);
  }

  /**
   * Opens what is there.
   *
   * @throws Failed with the error's number
   */
  public static int open(Path path, int flags) throws Failed {
    return (int)
        checked(
            result(
                (arena, state) ->
                    (int) OPEN.invokeExact(state, name(arena, path), flags | O_CLOEXEC)));
  }

  public static void close(int fd) {
    result((arena, state) -> (int) CLOSE.invokeExact(state, fd));
  }

  /**
   * Writes what can be written now.
   *
   * @return how many bytes
   * @throws Failed with the error's number, {@link #EAGAIN} where nothing can be
   */
  public static int write(int fd, byte[] bytes, int from, int n) throws Failed {
    while (true) {
      long done =
          result(
              (arena, state) -> {
                MemorySegment data = arena.allocate(Math.max(1, n));
                MemorySegment.copy(bytes, from, data, ValueLayout.JAVA_BYTE, 0, n);
                return (long) WRITE.invokeExact(state, fd, data, (long) n);
              });
      if (done != -EINTR) {
        return (int) checked(done);
      }
    }
  }

  /** Waits until bytes can be written, nobody reads any more, or the time is over. */
  public static void awaitRoom(int fd, int millis) {
    poll(List.of(fd), POLLOUT, millis);
  }

  /** Whether the reading end of a pipe is closed. */
  public static boolean isAbandoned(int fd) {
    return !abandoned(List.of(fd), 0).isEmpty();
  }

  /**
   * Waits until the reading end of one of these pipes is closed, or the time is over.
   *
   * @return those whose is
   */
  public static List<Integer> abandoned(List<Integer> fds, int millis) {
    return poll(fds, (short) 0, millis);
  }

  private static List<Integer> poll(List<Integer> fds, short events, int millis) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = arena.allocate(POLLFD * fds.size(), 4);
      for (int i = 0; i < fds.size(); i++) {
        all.set(ValueLayout.JAVA_INT, POLLFD * i, fds.get(i));
        all.set(ValueLayout.JAVA_SHORT, POLLFD * i + 4, events);
      }
      long n =
          result((own, state) -> (int) POLL.invokeExact(state, all, (long) fds.size(), millis));
      List<Integer> found = new ArrayList<>();
      for (int i = 0; n > 0 && i < fds.size(); i++) {
        if ((all.get(ValueLayout.JAVA_SHORT, POLLFD * i + 6) & POLLERR) != 0) {
          found.add(fds.get(i));
        }
      }
      return found;
    }
  }

  /** Makes a FIFO that is the user's alone. */
  public static void mkfifo(Path path) throws Failed {
    checked(result((arena, state) -> (int) MKFIFO.invokeExact(state, name(arena, path), 0600)));
  }

  /** Gives the calling thread a working directory and a umask of its own; false: not allowed. */
  static boolean unshareDirectory() {
    return result((arena, state) -> (int) UNSHARE.invokeExact(state, CLONE_FS)) == 0;
  }

  static void fchdir(int fd) throws Failed {
    checked(result((arena, state) -> (int) FCHDIR.invokeExact(state, fd)));
  }

  /** Sets the umask; returns what it was. */
  public static int umask(int mask) {
    return (int) result((arena, state) -> (int) UMASK.invokeExact(state, mask));
  }

  /** Leaves the terminal, whose Ctrl-C is meant for others. */
  public static void setsid() {
    result((arena, state) -> (int) SETSID.invokeExact(state));
  }

  /** A call has failed; the message is the system's. */
  public static final class Failed extends IOException {
    private static final long serialVersionUID = 1;

    private final int errno;

    public Failed(int errno) {
      super(text(errno));
      this.errno = errno;
    }

    public int errno() {
      return errno;
    }

    private static String text(int errno) {
      try {
        return ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(256).getString(0);
      } catch (Throwable e) {
        throw impossible(e);
      }
    }
  }
}
