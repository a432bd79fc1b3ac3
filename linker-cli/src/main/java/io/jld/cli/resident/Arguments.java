package io.jld.cli.resident;

import io.jld.cli.ResponseFiles;
import io.jld.cli.UsageException;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;

/**
 * A command line that somebody else's process is asked to run.
 *
 * @param expanded the arguments, with those of response files
 * @param inputBytes bytes of the files that they name
 */
@SuppressWarnings("ArrayRecordComponent") // it is handed on
public record Arguments(String[] expanded, long inputBytes) {
  /** Files that mean something else to each process. */
  private static final List<String> ITS_OWN_FILES =
      List.of("/dev/fd/", "/dev/std", "/dev/tty", "/proc/self", "/proc/thread-self");

  /**
   * Reads response files. The thread is in the directory that the command line is for.
   *
   * @throws Unusable where the arguments name what only the asking process can open, or what may
   *     make a thread wait for somebody else
   */
  public static Arguments of(String[] given) throws Unusable {
    long bytes = check(given);
    try {
      String[] expanded = ResponseFiles.expand(given);
      return new Arguments(expanded, Arrays.equals(given, expanded) ? bytes : check(expanded));
    } catch (UsageException e) {
      return new Arguments(given, bytes); // it will be said
    }
  }

  private static long check(String[] arguments) throws Unusable {
    long bytes = 0;
    for (String arg : arguments) {
      for (String file : ITS_OWN_FILES) {
        if (arg.contains(file)) {
          throw new Unusable(arg);
        }
      }
      bytes += size(fileName(arg));
    }
    return bytes;
  }

  /** The file that an argument may mean. */
  private static String fileName(String arg) {
    if (arg.startsWith("@")) {
      return arg.substring(1);
    }
    return arg.startsWith("-") ? arg.substring(arg.indexOf('=') + 1) : arg;
  }

  private static long size(String name) throws Unusable {
    if (name.isEmpty() || name.startsWith("-")) {
      return 0;
    }
    try {
      Path path = NameBytes.path(name);
      BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class);
      if (file.isOther() && !name.equals("/dev/null")) {
        throw new Unusable(name);
      }
      return file.isRegularFile() ? file.size() : 0;
    } catch (Unusable e) {
      throw e;
    } catch (IOException | InvalidPathException e) {
      return 0; // it will be said, or is no file
    }
  }

  /** The message is the argument or the file. */
  public static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(String name) {
      super(name);
    }
  }
}
