package io.jld.input;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * One file in an archive: its bytes where the archive holds them, its path where a thin archive
 * only names it.
 *
 * @param name as it stands in the archive, without the {@code /} that ends it; in a thin archive it
 *     may have directories
 * @param headerOffset where the member's header starts in the archive that was asked for its
 *     members, in bytes
 * @param content the member's bytes, a slice of the archive; null where {@code path} names the file
 * @param path the file of a thin archive's member; null where {@code content} has the bytes
 * @param elf whether {@code content} begins as an ELF file does; {@link #isElf} is for all members
 */
public record ArchiveMember(
    String name, long headerOffset, MemorySegment content, Path path, boolean elf) {
  public ArchiveMember {
    if ((content == null) == (path == null)) {
      throw new IllegalArgumentException("a member has either content or a path: " + name);
    }
  }

  /** Whether the member's bytes are in a file of their own. */
  public boolean external() {
    return path != null;
  }

  /**
   * Whether the member is an ELF file.
   *
   * @param bytes the member's, wherever they are
   */
  public boolean isElf(MemorySegment bytes) {
    return external() ? ObjectFile.isElf(bytes) : elf;
  }
}
