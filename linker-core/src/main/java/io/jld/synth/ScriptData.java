package io.jld.synth;

import static io.jld.elf.Elf.*;

import io.jld.elf.Bytes;
import io.jld.model.Context;
import io.jld.model.Synthetic;
import java.lang.foreign.MemorySegment;

/**
 * Bytes that a script puts into an output section: of {@code BYTE} and its like, of {@code ASCIZ},
 * or what a gap is filled with. All is written in the order of the output, the lowest byte first.
 */
public final class ScriptData extends Synthetic {
  /** How often the bytes are repeated before they are copied to the output. */
  private static final int WINDOW = 4096;

  private final byte[] bytes;
  private long size;
  private boolean isGap;

  /**
   * @param bytes which repeat where {@link #setSize} makes it larger
   */
  public ScriptData(String section, byte[] bytes) {
    super(section, SHT_PROGBITS, SHF_ALLOC, 1, 0);
    this.bytes = bytes;
    this.size = bytes.length;
  }

  /** Data of a width of 1, 2, 4 or 8 bytes, whose value comes later. */
  public static ScriptData ofWidth(String section, int width) {
    return new ScriptData(section, new byte[width]);
  }

  /** Sets the value of a datum: its lowest bytes. */
  public void setValue(long value) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = i < 8 ? (byte) (value >> 8 * i) : 0;
    }
  }

  /** The value of a datum. */
  public long value() {
    long v = 0;
    for (int i = 0; i < Math.min(8, bytes.length); i++) {
      v |= (bytes[i] & 0xffL) << 8 * i;
    }
    return v;
  }

  /** Whether it fills a gap. */
  public boolean isGap() {
    return isGap;
  }

  /** What it is filled with. */
  public byte[] pattern() {
    return bytes.clone();
  }

  /** Makes it the filling of a gap of this size. */
  public void setSize(long s) {
    isGap = true;
    size = s;
  }

  @Override
  public boolean isNeeded(Context ctxt) {
    return true;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void write(Context ctxt, MemorySegment slice) {
    if (bytes.length == 1) {
      slice.fill(bytes[0]);
      return;
    }
    long size = slice.byteSize();
    byte[] window = new byte[(int) Math.min(size, (long) bytes.length * WINDOW)];
    for (int i = 0; i < window.length; i++) {
      window[i] = bytes[i % bytes.length];
    }
    for (long at = 0; at < size; at += window.length) {
      Bytes.copy(window, 0, slice, at, (int) Math.min(window.length, size - at));
    }
  }
}
