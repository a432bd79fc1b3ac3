package io.jld.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** A stream whose bytes become characters: nothing but text can be written to it. */
public final class TextStream extends PrintStream {
  /** One that writes to {@code writer}, which is flushed when it is. */
  public TextStream(PrintWriter writer) {
    super(new Decoder(writer), false, StandardCharsets.UTF_8);
  }

  /** Gives the bytes of a stream back to a writer as characters. */
  private static final class Decoder extends OutputStream {
    private final PrintWriter writer;
    private final CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);

    /** Bytes of a character whose rest has not been written yet stay here. */
    private final ByteBuffer bytes = ByteBuffer.allocate(1024);

    private final CharBuffer chars = CharBuffer.allocate(1024);

    Decoder(PrintWriter writer) {
      this.writer = writer;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      for (int done = 0; done < length; ) {
        int n = Math.min(length - done, bytes.remaining());
        bytes.put(source, offset + done, n).flip();
        utf8.decode(bytes, chars, false);
        bytes.compact();
        writer.append(chars.flip());
        chars.clear();
        done += n;
      }
    }

    @Override
    public void flush() throws IOException {
      if (writer.checkError()) { // it flushes
        throw new IOException("cannot be written");
      }
    }
  }
}
