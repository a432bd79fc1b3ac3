package io.jld.keep;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What tells that a file is still the one that was read: its device and inode, its size in bytes,
 * and the times of its last changes, in nanoseconds: {@code mtime}, which its writer may set, and
 * {@code ctime}, which he may not.
 *
 * <p>Where somebody knows a digest of its content, {@code ctime} does not count, which changes with
 * each hard link to the file, and is null.
 *
 * @param digest empty: not known
 */
record Identity(
    long device, long inode, long size, FileTime modified, FileTime changed, String digest) {
  private static final String ATTRIBUTES = "unix:isRegularFile,dev,ino,size,lastModifiedTime,ctime";

  /**
   * The kernel's clock for times of files moves on with its timer, at 100 Hz or faster: what is
   * changed twice within 10 ms may have one time.
   */
  private static final Duration GRAIN = Duration.ofMillis(50);

  /** Where times are whole seconds; FAT's are even ones. */
  private static final Duration COARSE_GRAIN = Duration.ofMillis(2100);

  /**
   * A file's, symbolic links followed; null where it is no regular file, or not to be known.
   *
   * @param digest of its content; empty: not known
   */
  static Identity of(Path path, String digest) {
    if (!path.getFileSystem().equals(FileSystems.getDefault())) {
      return null;
    }
    try {
      Map<String, Object> all = Files.readAttributes(path, ATTRIBUTES);
      return (Boolean) all.get("isRegularFile")
          ? new Identity(
              (Long) all.get("dev"),
              (Long) all.get("ino"),
              (Long) all.get("size"),
              (FileTime) all.get("lastModifiedTime"),
              digest.isEmpty() ? (FileTime) all.get("ctime") : null,
              digest)
          : null;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Whether a change after {@code now} shows: if the file has been changed a moment ago, another
   * change may get the same time. A digest shows it anyway.
   *
   * @param now taken before the file was looked at
   */
  boolean isSettled(Instant now) {
    if (!digest.isEmpty()) {
      return true;
    }
    boolean coarse = isWholeSecond(modified) && isWholeSecond(changed);
    Instant before = now.minus(coarse ? COARSE_GRAIN : GRAIN);
    return modified.toInstant().isBefore(before) && changed.toInstant().isBefore(before);
  }

  private static boolean isWholeSecond(FileTime t) {
    return t.toInstant().getNano() == 0;
  }
}
