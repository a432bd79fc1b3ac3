package io.jld.e2e;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian numbers in an array. */
final class ByteBuffers {
  private ByteBuffers() {}

  static int u32(byte[] b, int at) {
    return ByteBuffer.wrap(b).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }
}
