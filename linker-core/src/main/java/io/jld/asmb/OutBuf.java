package io.jld.asmb;

import io.jld.elf.Bytes;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.link.NameBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The output: a cheap position, the writes that a linker needs, and under them a place for each
 * thread to write at, so that several can do so at once and what was written last can still be
 * edited. It is used like this:
 *
 * <pre>{@code
 * OutBuf out = OutBuf.create(ByteOrder.LITTLE_ENDIAN, arena);
 * try {
 *   out.open(path, true);
 *   out.mmap(size);
 *   ... // out.view(start) for each task, with flush() at its end; out.seekSet(p), out.write...
 *   out.commit();
 * } finally {
 *   out.discard(); // nothing to do after commit()
 * }
 * }</pre>
 *
 * <p>The bytes of a file go there as they come, each writer's through a buffer of its own ({@link
 * Mode#STREAMED}), or all at once if they are few. What isn't a file of a file system ({@code
 * /dev/null}, a pipe, the caller's memory) is kept on the heap and written by {@link #close}, in
 * order. An output can be mapped as well ({@link Mode#MAPPED}), which is for those who read it
 * again; where that can't be done it is streamed. Before {@link #mmap} there are no views ({@link
 * #canView}), and {@link WriteParallel} and {@link Blocks} do everything in order on the calling
 * thread.
 *
 * <p>An OutBuf or view is for one thread at a time; views of one output are independent of each
 * other. Only {@link #discard} may be called from any thread.
 *
 * @since 0.1
 */
public final class OutBuf {
  /** How the bytes are kept. */
  public enum Mode {
    /** In a shared mapping of the file. */
    MAPPED,
    /** In memory; a file is written when the output is closed. */
    HEAP,
    /** In the file, through small buffers. */
    STREAMED
  }

  /** So many bytes at most are written in one go. */
  private static final long WHOLE = 4 << 20;

  private static final int PAD_PIECE = 1 << 16;
  private static final int SMALL_GAP = 64;

  private final ByteOrder order;
  private final boolean bigEndian;
  private final Arena arena;
  private final boolean isView;

  /** The whole output in memory, or mapped between mmap and munmap. Null where it is streamed. */
  private MemorySegment buf;

  private long off;

  /** Takes the writes while {@link #buf} is null. Null before open. */
  private Backing backing;

  /** The file whose writers this and its views are; null if there is none. */
  private Streamed stream;

  /** The size that a streamed output was given, until munmap; otherwise below 0. */
  private long fixed = -1;

  /** Null for memory. Volatile for discard. */
  private volatile OutFile file;

  private boolean heap;

  /** Null: as it suits the size. */
  private Mode wanted;

  /** From which size on blocks are asked for before anything is written; see Reservation. */
  private long reserveFrom = Reservation.CALL_FROM;

  private boolean opened;
  private boolean used;
  private boolean closed;

  /**
   * Where block writers note what they write, for {@code --print-blocks}; null: they print it
   * themselves.
   */
  private List<BlockLog> log;

  /** {@link #padding} and what it is made of. */
  private byte[] paddingOf;

  private MemorySegment padding;

  private OutBuf(ByteOrder order, Arena arena, MemorySegment buf, long off, boolean isView) {
    this.order = Objects.requireNonNull(order);
    this.bigEndian = order == ByteOrder.BIG_ENDIAN;
    this.arena = arena;
    this.buf = buf;
    this.off = off;
    this.isView = isView;
  }

  /**
   * An output that is not open yet.
   *
   * @param order of {@link #write16} and its like
   * @param arena what is mapped lives as long as this does
   */
  public static OutBuf create(ByteOrder order, Arena arena) {
    return new OutBuf(order, Objects.requireNonNull(arena), null, 0, false);
  }

  /**
   * An output in memory, open and with {@code size} bytes of zeros; for parts that are made before
   * the output is.
   */
  public static OutBuf ofSize(ByteOrder order, Arena arena, long size) {
    OutBuf out = create(order, arena);
    out.openHeap();
    out.mmap(size);
    return out;
  }

  /** Opens an executable output in {@code path}: {@link #open(Path, boolean)}. */
  public void open(Path path) {
    open(path, true);
  }

  /**
   * Opens the output. How its bytes are kept is decided when its size is known: a small one is
   * written in one go, a large one as its bytes come.
   *
   * @param executable whether the file gets execute permission; a relocatable output has none
   * @throws LinkException "cannot open output file"; nothing is left behind
   * @throws IllegalStateException if it is open already, or this is a view
   */
  public void open(Path path, boolean executable) {
    open(path, executable, null);
  }

  /**
   * Opens an output whose bytes are kept in a certain way. From here on either {@link #commit} or
   * {@link #discard} has to be called.
   *
   * @param executable whether the file gets execute permission; a relocatable output has none
   * @param wanted how a regular file is to be written; special files are {@link Mode#HEAP} in any
   *     case
   * @throws LinkException "cannot open output file"; nothing is left behind
   * @throws IllegalStateException if it is open already, or this is a view
   */
  public void open(Path path, boolean executable, Mode wanted) {
    start();
    use(OutFile.open(path, executable), wanted);
  }

  /**
   * Opens another path instead of the one that is open, to which nothing has been written.
   *
   * @throws LinkException "cannot open output file"; the output is where it was
   */
  public void moveTo(Path path, boolean executable) {
    mustOwn("move");
    OutFile f = OutFile.open(path, executable);
    file.discard();
    use(f, wanted);
  }

  private void use(OutFile f, Mode how) {
    file = f;
    wanted = how;
    heap = how == Mode.HEAP || !f.isSeekable();
    stream = heap ? null : new Streamed(f);
    backing = heap ? new HeapBacking(arena) : stream.writer();
  }

  /**
   * Says that the process makes many outputs: the call that gets a file's blocks at once has been
   * made before, or will be made again.
   */
  public void makesMany() {
    reserveFrom = Reservation.WARM_FROM;
  }

  /** Opens an output that stays in memory: {@link #bytes} is it. */
  public void openHeap() {
    start();
    heap = true;
    backing = new HeapBacking(arena);
  }

  /**
   * Opens an output that stays in memory of {@code allocator}, which is asked once, by {@link
   * #mmap}.
   */
  public void openMemory(SegmentAllocator allocator) {
    start();
    heap = true;
    backing = HeapBacking.of(allocator);
  }

  private void start() {
    mustOwn("open");
    if (opened) {
      throw new IllegalStateException("cannot open more than one output");
    }
    opened = true;
  }

  private void mustOwn(String what) {
    if (isView) {
      throw new IllegalStateException("cannot " + what + " an OutBuf through a view");
    }
  }

  private Backing backing() {
    if (backing == null) {
      throw new IllegalStateException("the output is not open");
    }
    if (closed) {
      throw new IllegalStateException("the output is closed");
    }
    return backing;
  }

  /**
   * How the bytes are kept now. A mapped output is so only from {@link #mmap} to {@link #munmap}.
   */
  public Mode mode() {
    return heap ? Mode.HEAP : buf != null ? Mode.MAPPED : Mode.STREAMED;
  }

  /**
   * Gives the output its size, and with that views. An output that is wanted so is mapped, its
   * blocks reserved on the disk before; where the file can't be mapped it is {@link Mode#STREAMED},
   * and that is no error. Call it once, before anything is written. Nothing may rely on what the
   * bytes are then: every byte has a writer.
   *
   * @param size in bytes; views and writes must stay below it until {@link #munmap}
   * @throws LinkException if it is known that there is no room for it on the disk
   */
  public void mmap(long size) {
    mustOwn("mmap");
    if (size < 0) {
      throw new IllegalArgumentException("size: " + size);
    }
    Backing b = backing();
    if (used || b.size() > 0) {
      throw new IllegalStateException("mmap comes before all writes, and once");
    }
    used = true;
    if (!heap && wanted == null && size <= WHOLE) {
      HeapBacking whole = new HeapBacking(arena);
      try {
        buf = whole.fix(size);
        backing = whole;
        heap = true;
        return;
      } catch (OutOfMemoryError e) {
        // It takes less memory to write it as its bytes come.
      }
    }
    if (b instanceof HeapBacking h) {
      try {
        buf = h.fix(size);
      } catch (OutOfMemoryError e) {
        throw new LinkException(
            DiagnosticCode.OUT_OF_MEMORY,
            file == null ? Location.NONE : Location.file(NameBytes.string(file.name())),
            "not enough memory for an output of " + size + " bytes");
      }
      return;
    }
    ((StreamBacking) b).extend(size);
    fixed = size;
    OutFile f = file;
    try {
      if (wanted != Mode.MAPPED) {
        Reservation.allocate(f.path(), size, reserveFrom);
        return;
      }
      Reservation.reserve(f.channel(), f.path(), size, Reservation.CALL_FROM);
    } catch (IOException e) {
      throw f.failed(e);
    }
    try {
      buf = f.channel().map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
    } catch (ClosedChannelException e) {
      throw f.failed(e); // interrupted, or discarded meanwhile
    } catch (IOException | UnsupportedOperationException e) {
      // This file system has no shared mappings, or the address space is full: streamed.
    }
  }

  /**
   * Ends what {@link #mmap} has begun: later writes go to the file as they come, may lie after the
   * size, and can't be edited.
   */
  public void munmap() {
    mustOwn("munmap");
    backing();
    buf = null; // The mapping itself ends with its arena; views may still use it.
    fixed = -1;
  }

  /**
   * Writes a mapped output through to the disk. A link has no need of that: who reads the file sees
   * the mapping's bytes.
   */
  public void msync() {
    MemorySegment b = buf;
    if (b != null && b.isMapped() && b.byteSize() > 0) {
      b.force();
    }
  }

  /**
   * Hands all that was written to the operating system, so that others who read the file see it.
   * Who has written to a view flushes it at the end, and so lets others have its buffer; to flush
   * the output itself flushes its views, too.
   */
  public void flush() {
    if (buf != null) {
      return;
    }
    Backing b = backing();
    if (isView || stream == null) {
      b.flush();
    } else {
      stream.flush();
    }
  }

  /**
   * Writes what is still to be written and closes the file. It keeps its temporary name until
   * {@link #commit}. Does nothing if it is closed.
   *
   * @throws LinkException if the disk is full, a pipe's reader has gone, and so on
   * @throws IllegalStateException if this is a view
   */
  public void close() {
    mustOwn("close");
    if (closed || !opened) {
      return;
    }
    OutFile f = file;
    if (f != null) {
      try {
        if (backing instanceof StreamBacking s && buf == null) {
          stream.flush();
          s.end();
        } else if (heap) {
          f.writeAll(bytes());
        }
        f.close();
      } catch (IOException e) {
        throw f.failed(e);
      }
    }
    closed = true;
  }

  /**
   * Closes the output and puts it in its place.
   *
   * @throws LinkException if that fails; the output is discarded then
   */
  public void commit() {
    mustOwn("commit");
    OutFile f = file;
    try {
      close();
      if (f != null) {
        f.commit();
      }
    } catch (IOException e) {
      throw f.cannotOpen(e);
    } finally {
      discard();
    }
  }

  /**
   * Removes what was written; what stood at the output's path stays there. Does nothing after
   * {@link #commit}. May be called from any thread, for example when the user interrupts the
   * program; writes under way then fail or go nowhere.
   *
   * @throws IllegalStateException if this is a view
   */
  public void discard() {
    mustOwn("discard");
    OutFile f = file;
    if (f != null) {
      f.discard();
    }
  }

  /**
   * Whether there can be views now: the output's size is known, and its bytes can be reached in any
   * order.
   */
  public boolean canView() {
    return buf != null || fixed >= 0;
  }

  /**
   * A view: the same bytes with an offset of its own. What is written to it is surely there after
   * its {@link #flush} only.
   *
   * @param start its offset at first, in bytes
   * @throws IllegalStateException where there can be none: {@link #canView}
   */
  public OutBuf view(long start) {
    if (!canView()) {
      throw new IllegalStateException("the output has no size yet");
    }
    OutBuf view = new OutBuf(order, arena, buf, start, true);
    if (buf == null) {
      StreamBacking writer = stream.writer();
      writer.extend(fixed);
      view.stream = stream;
      view.backing = writer;
      view.fixed = fixed;
    }
    return view;
  }

  public boolean isView() {
    return isView;
  }

  /** Moves to a position in bytes. */
  public void seekSet(long position) {
    if (position < 0) {
      throw new IllegalArgumentException("position: " + position);
    }
    off = position;
  }

  /** The position of the next write in bytes from the output's start. */
  public long offset() {
    return off;
  }

  /** The output's size in bytes: as mapped, or up to the last byte that was written. */
  public long size() {
    if (buf == null && backing == null) {
      throw new IllegalStateException("the output is not open");
    }
    return buf != null ? buf.byteSize() : backing.size();
  }

  /**
   * The output's bytes, read-only: of a mapped output as they are and will be, of a streamed one a
   * copy.
   */
  public MemorySegment bytes() {
    return bytes(0, size());
  }

  /** As {@link #bytes()}, of a part: {@code n} bytes from {@code position} on. */
  public MemorySegment bytes(long position, long n) {
    if (buf != null) {
      return buf.asSlice(position, n).asReadOnly();
    }
    if (!heap) {
      backing(); // memory is there for good; a file can't be read when it is closed
      stream.flush();
    }
    return backing.bytes(position, n);
  }

  /**
   * Reads what was written and {@link #flush flushed}; by any number of threads.
   *
   * @param position of the first byte
   * @param into as many bytes as it takes; they lie inside of the output
   */
  public void read(long position, MemorySegment into) {
    if (buf != null) {
      Bytes.move(buf, position, into, 0, into.byteSize());
    } else {
      backing().read(position, into);
    }
  }

  /** Room for {@code n} bytes at the offset, which moves after them. */
  private MemorySegment room(long n) {
    MemorySegment slice;
    if (buf != null) {
      slice = buf.asSlice(off, n);
    } else if (fixed >= 0 && (off > fixed || n > fixed - off)) {
      throw new IndexOutOfBoundsException(n + " bytes at " + off + " of " + fixed);
    } else {
      slice = backing().room(off, n);
    }
    off += n;
    return slice;
  }

  public void write(MemorySegment bytes) {
    long n = bytes.byteSize();
    Bytes.move(bytes, 0, room(n), 0, n);
  }

  public void write(byte[] bytes) {
    write(MemorySegment.ofArray(bytes));
  }

  /** Writes the low 8 bits. */
  public void write8(int value) {
    write(value, 1);
  }

  /** Writes the low 16 bits. */
  public void write16(int value) {
    write(value, 2);
  }

  public void write32(int value) {
    write(value, 4);
  }

  public void write64(long value) {
    write(value, 8);
  }

  private void write(long value, int n) {
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) {
      bytes[bigEndian ? n - 1 - i : i] = (byte) (value >>> (8 * i));
    }
    write(bytes);
  }

  /**
   * Writes {@code n} bytes: the string in UTF-8, cut off there, or followed by padding up to there.
   *
   * @param pad repeated from the string's end; empty: zeros
   */
  public void writeStringPad(String s, int n, byte[] pad) {
    byte[] bytes = NameBytes.bytes(s);
    int cut = Math.min(bytes.length, n);
    Bytes.move(MemorySegment.ofArray(bytes), 0, room(cut), 0, cut);
    writePad(n - cut, pad);
  }

  /**
   * Fills a gap.
   *
   * @param n its size in bytes
   * @param pad repeated from the gap's start; empty: zeros
   */
  public void writePad(long n, byte[] pad) {
    if (n < 0) {
      throw new IllegalArgumentException("gap: " + n);
    }
    if (n <= SMALL_GAP && buf != null) { // of which there are most: without a slice for each
      Bytes.move(padding(pad), 0, buf, off, n);
      off += n;
      return;
    }
    if (n <= SMALL_GAP) {
      Bytes.move(padding(pad), 0, room(n), 0, n);
      return;
    }
    // In pieces, so that a wide gap in a file that isn't mapped costs no memory. A piece holds the
    // pattern in full.
    long piece =
        buf != null ? n : Math.max(pad.length, PAD_PIECE - PAD_PIECE % Math.max(1, pad.length));
    for (long left = n; left > 0; ) {
      long now = Math.min(left, piece);
      fill(room(now), pad);
      left -= now;
    }
  }

  /** The start of all gaps with this pattern: most are those before a function. */
  private MemorySegment padding(byte[] pad) {
    if (pad != paddingOf) {
      byte[] bytes = new byte[SMALL_GAP];
      for (int i = 0; i < SMALL_GAP && pad.length > 0; i++) {
        bytes[i] = pad[i % pad.length];
      }
      padding = MemorySegment.ofArray(bytes);
      paddingOf = pad;
    }
    return padding;
  }

  private static void fill(MemorySegment gap, byte[] pad) {
    if (pad.length <= 1) {
      gap.fill(pad.length == 0 ? 0 : pad[0]);
      return;
    }
    long n = gap.byteSize();
    long done = Math.min(n, pad.length);
    Bytes.move(MemorySegment.ofArray(pad), 0, gap, 0, done);
    while (done < n) { // doubles what is there, and so keeps the pattern
      long more = Math.min(done, n - done);
      Bytes.move(gap, 0, gap, done, more);
      done += more;
    }
  }

  /**
   * Writes a symbol's content and lets the caller edit it: relocations are applied in the slice
   * that is returned, while it is still in the processor's cache. In a streamed output the slice is
   * valid until the next call of anything here.
   *
   * @param content to copy; null leaves the slice as it is, for the caller to make all of its bytes
   * @param size of the content and of the slice in bytes
   */
  public MemorySegment writeSym(MemorySegment content, long size) {
    if (content == null) {
      return room(size);
    }
    if (content.byteSize() != size) {
      throw new IllegalArgumentException(
          "content of " + content.byteSize() + " bytes for a symbol of " + size);
    }
    MemorySegment slice = room(size);
    Bytes.move(content, 0, slice, 0, size);
    return slice;
  }

  /**
   * Whether an error is the JVM's report of a fault on mapped memory: a page of an input or of the
   * output that no longer is there. Inputs are the likelier ones, since the output's blocks are
   * reserved.
   */
  public static boolean isFault(InternalError e) {
    String message = e.getMessage();
    return message != null && message.contains("memory access");
  }

  /**
   * The user's error for a fault on the output's mapping ({@link #isFault}): the disk was filled up
   * though the blocks were reserved (a file system that promises more than it has), or somebody
   * made the file shorter.
   */
  public LinkException fault() {
    OutFile f = file;
    MemorySegment b = buf;
    if (f == null) {
      throw new IllegalStateException("an output in memory has no faults");
    }
    return f.failed(
        b != null && f.isTruncated(b.byteSize())
            ? "was truncated while it was written"
            : "no space left on device");
  }

  void log(List<BlockLog> blocks) {
    log = blocks;
  }

  List<BlockLog> log() {
    return log;
  }
}
