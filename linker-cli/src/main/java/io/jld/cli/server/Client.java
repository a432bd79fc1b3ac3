package io.jld.cli.server;

import io.jld.cli.ProcessBytes;
import io.jld.cli.resident.Arguments;
import io.jld.cli.resident.Posix;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A process that waits for its command line to be run: what it was started with and where. The
 * kernel says all of it (proc(5)): only the user, and root, may read these files, and yama's
 * restrictions are for those who attach and not for those who read.
 *
 * <p>A number may be given to another process once its own is gone. So what has been read counts
 * only if, after it, the process has the slot's FIFO open: a later one would not.
 */
final class Client implements AutoCloseable {
  /** Variables by which the process would be another than the server is. */
  private static final List<String> OWN = List.of("JLD_JAVA_OPTS", "LD_PRELOAD");

  private final int pid;
  private final List<String> args;
  private final Map<String, String> environment;
  private final int umask;
  private final int directory;

  /**
   * Reads it.
   *
   * @param count of the arguments, which are the last ones of the process: the others are the
   *     shell's
   * @throws NotServed where a process that the client starts would be in another place than the
   *     server, or is gone
   */
  Client(int pid, Slot slot, int count, Credentials own) throws NotServed {
    this.pid = pid;
    int opened = -1;
    boolean good = false;
    try {
      Credentials theirs = Credentials.of(String.valueOf(pid));
      if (!theirs.isLike(own)) {
        throw new NotServed("another kind of process");
      }
      umask = theirs.umask();
      List<String> all = ProcessBytes.strings("/proc/" + pid + "/cmdline");
      if (count < 0 || count >= all.size()) {
        throw new NotServed("no such arguments");
      }
      args = all.subList(all.size() - count, all.size());
      environment = ProcessBytes.environment(String.valueOf(pid));
      for (String name : OWN) {
        if (action().isEmpty()
            && !Objects.equals(environment.get(name), own.environment().get(name))) {
          throw new NotServed(name + " is not that of the server");
        }
      }
      opened = Posix.open(Path.of("/proc/" + pid + "/cwd"), Posix.O_PATH);
      if (!slot.isOpenIn(pid)) {
        throw new NotServed("gone");
      }
      directory = opened;
      good = true;
    } catch (IOException | RuntimeException e) {
      throw new NotServed(e.toString());
    } finally {
      if (!good && opened >= 0) {
        Posix.close(opened);
      }
    }
  }

  int pid() {
    return pid;
  }

  Map<String, String> environment() {
    return environment;
  }

  int umask() {
    return umask;
  }

  /** Descriptor of the working directory. */
  int directory() {
    return directory;
  }

  @Override
  public void close() {
    Posix.close(directory);
  }

  /** What {@code --server} and its like ask for; empty where it is a link. */
  String action() {
    String first = args.isEmpty() ? "" : args.getFirst();
    if (first.equals("--server")) {
      return "start";
    }
    return first.startsWith("--server=") ? first.substring("--server=".length()) : "";
  }

  /**
   * The arguments, with those of response files. The thread is in the client's directory.
   *
   * @throws NotServed where only the client's own process can open a file that they name
   */
  Arguments arguments() throws NotServed {
    try {
      return Arguments.of(args.toArray(String[]::new));
    } catch (Arguments.Unusable e) {
      throw new NotServed(e.getMessage());
    }
  }

  /** The link has to be made by a process of its own. */
  static final class NotServed extends IOException {
    private static final long serialVersionUID = 1;

    NotServed(String why) {
      super(why);
    }
  }
}
