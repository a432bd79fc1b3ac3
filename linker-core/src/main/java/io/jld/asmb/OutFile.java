package io.jld.asmb;

import io.jld.link.DiagnosticCode;
import io.jld.link.IoReason;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The file that an output goes to, and what stands there before and after. Three kinds:
 *
 * <ul>
 *   <li>beside: a temporary file in the output's directory, which is renamed over the output at the
 *       end. A reader sees the old file or the whole new one, a running program keeps its file, and
 *       a link that fails leaves the old one. The usual case;
 *   <li>in place: an existing file that may be written in a directory that may not. It is written
 *       at the end in one go, from memory. GNU ld writes such a file too;
 *   <li>special: a pipe, a device. Opened at once, so that a reader at a pipe's other end sees it
 *       end even if the link fails.
 * </ul>
 *
 * <p>What is done about symbolic links and modes is what GNU ld (BFD's {@code bfd_open_file}) does:
 * an output that isn't empty is replaced, and so its name gets a new file with mode 0777 (0666 for
 * {@code -r}) less the umask, whatever mode, owner, links it had; a symbolic link is itself
 * replaced and not followed. An empty file is kept, since gcc makes one with tight permissions for
 * its linker to fill: it keeps its mode, plus execute permission where the umask allows, and its
 * owner; a link to one, or to nothing yet, is followed. A link to a directory is an error here,
 * where GNU ld replaces it: that has never been meant.
 */
final class OutFile {
  private static final Set<PosixFilePermission> EXECUTE =
      Set.of(
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_EXECUTE);

  /** Linux's limit. */
  private static final int MAX_LINKS = 40;

  /**
   * Bytes that go to the operating system in one call, through a buffer of this size if they are on
   * the heap.
   */
  private static final int PIECE = 256 << 10;

  private final Path name;
  private final Path target;
  private final boolean special;

  /** Null for a file that is written in place. */
  private final FileChannel channel;

  /** Removes the temporary file where the process is told to end; null if there is none. */
  private final Removal removal;

  /** The temporary file's path while it is used; null if there is none. */
  private final Path beside;

  private OutFile(
      Path name, Path target, boolean special, FileChannel channel, Path beside, Removal removal) {
    this.name = name;
    this.target = target;
    this.special = special;
    this.channel = channel;
    this.beside = beside;
    this.removal = removal;
  }

  /**
   * The temporary file as something to be removed. SIGTERM, SIGINT, SIGHUP and exit() run the JVM's
   * shutdown hooks and stop all threads wherever they are then, so this is one before there is a
   * file. Its lock is held while the file is made, renamed or removed: a hook that finds it made
   * half waits for it; once the hook has run there will be none; and a thread that finds the file
   * taken goes on, perhaps to the process's end, only when it is gone.
   */
  private static final class Removal extends Thread {
    private Path file;

    /** Tells the next link of the file if this process is ended without its hooks; may be null. */
    private Path mark;

    private boolean ended;

    Removal() {
      super("jld-remove-temporary");
    }

    /**
     * @throws ClosedChannelException if the process is ending
     */
    static Removal atShutdown() throws ClosedChannelException {
      Removal removal = new Removal();
      try {
        Runtime.getRuntime().addShutdownHook(removal);
      } catch (IllegalStateException e) {
        throw new ClosedChannelException();
      }
      return removal;
    }

    /** Makes the file. */
    synchronized FileChannel create(
        Path target, Path path, Set<OpenOption> how, FileAttribute<?>... mode) throws IOException {
      if (ended) {
        throw new ClosedChannelException();
      }
      mark = WriterMark.make(target, path);
      try {
        FileChannel channel = FileChannel.open(path, how, mode);
        file = path;
        return channel;
      } finally {
        if (file == null) {
          removeMark();
        }
      }
    }

    /** The hook. */
    @Override
    public synchronized void run() {
      ended = true;
      remove();
    }

    /** Removes the file if it is still there. */
    synchronized void remove() {
      delete(file);
      file = null;
      removeMark();
    }

    private void removeMark() {
      delete(mark);
      mark = null;
    }

    private static void delete(Path path) {
      if (path != null) {
        try {
          Files.deleteIfExists(path);
        } catch (IOException e) {
          // the directory went away or was made read-only
        }
      }
    }

    /** Gives the file its name. */
    synchronized void rename(Path target) throws IOException {
      if (file == null) {
        throw new ClosedChannelException();
      }
      try {
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        file = null;
        removeMark();
      } catch (IOException e) {
        // A mount point, or somebody else's file in a sticky directory, can't be replaced but
        // perhaps written.
        try {
          if (!Files.isRegularFile(target) || !Files.isWritable(target)) {
            throw e;
          }
          copy(file, target);
        } finally {
          remove();
        }
      }
    }

    /** There is no file any more: other links of this process need not keep this. */
    void forget() {
      try {
        Runtime.getRuntime().removeShutdownHook(this);
      } catch (IllegalStateException e) {
        // the process is ending
      }
    }
  }

  /**
   * @param executable whether the output gets execute permission
   * @throws LinkException "cannot open output file"; nothing is left behind
   */
  static OutFile open(Path name, boolean executable) {
    try {
      Path target = name;
      BasicFileAttributes there = stat(name);
      boolean link = Files.isSymbolicLink(name);
      if (there == null && link) {
        target = follow(name);
      } else if (there != null && there.isDirectory()) {
        throw cannotOpen(name, "Is a directory");
      } else if (there != null && !there.isRegularFile()) {
        return new OutFile(
            name, name, true, FileChannel.open(name, StandardOpenOption.WRITE), null, null);
      } else if (there != null && link && there.size() == 0) {
        target = name.toRealPath();
      }
      return regular(name, target, there != null && there.size() == 0, executable);
    } catch (ClosedByInterruptException e) {
      throw LinkException.interrupted();
    } catch (IOException | SecurityException e) {
      throw cannotOpen(name, IoReason.of(e));
    }
  }

  private static OutFile regular(Path name, Path target, boolean keep, boolean executable)
      throws IOException {
    if (keep && !Files.isWritable(target)) {
      throw cannotOpen(name, "Permission denied");
    }
    Set<OpenOption> how =
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Removal removal = Removal.atShutdown();
    OutFile file = null;
    try {
      file = create(name, target, executable, how, removal);
    } finally {
      if (file == null || file.removal == null) {
        removal.forget();
      }
    }
    if (keep && file.beside != null) {
      file.adopt();
    }
    return file;
  }

  private static OutFile create(
      Path name, Path target, boolean executable, Set<OpenOption> how, Removal removal)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path beside = target.resolveSibling(temporaryName());
      try {
        FileChannel channel;
        try {
          // open(2) takes the umask off. An EnumSet asks the enum by reflection: 1.5 ms of a start.
          Set<PosixFilePermission> mode = new HashSet<>(List.of(PosixFilePermission.values()));
          if (!executable) {
            mode.removeAll(EXECUTE);
          }
          channel = removal.create(target, beside, how, PosixFilePermissions.asFileAttribute(mode));
        } catch (UnsupportedOperationException e) {
          channel = removal.create(target, beside, how); // a file system without such modes
        }
        return new OutFile(name, target, false, channel, beside, removal);
      } catch (FileAlreadyExistsException e) {
        if (attempt == 16) {
          throw e;
        }
      } catch (UnsupportedOperationException e) {
        // A file system without channels: written in place.
        return new OutFile(name, target, false, null, null, null);
      } catch (FileSystemException e) {
        if (Files.isRegularFile(target) && Files.isWritable(target)) {
          return new OutFile(name, target, false, null, null, null);
        }
        throw e;
      }
    }
  }

  /** Follows links that lead to nothing yet. */
  private static Path follow(Path link) throws IOException {
    Path at = link;
    for (int i = 0; Files.isSymbolicLink(at); i++) {
      if (i == MAX_LINKS) {
        throw new FileSystemException(link.toString(), null, "Too many levels of symbolic links");
      }
      at = at.resolveSibling(Files.readSymbolicLink(at));
    }
    return at;
  }

  /** Null if there is nothing. */
  private static BasicFileAttributes stat(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** A hidden name. */
  private static String temporaryName() {
    String name = WriterMark.temporaryName();
    return name != null ? name : randomName();
  }

  private static String randomName() {
    byte[] random = new byte[8];
    // SecureRandom takes 30 ms to start, as much as the rest of a small link. The name need not be
    // a secret: O_EXCL sees to it that no file and no link is there already.
    boolean filled = false;
    try (InputStream in = Files.newInputStream(Path.of("/dev/urandom"))) {
      filled = in.readNBytes(random, 0, random.length) == random.length;
    } catch (IOException e) {
      // not this kind of system
    }
    if (!filled) {
      new SecureRandom().nextBytes(random);
    }
    long number = 0;
    for (byte b : random) {
      number = number << 8 | b & 0xff;
    }
    return ".jld".concat(Long.toHexString(number));
  }

  /**
   * Gives the temporary file the mode and the owner of the empty file whose place it will take, as
   * far as is allowed.
   */
  private void adopt() {
    try {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(beside);
      mode.retainAll(EXECUTE);
      mode.addAll(Files.getPosixFilePermissions(target));
      for (String id : new String[] {"unix:uid", "unix:gid"}) {
        Object owner = Files.getAttribute(target, id);
        if (!Objects.equals(owner, Files.getAttribute(beside, id, LinkOption.NOFOLLOW_LINKS))) {
          Files.setAttribute(beside, id, owner, LinkOption.NOFOLLOW_LINKS);
        }
      }
      Files.setPosixFilePermissions(beside, mode); // after the owner, whose change clears bits
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      // only root gives files away
    }
  }

  /** The output's name as the user gave it. */
  Path name() {
    return name;
  }

  /** Whether positions can be written and the file can be mapped: not in place, not special. */
  boolean isSeekable() {
    return beside != null;
  }

  FileChannel channel() {
    return channel;
  }

  /** The temporary file. */
  Path path() {
    return beside;
  }

  long size() throws IOException {
    return channel.size();
  }

  /** Writes all bytes of {@code bytes} at {@code position}. */
  void write(long position, MemorySegment bytes) throws IOException {
    long n = bytes.byteSize();
    for (long done = 0; done < n; ) {
      done += channel.write(piece(bytes, done, n), position + done);
    }
  }

  /** Fills {@code bytes} from {@code position} on; what is after the file's end stays as it is. */
  void read(long position, MemorySegment bytes) throws IOException {
    long n = bytes.byteSize();
    for (long done = 0; done < n; ) {
      int got = channel.read(piece(bytes, done, n), position + done);
      if (got < 0) {
        return;
      }
      done += got;
    }
  }

  private static ByteBuffer piece(MemorySegment bytes, long from, long to) {
    return bytes.asSlice(from, Math.min(PIECE, to - from)).asByteBuffer();
  }

  /** Writes the whole output from memory, in order. */
  void writeAll(MemorySegment bytes) throws IOException {
    if (channel != null) {
      writeAll(channel, bytes);
    } else {
      try (WritableByteChannel there =
          Files.newByteChannel(
              target,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        writeAll(there, bytes);
      }
    }
  }

  private static void writeAll(WritableByteChannel to, MemorySegment bytes) throws IOException {
    long n = bytes.byteSize();
    for (long done = 0; done < n; ) {
      done += to.write(piece(bytes, done, n));
    }
  }

  /** Closes the file; a mapping of it stays. */
  void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  /** Puts the closed file in the output's place. */
  void commit() throws IOException {
    if (removal != null) {
      removal.rename(target);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      long n = in.size();
      for (long at = 0; at < n; ) {
        at += in.transferTo(at, n - at, out);
      }
    }
  }

  /**
   * Closes and removes the temporary file, if it is still one. Safe from any thread and at any
   * time; never fails.
   */
  void discard() {
    try {
      close();
    } catch (IOException e) {
      // there is nothing in it that anybody wants
    }
    if (removal != null) {
      removal.remove();
      removal.forget();
    }
  }

  /** Whether somebody has made the file shorter than {@code size} since. */
  boolean isTruncated(long size) {
    try {
      return beside != null && Files.size(Files.exists(beside) ? beside : target) < size;
    } catch (IOException e) {
      return false;
    }
  }

  /** The error for a write that failed. */
  LinkException failed(IOException e) {
    if (e instanceof ClosedByInterruptException) {
      return LinkException.interrupted();
    }
    String reason = IoReason.of(e);
    return failed(reason.equals("No space left on device") ? "no space left on device" : reason);
  }

  LinkException failed(String message) {
    return new LinkException(
        DiagnosticCode.OUTPUT_NOT_WRITABLE, Location.file(NameBytes.string(name)), message);
  }

  /** GNU ld's words. */
  static LinkException cannotOpen(Path name, String reason) {
    return new LinkException(
        DiagnosticCode.OUTPUT_NOT_WRITABLE,
        Location.NONE,
        "cannot open output file " + NameBytes.string(name) + ": " + reason);
  }

  LinkException cannotOpen(IOException e) {
    return e instanceof ClosedByInterruptException
        ? LinkException.interrupted()
        : cannotOpen(name, IoReason.of(e));
  }
}
