package io.jld.keep;

import io.jld.input.ArchiveIndex;
import io.jld.input.InputFile;
import io.jld.input.NameEntries;
import io.jld.input.ObjectFile;
import io.jld.input.SharedFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A file that is mapped, and what has been parsed of it. */
final class KeptFile {
  /** Bytes on the heap of a file of which nothing is parsed, and of each part: about. */
  static final int OBJECTS = 512;

  /**
   * How a file is found: by its path, as it was given. A relative path is not the same file to
   * everybody, so its device and inode count as well; of an absolute one only the last file is
   * kept.
   */
  record Key(Path path, long device, long inode) {
    static Key of(Path path, Identity identity) {
      return path.isAbsolute()
          ? new Key(path, 0, 0)
          : new Key(path, identity.device(), identity.inode());
    }
  }

  /** The file itself, or a member of an archive: names are part of messages. */
  record Part(String file, String member, long at, long size) {}

  final Key key;
  final Identity identity;
  final MemorySegment bytes;
  final Map<Part, ObjectFile> objects = new ConcurrentHashMap<>();
  final Map<String, SharedFile> libraries = new ConcurrentHashMap<>();

  /** The entries of the names of each object and library; {@link Entered#NONE} at first. */
  final Map<InputFile, Entered> names = new ConcurrentHashMap<>();

  /** Entries in a table that all links of some time have in common. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares it
  record Entered(NameEntries table, int[] entries) {
    static final Entered NONE = new Entered(null, new int[0]);
  }

  /** Null where it is no archive, or has no index, or nobody has asked. */
  volatile ArchiveIndex index;

  private final Arena arena;

  // What follows is the keeper's, and guarded by it.

  /** Bytes on the heap, about. */
  long heap = OBJECTS;

  /** How many links have it. */
  int uses;

  /** Not kept any more: unmapped when the last link that has it ends. */
  boolean dropped;

  KeptFile(Key key, Identity identity, MemorySegment bytes, Arena arena) {
    this.key = key;
    this.identity = identity;
    this.bytes = bytes;
    this.arena = arena;
  }

  Part part(String file, String member, MemorySegment data) {
    return new Part(file, member, data.address() - bytes.address(), data.byteSize());
  }

  void unmap() {
    arena.close();
  }
}
