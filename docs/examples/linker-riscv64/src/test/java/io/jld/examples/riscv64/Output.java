package io.jld.examples.riscv64;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.NoSuchElementException;

/** What a test looks at in a linked file of 64 bits. */
record Output(byte[] file) {
  record Symbol(long value, long size) {}

  private ByteBuffer bytes() {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  int flags() {
    return bytes().getInt(48);
  }

  /** The index of a section. */
  private int find(String name) {
    for (int i = 0; i < bytes().getShort(60); i++) {
      if (name.equals(string(header(bytes().getShort(62), 24), bytes().getInt(at(i))))) {
        return i;
      }
    }
    throw new NoSuchElementException(name);
  }

  private int at(int section) {
    return (int) bytes().getLong(40) + section * 64;
  }

  private long header(int section, int field) {
    return bytes().getLong(at(section) + field);
  }

  private String string(long table, int offset) {
    int from = (int) table + offset;
    int to = from;
    while (file[to] != 0) {
      to++;
    }
    return new String(file, from, to - from, ISO_8859_1);
  }

  long address(String section) {
    return header(find(section), 16);
  }

  byte[] content(String section) {
    int i = find(section);
    int from = (int) header(i, 24);
    return Arrays.copyOfRange(file, from, from + (int) header(i, 32));
  }

  Symbol symbol(String name) {
    int table = find(".symtab");
    long strings = header(find(".strtab"), 24);
    int from = (int) header(table, 24);
    for (int at = from; at < from + header(table, 32); at += 24) {
      if (name.equals(string(strings, bytes().getInt(at)))) {
        return new Symbol(bytes().getLong(at + 8), bytes().getLong(at + 16));
      }
    }
    throw new NoSuchElementException(name);
  }
}
