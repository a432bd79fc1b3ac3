package io.jld.asmb;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A file that isn't mapped: writes are gathered in a buffer and go out at their positions. The room
 * for a write is a piece of that buffer, so that what was written last can still be edited: {@link
 * OutBuf#writeSym} hands it to the relocations. The output and each of its views have one of their
 * own.
 */
final class StreamBacking implements Backing {
  private final Streamed streamed;
  private final OutFile file;

  /** Null while nothing waits to be written. */
  private MemorySegment buffer;

  /** Position in the file of the buffer's first byte. */
  private long start;

  /** Bytes of the buffer that are in use. */
  private long used;

  private long size;

  /** {@link Streamed#writer} makes them. */
  StreamBacking(Streamed streamed) {
    this.streamed = streamed;
    this.file = streamed.file();
  }

  /** The output is to be at least this long. */
  void extend(long atLeast) {
    size = Math.max(size, atLeast);
  }

  @Override
  public MemorySegment room(long position, long n) {
    long end = Math.addExact(position, n);
    if (position != start + used || buffer == null || n > buffer.byteSize() - used) {
      write();
      start = position;
      if (buffer == null || n > buffer.byteSize()) {
        giveBack();
        buffer = streamed.take(n);
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
    write();
    giveBack();
  }

  private void giveBack() {
    if (buffer != null) {
      streamed.giveBack(buffer);
      buffer = null;
    }
  }

  private void write() {
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
    MemorySegment copy = Arena.ofAuto().allocate(n);
    read(position, copy);
    return copy.asReadOnly();
  }

  @Override
  public void read(long position, MemorySegment into) {
    try {
      file.read(position, into);
    } catch (IOException e) {
      throw file.failed(e);
    }
  }
}
