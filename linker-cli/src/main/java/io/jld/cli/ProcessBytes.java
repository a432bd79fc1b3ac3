package io.jld.cli;

import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The process's arguments and environment as they were given (proc_pid_cmdline(5)). The JVM makes
 * strings of them in the locale's encoding, and what has no meaning there becomes U+FFFD: a path,
 * most of the time, that is not UTF-8. Only where there is one is anything read here.
 */
public final class ProcessBytes {
  private static final char LOST = '\uFFFD';

  private ProcessBytes() {}

  /** The arguments, which are the process's last ones. */
  public static String[] args(String[] decoded) {
    for (String arg : decoded) {
      if (arg.indexOf(LOST) >= 0) {
        List<String> all = strings("/proc/self/cmdline");
        int own = all.size() - decoded.length;
        return own < 0 ? decoded : all.subList(own, all.size()).toArray(String[]::new);
      }
    }
    return decoded;
  }

  static Map<String, String> environment() {
    Map<String, String> decoded = System.getenv();
    for (String value : decoded.values()) {
      if (value.indexOf(LOST) >= 0) {
        Map<String, String> given = new HashMap<>(decoded);
        given.putAll(environment("self"));
        return given;
      }
    }
    return decoded;
  }

  /** A process's environment as it began; empty where it can't be read. */
  public static Map<String, String> environment(String process) {
    Map<String, String> all = new HashMap<>();
    for (String s : strings("/proc/" + process + "/environ")) {
      int equals = s.indexOf('=', 1);
      if (equals > 0) {
        all.putIfAbsent(s.substring(0, equals), s.substring(equals + 1));
      }
    }
    return all;
  }

  /** What NULs end in a file; none where there is no such file. */
  public static List<String> strings(String file) {
    List<String> strings = new ArrayList<>();
    try {
      byte[] bytes = Files.readAllBytes(Path.of(file));
      int start = 0;
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == 0) {
          strings.add(NameBytes.string(bytes, start, i - start));
          start = i + 1;
        }
      }
    } catch (IOException e) {
      // no Linux: names stay as the JVM has read them
    }
    return strings;
  }
}
