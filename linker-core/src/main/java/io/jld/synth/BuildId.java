package io.jld.synth;

import static io.jld.elf.Elf.*;

import com.google.common.hash.Hashing;
import io.jld.asmb.OutBuf;
import io.jld.elf.ElfClass;
import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
import io.jld.link.LinkOption;
import io.jld.link.Location;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * {@code .note.gnu.build-id}: a note whose content names the output. It is a hash over hashes of
 * the output's pieces of one mebibyte each, so that they can be hashed at the same time; the note's
 * own content counts as zeros.
 */
public final class BuildId extends Synthetic {
  private static final int HEADER = 16;
  private static final int PIECE = 1 << 20;

  private final String style;
  private final int length;

  public BuildId(Context ctxt) {
    super(".note.gnu.build-id", SHT_NOTE, SHF_ALLOC, 4, 0);
    style = ctxt.option(LinkOption.BUILD_ID);
    length = length(style);
  }

  private static int length(String style) {
    return switch (style) {
      case "none" -> 0;
      case "fast", "md5", "uuid" -> 16;
      case "sha1" -> 20;
      case "sha256" -> 32;
      default -> hex(style).length;
    };
  }

  private static byte[] hex(String style) {
    String digits = style.replace("-", "").replace(":", "");
    if (!digits.startsWith("0x") || digits.length() % 2 != 0 || digits.length() == 2) {
      throw new LinkException(
          DiagnosticCode.INVALID_VALUE,
          Location.NONE,
          "unrecognized --build-id style '" + style + "'");
    }
    try {
      return HexFormat.of().parseHex(digits, 2, digits.length());
    } catch (IllegalArgumentException e) {
      throw new LinkException(
          DiagnosticCode.INVALID_VALUE,
          Location.NONE,
          "unrecognized --build-id style '" + style + "'");
    }
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return length > 0;
  }

  @Override
  public long size() {
    return HEADER + length;
  }

  /** Writes the note's header, and zeros until all else is written. */
  @Override
  public void write(Context ctxt, MemorySegment slice) {
    slice.fill((byte) 0);
    ElfClass.put32(slice, 0, 4);
    ElfClass.put32(slice, 4, length);
    ElfClass.put32(slice, 8, NT_GNU_BUILD_ID);
    ElfClass.put32(slice, 12, 0x554e47); // "GNU"
  }

  /** Hashes the output, which is complete except for this note, and writes the result into it. */
  public void finish(Context ctxt) {
    if (length == 0 || out() == null) {
      return; // none is asked for, or a script throws it away
    }
    byte[] id =
        switch (style) {
          case "fast" -> pieces(ctxt, BuildId::fast);
          case "md5" -> pieces(ctxt, () -> digest("MD5"));
          case "sha1" -> pieces(ctxt, () -> digest("SHA-1"));
          case "sha256" -> pieces(ctxt, () -> digest("SHA-256"));
          case "uuid" -> random();
          default -> hex(style);
        };
    ctxt.out().seekSet(out().offset + addr() - out().addr + HEADER);
    ctxt.out().write(id);
  }

  private static byte[] random() {
    byte[] uuid = new byte[16];
    new SecureRandom().nextBytes(uuid);
    uuid[6] = (byte) ((uuid[6] & 0x0f) | 0x40); // RFC 4122, version 4
    uuid[8] = (byte) ((uuid[8] & 0x3f) | 0x80);
    return uuid;
  }

  /** A hash of the first bytes of an array. */
  private interface Hash {
    byte[] of(byte[] bytes, int n);
  }

  /** Hashes pieces of the output, one after the other. */
  private static final class Pieces {
    private final OutBuf out;
    private final Hash hash;
    private byte[] copy = {};

    Pieces(OutBuf out, Hash hash) {
      this.out = out;
      this.hash = hash;
    }

    byte[] of(long at, int n) {
      copy = copy.length < n ? new byte[n] : copy;
      out.read(at, MemorySegment.ofArray(copy).asSlice(0, n));
      return hash.of(copy, n);
    }
  }

  /** Hashes all pieces, and then their hashes. */
  private byte[] pieces(Context ctxt, Supplier<Hash> algorithm) {
    OutBuf out = ctxt.out();
    out.flush();
    long size = out.size();
    int n = (int) ((size + PIECE - 1) / PIECE);
    byte[] hashes = new byte[n * length];
    ctxt.tasks()
        .forRanges(
            n,
            1,
            () -> new Pieces(out, algorithm.get()),
            (pieces, from, to) -> {
              for (int i = from; i < to; i++) {
                long at = (long) i * PIECE;
                byte[] one = pieces.of(at, (int) Math.min(PIECE, size - at));
                System.arraycopy(one, 0, hashes, i * length, length);
              }
            });
    return algorithm.get().of(hashes, hashes.length);
  }

  /** MurmurHash3, 128 bits: five times as fast as SHA-1 where the JVM is cold. */
  private static Hash fast() {
    return (bytes, n) -> Hashing.murmur3_128().hashBytes(bytes, 0, n).asBytes();
  }

  private static Hash digest(String algorithm) {
    MessageDigest digest = of(algorithm);
    return (bytes, n) -> {
      digest.update(bytes, 0, n);
      return digest.digest();
    };
  }

  private static MessageDigest of(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has these three
    }
  }
}
