package io.jld.asmb;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A file that isn't mapped: writes are gathered in a buffer and go out at their positions. The room
 * for a write is a piece of that buffer, so that what was written last can still be edited: {@link
 * OutBuf#writeSym} hands it to the relocations.
 */
final class StreamBacking implements Backing {
  private static final long CAPACITY = 1 << 20;

  private final OutFile file;
  private MemorySegment buffer;

  /** Position in the file of the buffer's first byte. */
  private long start;

  /** Bytes of the buffer that are in use. */
  private long used;

  private long size;

  StreamBacking(OutFile file) {
    this.file = file;
  }

  /** The output is to be at least this long. */
  void extend(long atLeast) {
    size = Math.max(size, atLeast);
  }

  @Override
  public MemorySegment room(long position, long n) {
    long end = Math.addExact(position, n);
    if (position != start + used || buffer == null || n > buffer.byteSize() - used) {
      flush();
      start = position;
      if (buffer == null || n > buffer.byteSize()) {
        buffer =
            Arena.ofAuto()
                .allocate(
                    Math.max(
                        n, CAPACITY)); // a huge symbol's buffer may go when it is no longer used
      }
    }
    MemorySegment room = buffer.asSlice(used, n);
    used += n;
    size = Math.max(size, end);
    return room;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void flush() {
    if (used > 0) {
      try {
        file.write(start, buffer.asSlice(0, used));
      } catch (IOException e) {
        throw file.failed(e);
      }
      start += used;
      used = 0;
    }
  }

  /** Flushes, and makes the file as long as was promised. */
  void end() {
    flush();
    try {
      if (file.size() < size) {
        file.write(size - 1, MemorySegment.ofArray(new byte[1]));
      }
    } catch (IOException e) {
      throw file.failed(e);
    }
  }

  @Override
  public MemorySegment bytes(long position, long n) {
    end();
    MemorySegment copy = Arena.ofAuto().allocate(n);
    try {
      file.read(position, copy);
    } catch (IOException e) {
      throw file.failed(e);
    }
    return copy.asReadOnly();
  }
}
