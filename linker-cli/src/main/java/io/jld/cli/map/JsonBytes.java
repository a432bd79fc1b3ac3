package io.jld.cli.map;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;

/**
 * JSON text as UTF-8 (RFC 8259, 8.1). A lone surrogate, which stands for a byte of a name that is
 * no UTF-8 ({@link io.jld.link.NameBytes}), has no UTF-8 and is written as {@code \}{@code udcXX}:
 * there are none but in strings. What would end a {@code script} element of HTML is written in
 * another way that JSON has for the same, since the text may be part of a page.
 */
final class JsonBytes extends Writer {
  private static final int SIZE = 1 << 16;

  /** The most that one character becomes. */
  private static final int MOST = 6;

  private final OutputStream out;
  private final byte[] bytes = new byte[SIZE];
  private int n;

  /** The first half of a pair, or 0. */
  private char high;

  private char before;

  JsonBytes(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int c) throws IOException {
    if (SIZE - n < 2 * MOST) {
      drain();
    }
    put((char) c);
  }

  @Override
  public void write(char[] chars, int from, int count) throws IOException {
    write(new String(chars, from, count), 0, count);
  }

  /** Most of it is ASCII, which goes through a loop without calls. */
  @Override
  public void write(String text, int from, int count) throws IOException {
    int end = from + count;
    int i = from;
    while (i < end) {
      if (SIZE - n < 2 * MOST) {
        drain();
      }
      int stop = Math.min(end, i + SIZE - n - MOST);
      int to = n;
      char last = before;
      char c = 0;
      while (i < stop && (c = text.charAt(i)) < 0x80 && last != '<' && high == 0) {
        bytes[to++] = (byte) c;
        last = c;
        i++;
      }
      n = to;
      before = last;
      if (i < stop) {
        put(text.charAt(i++));
      }
    }
  }

  private void put(char c) {
    if (high != 0) {
      char first = high;
      high = 0;
      if (Character.isLowSurrogate(c)) {
        put(Character.toCodePoint(first, c));
        return;
      }
      escape(first);
    }
    if (Character.isHighSurrogate(c)) {
      high = c;
    } else if (Character.isLowSurrogate(c) || (before == '<' && c == '!')) {
      escape(c);
    } else if (before == '<' && c == '/') {
      bytes[n++] = '\\';
      bytes[n++] = '/';
    } else if (c < 0x80) {
      bytes[n++] = (byte) c;
    } else {
      put((int) c);
    }
    before = c;
  }

  /** A code point from 80 (hex). */
  private void put(int code) {
    if (code < 0x800) {
      bytes[n++] = (byte) (0xc0 | code >> 6);
    } else {
      if (code < 0x10000) {
        bytes[n++] = (byte) (0xe0 | code >> 12);
      } else {
        bytes[n++] = (byte) (0xf0 | code >> 18);
        bytes[n++] = (byte) (0x80 | (code >> 12 & 0x3f));
      }
      bytes[n++] = (byte) (0x80 | (code >> 6 & 0x3f));
    }
    bytes[n++] = (byte) (0x80 | (code & 0x3f));
  }

  private void escape(char c) {
    bytes[n++] = '\\';
    bytes[n++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[n++] = (byte) Character.forDigit(c >> shift & 15, 16);
    }
  }

  private void drain() throws IOException {
    out.write(bytes, 0, n);
    n = 0;
  }

  @Override
  public void flush() throws IOException {
    drain();
  }

  /** Writes what is left; the stream stays open. */
  @Override
  public void close() throws IOException {
    drain();
  }
}
