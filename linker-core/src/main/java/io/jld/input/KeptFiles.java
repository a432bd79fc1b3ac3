package io.jld.input;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Parsed files that outlive a link and become part of others, which may run at the same time. A
 * link asks for each file that it has found, from any of its threads; a file that it names twice is
 * asked for twice.
 *
 * <p>The memory of a file that is kept ({@link InputFile#data}) has to live as long as any link
 * that is given it.
 */
public interface KeptFiles {
  /** Maps a file for reading. */
  interface Mapping {
    /**
     * @throws io.jld.link.LinkException where there is no such file, or it can't be read
     */
    MemorySegment map(Path path, Arena arena);
  }

  /**
   * The bytes of a file: those that are kept, or mapped by {@code mapping}; from one thread at a
   * time.
   *
   * @param arena the link's, for a file that is not kept
   */
  default MemorySegment map(Path path, Arena arena, Mapping mapping) {
    return mapping.map(path, arena);
  }

  /**
   * The object that was read from a file, an archive's member, or what was made of a file.
   *
   * @param data the bytes that this link has found: whoever keeps files sees to it that those of
   *     the object are the same; an archive may have several members of one name
   * @param read reads the object from these bytes
   */
  ObjectFile object(
      String file,
      String member,
      ObjectFile.Origin origin,
      MemorySegment data,
      Supplier<ObjectFile> read);

  /** The shared library that was read from a file; otherwise as {@link #object}. */
  SharedFile library(String file, MemorySegment data, Supplier<SharedFile> read);

  /** Where the names of this link's files have their entries. */
  default NameEntries names() {
    return new NameEntries();
  }

  /**
   * The entries of a file's names among {@link #names}, which was asked for before; not to be
   * changed.
   *
   * @param add takes the names in
   */
  default int[] entries(InputFile file, Supplier<int[]> add) {
    return add.get();
  }

  /**
   * An archive's index; null where it has none.
   *
   * @param archive the bytes that this link has found
   */
  default ArchiveIndex index(MemorySegment archive, Supplier<ArchiveIndex> read) {
    return read.get();
  }
}
