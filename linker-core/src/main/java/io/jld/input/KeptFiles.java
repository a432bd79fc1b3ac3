package io.jld.input;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * Parsed files that outlive a link and become part of others, which may run at the same time. A
 * link asks for each file that it has found, from any of its threads; a file that it names twice is
 * asked for twice.
 *
 * <p>The memory of a file that is kept ({@link InputFile#data}) is that of the link which has read
 * it, whose arena has to live as long.
 */
public interface KeptFiles {
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
}
