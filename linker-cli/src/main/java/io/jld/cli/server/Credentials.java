package io.jld.cli.server;

import io.jld.cli.ProcessBytes;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What decides which files a process finds, and what it may do with them: user and groups
 * (proc_pid_status(5)), namespaces, root directory, the largest file it may write.
 *
 * @param ids what has to be the same for the server to do the client's work
 */
record Credentials(List<String> ids, int umask, Map<String, String> environment) {
  private static final List<String> STATUS = List.of("Uid:", "Gid:", "Groups:");
  private static final List<String> LINKS = List.of("ns/mnt", "ns/pid", "ns/user", "root");

  /**
   * Those of a process; without the environment.
   *
   * @throws IOException where it is gone, or another user's
   */
  static Credentials of(String process) throws IOException {
    Path dir = Path.of("/proc", process);
    List<String> ids = new ArrayList<>();
    int umask = -1;
    for (String line : lines(dir.resolve("status"))) {
      if (line.startsWith("Umask:")) {
        umask = Integer.parseInt(line.substring(6).strip(), 8);
      } else if (STATUS.stream().anyMatch(line::startsWith)) {
        ids.add(line.strip());
      }
    }
    if (umask < 0) {
      throw new IOException("no umask");
    }
    for (String link : LINKS) {
      ids.add(NameBytes.string(Files.readSymbolicLink(dir.resolve(link))));
    }
    for (String line : lines(dir.resolve("limits"))) {
      if (line.startsWith("Max file size")) {
        ids.add(line);
      }
    }
    return new Credentials(ids, umask, Map.of());
  }

  /** This process's. */
  static Credentials own() throws IOException {
    Credentials own = of("self");
    return new Credentials(own.ids, own.umask, ProcessBytes.environment("self"));
  }

  private static List<String> lines(Path file) throws IOException {
    return NameBytes.string(Files.readAllBytes(file)).lines().toList();
  }

  boolean isLike(Credentials other) {
    return ids.equals(other.ids);
  }
}
