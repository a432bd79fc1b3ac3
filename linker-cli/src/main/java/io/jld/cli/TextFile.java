package io.jld.cli;

import io.jld.link.NameBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The texts that a command line names: response files, version scripts, lists. They may come
 * through a pipe ({@code --version-script=<(...)}), and so nobody knows how long they are.
 */
final class TextFile {
  /** Bytes; hundreds of times what people and build systems write. */
  static final int LIMIT = 64 << 20;

  private TextFile() {}

  /**
   * The whole text.
   *
   * @throws IOException where it can't be read, or is longer than {@link #LIMIT}: a device such as
   *     {@code /dev/zero} has no end
   */
  static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw new IOException("longer than " + (LIMIT >> 20) + " MiB");
      }
      return NameBytes.string(bytes);
    }
  }
}
