package io.jld.link;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Names as {@code String}s. Names of symbols, sections, versions and files are bytes (gABI, chapter
 * 4, "String Table"), most of the time UTF-8, and the string is what those bytes spell. A byte
 * {@code b} that is no part of valid UTF-8, 80 to FF, is the lone surrogate {@code U+DC00 + b},
 * which valid UTF-8 never yields: two names are one string only where their bytes are the same, and
 * the bytes come back as they were. (Python calls that "surrogateescape".)
 *
 * <p>Nothing else in jld makes strings of the bytes of names, or bytes of such strings.
 *
 * @since 0.1
 */
public final class NameBytes {
  private static final char REPLACED = '\uFFFD';

  private NameBytes() {}

  /** The string for a name. */
  public static String string(byte[] name) {
    return string(name, 0, name.length);
  }

  /** The string for the name of {@code length} bytes at {@code offset}. */
  public static String string(byte[] bytes, int offset, int length) {
    String s = new String(bytes, offset, length, StandardCharsets.UTF_8);
    return s.indexOf(REPLACED) < 0 ? s : escaped(ByteBuffer.wrap(bytes, offset, length));
  }

  private static String escaped(ByteBuffer in) {
    CharBuffer out = CharBuffer.allocate(in.remaining());
    CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    while (true) {
      CoderResult result = utf8.decode(in, out, true);
      if (result.isUnderflow()) {
        return out.flip().toString();
      }
      for (int i = result.length(); i > 0; i--) {
        out.put((char) (Character.MIN_LOW_SURROGATE | in.get() & 0xff));
      }
    }
  }

  /** The bytes of the name that a string stands for. */
  public static byte[] bytes(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    for (byte b : utf8) {
      if (b == '?') { // that is also what a lone surrogate becomes
        return unescaped(name, utf8);
      }
    }
    return utf8;
  }

  private static byte[] unescaped(String name, byte[] utf8) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(utf8.length);
    int from = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (isByte(c) && (i == from || !Character.isHighSurrogate(name.charAt(i - 1)))) {
        out.writeBytes(name.substring(from, i).getBytes(StandardCharsets.UTF_8));
        out.write(c);
        from = i + 1;
      }
    }
    if (from == 0) {
      return utf8;
    }
    out.writeBytes(name.substring(from).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  /**
   * The file of this name: what the string's bytes are to the system, in whatever encoding this JVM
   * writes names of files.
   *
   * @throws InvalidPathException where no file can have the name
   */
  public static Path path(String name) {
    return isAscii(name) ? Path.of(name) : path(bytes(name));
  }

  /** Of all that makes paths only URIs are bytes: RFC 3986, 2.1, "Percent-Encoding". */
  private static Path path(byte[] name) {
    StringBuilder uri = new StringBuilder("file:///");
    for (byte b : name) {
      if (b == 0) {
        throw new InvalidPathException(string(name), "Nul character not allowed");
      }
      if (b != '/') {
        uri.append('%').append(Character.forDigit(b >> 4 & 15, 16));
        uri.append(Character.forDigit(b & 15, 16));
      } else if (uri.charAt(uri.length() - 1) != '/') {
        uri.append('/');
      }
    }
    Path path = Path.of(URI.create(uri.toString()));
    return name[0] == '/' ? path : path.subpath(0, path.getNameCount());
  }

  /** The name of a file; the inverse of {@link #path}. */
  public static String string(Path file) {
    String s = file.toString();
    if (isAscii(s) || file.getFileSystem() != FileSystems.getDefault()) {
      return s;
    }
    String uri = Path.of("/").resolve(file).toUri().getRawPath();
    ByteArrayOutputStream name = new ByteArrayOutputStream(uri.length());
    int end = uri.endsWith("/") ? uri.length() - 1 : uri.length(); // a directory's
    for (int i = file.isAbsolute() ? 0 : 1; i < end; i++) {
      boolean encoded = uri.charAt(i) == '%';
      name.write(encoded ? Integer.parseInt(uri, i + 1, i + 3, 16) : uri.charAt(i));
      i += encoded ? 2 : 0;
    }
    return string(name.toByteArray());
  }

  /**
   * The name of a file as people know it: one in a directory that has been reached by a descriptor
   * ({@code /proc/N/fd/M}) is called by the directory's own path.
   */
  public static String shown(Path file) {
    Path directory = file.getParent();
    if (directory != null && directory.startsWith("/proc")) {
      try {
        return string(directory.toRealPath().resolve(file.getFileName()));
      } catch (IOException e) {
        return string(file);
      }
    }
    return string(file);
  }

  private static boolean isAscii(String s) {
    for (int i = 0; i < s.length(); i++) {
      if (s.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /** Whether a character that is not the second half of a pair stands for a byte. */
  private static boolean isByte(char c) {
    return c >= Character.MIN_LOW_SURROGATE + 0x80 && c <= Character.MIN_LOW_SURROGATE + 0xff;
  }
}
