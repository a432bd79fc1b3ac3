package io.jld.link;

import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * What went wrong with a file.
 *
 * @since 0.1
 */
public final class IoReason {
  private IoReason() {}

  /**
   * strerror's text, which the JDK keeps in several places; where nothing is known, the exception's
   * class.
   */
  public static String of(Exception e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof NotDirectoryException) {
      return "Not a directory";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "File exists";
    }
    if (e instanceof ClosedByInterruptException) {
      return "interrupted while it was written";
    }
    if (e instanceof ClosedChannelException) {
      return "discarded while it was written";
    }
    String reason = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    if (reason == null || reason.isEmpty()) {
      return e.getClass().getSimpleName();
    }
    String loop = "Too many levels of symbolic links";
    return reason.startsWith(loop) ? loop : reason; // the JDK adds a guess
  }
}
