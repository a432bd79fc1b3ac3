package io.jld.input;

import io.jld.link.Location;
import java.lang.foreign.MemorySegment;

/**
 * A file that defines or refers to symbols: an object, a shared library, or the linker itself. It
 * is what has been read, and never changes: any number of links may have it, at the same time too.
 */
public abstract class InputFile {
  private final String file;
  private final String member;
  private final MemorySegment data;

  protected InputFile(String file, String member, MemorySegment data) {
    this.file = file;
    this.member = member;
    this.data = data;
  }

  public final MemorySegment data() {
    return data;
  }

  /** The name that messages have for it: its path as it was given, an archive's for a member. */
  public final String fileName() {
    return file;
  }

  /** The archive member's name; null for a file of its own. */
  public final String member() {
    return member;
  }

  /** {@code FILE(MEMBER)}. */
  public final String displayName() {
    return member == null ? file : file + "(" + member + ")";
  }

  public final Location location() {
    return Location.file(file, member);
  }

  /** What it takes on the heap, in bytes: its columns, about. */
  public long heapBytes() {
    return 20L * names().count(); // with their entries
  }

  /** The names of its symbols, which links give numbers to. */
  public abstract FileNames names();

  /**
   * The same with their bytes.
   *
   * @param buffers has the copies of the file's string tables, if it was the last that was read
   *     with these buffers, and takes them otherwise
   */
  public abstract NameWords nameWords(ReadBuffers buffers);
}
