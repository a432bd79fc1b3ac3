package io.jld.cli;

import io.jld.link.NameBytes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Writes a tar archive of regular files (POSIX.1-2008, "pax Interchange Format"): names that a
 * header has no room for, and sizes from 8 GiB on, stand in an extended header before it. All times
 * are 0: the bytes depend on names and contents alone.
 */
final class TarFile implements AutoCloseable {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final long LARGE = 8L << 30;

  private final OutputStream out;

  TarFile(Path path) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
  }

  /** Adds a file with this content. */
  void add(String name, byte[] content) throws IOException {
    header(name, content.length);
    out.write(content);
    pad(content.length);
  }

  /** Adds a file of the disk. */
  void add(String name, Path file) throws IOException {
    long size = Files.size(file);
    header(name, size);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] piece = new byte[1 << 16];
      long left = size;
      while (left > 0) {
        int n = in.read(piece, 0, (int) Math.min(left, piece.length));
        if (n < 0) {
          throw new IOException("has become shorter");
        }
        out.write(piece, 0, n);
        left -= n;
      }
    }
    pad(size);
  }

  private void header(String name, long size) throws IOException {
    byte[] bytes = NameBytes.bytes(name);
    String extended = bytes.length > NAME ? record("path", name) : "";
    extended += size >= LARGE ? record("size", Long.toString(size)) : "";
    if (!extended.isEmpty()) {
      byte[] records = NameBytes.bytes(extended);
      block(NameBytes.bytes("pax"), 'x', records.length);
      out.write(records);
      pad(records.length);
    }
    block(Arrays.copyOf(bytes, Math.min(NAME, bytes.length)), '0', size >= LARGE ? 0 : size);
  }

  /** {@code LENGTH KEY=VALUE}, a line whose length counts itself. */
  private static String record(String key, String value) {
    int rest = NameBytes.bytes(" " + key + "=" + value + "\n").length;
    int length = rest;
    while (length != rest + Integer.toString(length).length()) {
      length = rest + Integer.toString(length).length();
    }
    return length + " " + key + "=" + value + "\n";
  }

  private void block(byte[] name, char type, long size) throws IOException {
    byte[] b = new byte[BLOCK];
    System.arraycopy(name, 0, b, 0, name.length);
    octal(b, 100, 8, 0644);
    octal(b, 108, 8, 0);
    octal(b, 116, 8, 0);
    octal(b, 124, 12, size);
    octal(b, 136, 12, 0);
    Arrays.fill(b, 148, 156, (byte) ' '); // the checksum counts as blanks
    b[156] = (byte) type;
    byte[] magic = NameBytes.bytes("ustar\00000");
    System.arraycopy(magic, 0, b, 257, magic.length);
    int sum = 0;
    for (byte x : b) {
      sum += x & 0xff;
    }
    octal(b, 148, 7, sum);
    out.write(b);
  }

  private static void octal(byte[] b, int at, int width, long value) {
    byte[] digits = NameBytes.bytes(Long.toOctalString(value));
    Arrays.fill(b, at, at + width - 1, (byte) '0');
    System.arraycopy(digits, 0, b, at + width - 1 - digits.length, digits.length);
    b[at + width - 1] = 0;
  }

  private void pad(long size) throws IOException {
    out.write(new byte[(int) (-size & BLOCK - 1)]);
  }

  /** Ends the archive. */
  @Override
  public void close() throws IOException {
    try (out) {
      out.write(new byte[2 * BLOCK]);
    }
  }
}
