package io.jld.write;

import static io.jld.elf.Elf.ELFCOMPRESS_ZLIB;
import static io.jld.elf.Elf.ELFCOMPRESS_ZSTD;

import io.jld.asmb.Tasks;
import io.jld.elf.ElfClass;
import io.jld.input.Zstd;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.OutputSection;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.zip.Adler32;
import java.util.zip.Deflater;

/**
 * The content of a whole section, compressed (gABI, "Section Compression"): {@code Chdr}, then a
 * stream of zlib (RFC 1950) or zstd (RFC 8878). The content is cut into pieces that are compressed
 * at the same time. With zlib each ends on a byte's border, so that they follow each other in one
 * stream; with zstd each is a frame of its own, and a stream may have many.
 */
public final class CompressedSection extends Synthetic {
  private static final int PIECE = 1 << 20;

  private final ElfClass elf;
  private final long plainSize;
  private final long plainAlign;
  private final byte[][] pieces;

  /** Adler-32 of the whole content, for zlib. */
  private final long checksum;

  private final boolean zstd;

  /**
   * @param s the section as it is without compression; its type, flags and size of entries are kept
   * @param content its bytes
   * @param how not {@link LinkOption.CompressDebug#NONE}
   * @throws LinkException where that can't be done on this system
   */
  public CompressedSection(
      ElfClass elf,
      OutputSection s,
      MemorySegment content,
      Tasks tasks,
      LinkOption.CompressDebug how) {
    super(s.name(), s.type(), s.flags(), elf.wordSize, s.entsize());
    this.elf = elf;
    this.plainSize = content.byteSize();
    this.plainAlign = s.align();
    int n = (int) ((plainSize + PIECE - 1) / PIECE);
    this.pieces = new byte[n][];
    this.zstd = how == LinkOption.CompressDebug.ZSTD;
    tasks.forEach(
        n,
        i -> {
          byte[] piece = piece(content, i);
          pieces[i] = zstd ? zstd(piece) : deflate(piece, i == n - 1);
        });
    this.checksum = zstd ? 0 : checksum(content, n);
  }

  private static long checksum(MemorySegment content, int n) {
    Adler32 sum = new Adler32();
    for (int i = 0; i < n; i++) {
      sum.update(piece(content, i));
    }
    return sum.getValue();
  }

  private static byte[] zstd(byte[] in) {
    byte[] out = Zstd.compress(in);
    if (out == null) {
      throw new LinkException(
          DiagnosticCode.UNSUPPORTED_COMPRESSION,
          Location.NONE,
          "--compress-debug-sections=zstd takes libzstd.so.1, which is not here to be used; zlib"
              + " takes nothing");
    }
    return out;
  }

  private static byte[] piece(MemorySegment content, int i) {
    long at = (long) i * PIECE;
    return content
        .asSlice(at, Math.min(PIECE, content.byteSize() - at))
        .toArray(ValueLayout.JAVA_BYTE);
  }

  private static byte[] deflate(byte[] in, boolean last) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(in);
      if (last) {
        deflater.finish();
      }
      byte[] out = new byte[in.length / 2 + 64];
      int n = 0;
      while (true) {
        int got =
            deflater.deflate(
                out, n, out.length - n, last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
        n += got;
        if (last ? deflater.finished() : n < out.length) {
          return Arrays.copyOf(out, n);
        }
        out = Arrays.copyOf(out, out.length * 2);
      }
    } finally {
      deflater.end();
    }
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  @Override
  public long size() {
    long size = headerSize() + (zstd ? 0 : 2 + 4);
    for (byte[] p : pieces) {
      size += p.length;
    }
    return size;
  }

  private int headerSize() {
    return elf.is64() ? 24 : 12;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    int word = elf.wordSize;
    slice.asSlice(0, headerSize()).fill((byte) 0);
    ElfClass.put32(slice, 0, zstd ? ELFCOMPRESS_ZSTD : ELFCOMPRESS_ZLIB);
    elf.putWord(slice, word, plainSize);
    elf.putWord(slice, 2L * word, plainAlign);
    long at = headerSize();
    if (!zstd) {
      ElfClass.put8(slice, at, 0x78); // deflate, window of 32 KiB
      ElfClass.put8(slice, at + 1, 0x9c); // usual level; makes the two bytes a multiple of 31
      at += 2;
    }
    for (byte[] p : pieces) {
      slice.asSlice(at, p.length).copyFrom(MemorySegment.ofArray(p));
      at += p.length;
    }
    if (!zstd) {
      ElfClass.put32(slice, at, Integer.reverseBytes((int) checksum));
    }
  }
}
