package io.jld.write;

import static io.jld.elf.Elf.ELFCOMPRESS_ZLIB;

import io.jld.asmb.Tasks;
import io.jld.elf.ElfClass;
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
 * zlib stream (RFC 1950). The content is cut into pieces that are compressed at the same time; each
 * ends on a byte's border, so that they follow each other in one stream.
 */
public final class CompressedSection extends Synthetic {
  private static final int PIECE = 1 << 20;

  private final ElfClass elf;
  private final long plainSize;
  private final long plainAlign;
  private final byte[][] pieces;
  private final long checksum;

  /**
   * @param s the section as it is without compression; its type, flags and size of entries are kept
   * @param content its bytes
   */
  public CompressedSection(ElfClass elf, OutputSection s, MemorySegment content, Tasks tasks) {
    super(s.name(), s.type(), s.flags(), elf.wordSize, s.entsize());
    this.elf = elf;
    this.plainSize = content.byteSize();
    this.plainAlign = s.align();
    int n = (int) ((plainSize + PIECE - 1) / PIECE);
    this.pieces = new byte[n][];
    tasks.forEach(n, i -> pieces[i] = deflate(piece(content, i), i == n - 1));
    Adler32 sum = new Adler32();
    for (int i = 0; i < n; i++) {
      sum.update(piece(content, i));
    }
    this.checksum = sum.getValue();
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
    long size = headerSize() + 2 + 4;
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
    ElfClass.put32(slice, 0, ELFCOMPRESS_ZLIB);
    elf.putWord(slice, word, plainSize);
    elf.putWord(slice, 2L * word, plainAlign);
    long at = headerSize();
    ElfClass.put8(slice, at, 0x78); // deflate, window of 32 KiB
    ElfClass.put8(slice, at + 1, 0x9c); // usual level; makes the two bytes a multiple of 31
    at += 2;
    for (byte[] p : pieces) {
      slice.asSlice(at, p.length).copyFrom(MemorySegment.ofArray(p));
      at += p.length;
    }
    ElfClass.put32(slice, at, Integer.reverseBytes((int) checksum));
  }
}
