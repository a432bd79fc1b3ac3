package io.jld.asmb;

import io.jld.link.NameBytes;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A symbolic link beside an output that names the temporary file in which the output is being
 * written. SIGKILL, or a crash, leaves both; the next link to the same output finds the mark, sees
 * by the file's name that its process is gone, and removes them. Nothing else tells such a file
 * from one that is still being written; and to look through the output's directory would take long
 * where it is large.
 *
 * <p>A process is known by its number and the time at which it started, which mean something only
 * since the system was booted, and in the namespace that numbers it. Links that run at the same
 * time have a mark each. The mark of a running link is removed only where two other links remove
 * the same abandoned mark at once; its file is not touched even then, since no two links share a
 * file.
 */
final class WriterMark {
  /** Links to one output that are kept apart; further ones have no mark. */
  private static final int MARKS = 8;

  /** After so long, what comes from elsewhere, or from before the last boot, is nobody's. */
  private static final Duration FORGOTTEN = Duration.ofDays(1);

  private static final String PREFIX = ".jld";

  // fields of /proc/PID/stat after the program's name, proc_pid_stat(5)
  private static final int STATE = 0;
  private static final int START = 19;

  private WriterMark() {}

  /**
   * A new name for a temporary file of this process, short enough for every file system: the
   * system's, the process's number, its start, and a number. Null where {@code /proc} isn't there.
   */
  static String temporaryName() {
    try {
      String[] stat = stat("self");
      return String.join("-", PREFIX + system(), stat[0], stat[1 + START], number());
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static String number() {
    return Long.toHexString(System.nanoTime());
  }

  /** What process numbers are relative to: this boot of the system, and the namespace. */
  private static String system() throws IOException {
    String boot = read("/proc/sys/kernel/random/boot_id");
    String namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    return Integer.toHexString((boot + namespace).hashCode());
  }

  private static String read(String file) throws IOException {
    try (InputStream in = new FileInputStream(file)) {
      return NameBytes.string(in.readNBytes(4096));
    }
  }

  /** A process's number, and then the fields after its name, which may have blanks in it. */
  private static String[] stat(String process) throws IOException {
    String line = read("/proc/" + process + "/stat");
    String number = line.substring(0, line.indexOf(' '));
    return (number + line.substring(line.lastIndexOf(')') + 1)).split(" ");
  }

  /**
   * Marks {@code temporary}, which need not exist yet, as {@code target}'s; removes what ended
   * processes left.
   *
   * @return the mark; null where there is none
   */
  static Path make(Path target, Path temporary) {
    String name = Integer.toHexString(target.getFileName().toString().hashCode());
    Path made = null;
    for (int i = 0; i < MARKS; i++) {
      Path mark = target.resolveSibling(PREFIX + "-" + name + "-" + i);
      if (made == null) {
        made = make(mark, temporary.getFileName(), true);
      } else if (!Files.isSymbolicLink(mark)) {
        return made;
      } else {
        sweep(mark);
      }
    }
    return made;
  }

  private static Path make(Path mark, Path temporary, boolean again) {
    try {
      return Files.createSymbolicLink(mark, temporary);
    } catch (FileAlreadyExistsException e) {
      return again && sweep(mark) ? make(mark, temporary, false) : null;
    } catch (IOException | UnsupportedOperationException e) {
      return null; // a file system without links, a directory that can't be written
    }
  }

  /** Removes a mark and its file if the process that made them is gone, and was this user's. */
  private static boolean sweep(Path mark) {
    try {
      Path left = Files.readSymbolicLink(mark);
      if (left.getNameCount() != 1
          || !left.toString().startsWith(PREFIX)
          || !isOwn(mark)
          || !isGone(left.toString().substring(PREFIX.length()).split("-"), mark)) {
        return false;
      }
      Files.deleteIfExists(mark.resolveSibling(left));
      Files.deleteIfExists(mark);
      return true;
    } catch (IOException | RuntimeException e) {
      return false; // somebody was faster, or it is none of ours
    }
  }

  /** Processes of others may be invisible, which does not mean that they are gone. */
  private static boolean isOwn(Path mark) throws IOException {
    return Files.getAttribute(mark, "unix:uid", LinkOption.NOFOLLOW_LINKS)
        .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  private static boolean isGone(String[] owner, Path mark) throws IOException {
    if (!owner[0].equals(system())) {
      Instant made = Files.getLastModifiedTime(mark, LinkOption.NOFOLLOW_LINKS).toInstant();
      return made.plus(FORGOTTEN).isBefore(Instant.now());
    }
    if (!Files.exists(Path.of("/proc", owner[1]))) {
      return true;
    }
    String[] stat = stat(owner[1]);
    return !stat[1 + START].equals(owner[2]) || stat[1 + STATE].equals("Z");
  }
}
