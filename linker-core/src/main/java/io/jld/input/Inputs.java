package io.jld.input;

import io.jld.elf.Elf;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.InputSource;
import io.jld.link.IoReason;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The files of a link: mapped once each, and parsed, unless another link has left them so. */
public final class Inputs {
  private final Arena arena;
  private final KeptFiles kept;
  private final Map<Path, MemorySegment> mapped = new LinkedHashMap<>();

  /** Those of them that go when the link ends. */
  private final Set<Path> temporary = new HashSet<>();

  /** What ends with the link. */
  private final List<Runnable> atEnd = new ArrayList<>();

  /** Texts that are no regular files: a pipe gives its bytes once. */
  private final Map<Path, MemorySegment> read = new HashMap<>();

  /** What suppliers have given, each once; null where none was asked. */
  private Map<InputSource.OfSupplier, MemorySegment> supplied;

  public Inputs(Arena arena) {
    this(arena, null);
  }

  /**
   * @param kept has parsed files for this link; null where it parses them all itself
   */
  public Inputs(Arena arena, KeptFiles kept) {
    this.arena = arena;
    this.kept = kept;
  }

  /** Null where no file is kept. */
  public KeptFiles kept() {
    return kept;
  }

  /**
   * An object among the files; from any thread.
   *
   * @throws LinkException as {@link ObjectFile}
   */
  public ObjectFile object(
      String file,
      String member,
      MemorySegment data,
      ObjectFile.Origin origin,
      ReadBuffers buffers) {
    return kept == null
        ? new ObjectFile(file, member, data, origin, buffers)
        : kept.object(
            file, member, origin, data, () -> new ObjectFile(file, member, data, origin, buffers));
  }

  /**
   * A shared library among the files; from any thread.
   *
   * @param path null for a library in memory
   * @throws LinkException as {@link SharedFile}
   */
  public SharedFile library(String file, Path path, MemorySegment data) {
    return kept == null
        ? new SharedFile(file, path, data)
        : kept.library(file, data, () -> new SharedFile(file, path, data));
  }

  /**
   * The symbol index of an archive among the files; from any thread, one at a time for an archive.
   *
   * @return null where there is none
   * @throws LinkException where the archive is malformed
   */
  public ArchiveIndex index(Archive archive) {
    return kept == null ? archive.index() : kept.index(archive.bytes(), archive::index);
  }

  /**
   * Maps a file for reading.
   *
   * @throws LinkException where there is no such file, or it can't be read
   */
  public MemorySegment map(Path path) {
    return map(path, Location.NONE);
  }

  /**
   * Maps a file that another one names.
   *
   * @param by what names it, for the message where there is no such file
   */
  public MemorySegment map(Path path, Location by) {
    MemorySegment known = mapped.get(path);
    if (known != null) {
      return known;
    }
    MemorySegment s =
        kept == null ? open(path, by, arena) : kept.map(path, arena, (p, in) -> open(p, by, in));
    mapped.put(path, s);
    return s;
  }

  private static MemorySegment open(Path path, Location by, Arena arena) {
    // Looked at before it is opened: a pipe that nobody writes to would not be.
    if (!Files.isRegularFile(path) && Files.exists(path)) {
      throw new LinkException(
          DiagnosticCode.UNREADABLE_FILE,
          Location.file(NameBytes.string(path)),
          "not a regular file");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      try {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      } catch (UnsupportedOperationException e) { // of a file system without mappings
        return MemorySegment.ofArray(Files.readAllBytes(path));
      }
    } catch (NoSuchFileException e) {
      throw new LinkException(
          DiagnosticCode.FILE_NOT_FOUND,
          by,
          "cannot find " + NameBytes.string(path) + ": No such file or directory");
    } catch (ClosedByInterruptException e) {
      throw LinkException.interrupted();
    } catch (IOException e) {
      throw new LinkException(
          DiagnosticCode.UNREADABLE_FILE,
          Location.file(NameBytes.string(path)),
          "cannot be read: " + IoReason.of(e));
    }
  }

  /**
   * The bytes of a text, which may come from a pipe or a device too ({@code -T <(...)}).
   *
   * @param most the most bytes that a text may have; of a longer one there is one more
   * @throws LinkException where there is no such file, or it can't be read
   */
  public MemorySegment text(Path path, int most) {
    if (!Files.exists(path) || Files.isRegularFile(path) || Files.isDirectory(path)) {
      return map(path);
    }
    MemorySegment known = read.get(path);
    if (known == null) {
      try (InputStream in = Files.newInputStream(path)) {
        known = MemorySegment.ofArray(in.readNBytes(most + 1)).asReadOnly();
      } catch (IOException e) {
        throw new LinkException(
            DiagnosticCode.UNREADABLE_FILE,
            Location.file(NameBytes.string(path)),
            "cannot be read: " + IoReason.of(e));
      }
      read.put(path, known);
    }
    return known;
  }

  /** The bytes of an input whose supplier is asked for them, by {@code ask}, the first time. */
  public MemorySegment supplied(
      InputSource.OfSupplier source, Function<InputSource.OfSupplier, MemorySegment> ask) {
    if (supplied == null) {
      supplied = new IdentityHashMap<>();
    }
    return supplied.computeIfAbsent(source, ask);
  }

  /** What suppliers have given so far. */
  public Map<InputSource.OfSupplier, MemorySegment> supplied() {
    return supplied == null ? Map.of() : supplied;
  }

  /** Size of all mapped files in bytes. */
  public long size() {
    long size = 0;
    for (MemorySegment s : mapped.values()) {
      size += s.byteSize();
    }
    return size;
  }

  /** Memory that lives as long as the mapped files, filled with zeros. */
  public MemorySegment allocate(long size) {
    return arena.allocate(size);
  }

  /** Notes that the file will be gone when the link has ended. */
  public void setTemporary(Path path) {
    temporary.add(path);
  }

  /** The files that have been read and stay, in the order in which they were first asked for. */
  public Collection<Path> paths() {
    List<Path> paths = new ArrayList<>(mapped.keySet());
    paths.removeAll(temporary);
    return paths;
  }

  /**
   * A file that has become shorter than it was when it was mapped, so that reading it faults; null
   * if there is none.
   */
  public Path truncated() {
    for (Map.Entry<Path, MemorySegment> e : mapped.entrySet()) {
      try {
        if (Files.size(e.getKey()) < e.getValue().byteSize()) {
          return e.getKey();
        }
      } catch (IOException gone) {
        // a file that has no name any more keeps its pages
      }
    }
    return null;
  }

  /**
   * Where a part of a mapped file is.
   *
   * @param offset in bytes
   */
  public record Place(Path path, long offset) {}

  /** Which mapped file has these bytes, and where; null for what is no part of one. */
  public Place place(MemorySegment bytes) {
    for (Map.Entry<Path, MemorySegment> e : mapped.entrySet()) {
      MemorySegment file = e.getValue();
      long offset = bytes.address() - file.address();
      if (bytes.isNative() && offset >= 0 && offset <= file.byteSize() - bytes.byteSize()) {
        return new Place(e.getKey(), offset);
      }
    }
    return null;
  }

  /** Has {@code end} called by {@link #end}. */
  public void onEnd(Runnable end) {
    atEnd.add(end);
  }

  /** The link has ended, well or not: nothing reads the files any more. */
  public void end() {
    for (Runnable end : atEnd) {
      end.run();
    }
  }

  /** {@code e_machine} and class of an ELF file. */
  public record Machine(int machine, boolean is64) {}

  /**
   * What an ELF file, or the first ELF member of an archive, is made for; null where that isn't
   * known.
   */
  public Machine machine(Path path, MemorySegment bytes) {
    if (ObjectFile.isElf(bytes)) {
      return bytes.byteSize() < 20
          ? null
          : new Machine(ElfClass.u16(bytes, 18), ElfClass.u8(bytes, 4) == Elf.ELFCLASS64);
    }
    if (Archive.isArchive(bytes)) {
      String name = path == null ? "" : NameBytes.string(path);
      ArchiveMember object =
          Archive.open(name, path, bytes, this::map).first(m -> m.isElf(content(m)));
      return object == null ? null : machine(null, content(object));
    }
    return null;
  }

  private MemorySegment content(ArchiveMember m) {
    return m.external() ? map(m.path()) : m.content();
  }
}
