package io.jld.report;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Lines of a link map, in GNU ld's columns, which programs that read maps rely on: the name takes
 * 16 columns, or a line of its own where it is too long for that; then the address with all of its
 * digits; then the size, to the right of 11 columns.
 */
public final class MapRows {
  private static final int NAME = 16;
  private static final int NUMBER = 11;
  private static final int ASSIGNMENT = 50;

  private final int digits;
  private final List<String> lines = new ArrayList<>();

  /**
   * @param is64 whether addresses have 64 bits
   */
  MapRows(boolean is64) {
    digits = is64 ? 16 : 8;
  }

  List<String> lines() {
    return lines;
  }

  void line(String text) {
    lines.add(text);
  }

  /** A section of the output. */
  void output(String name, long addr, long size) {
    row(name, addr, size, "");
  }

  /**
   * A section of the output.
   *
   * @param load where it is loaded; null for its address
   */
  void output(String name, long addr, long size, Long load) {
    row(name, addr, size, load == null ? "" : " load address 0x" + hex(load));
  }

  /** An input section, or another piece of an output section. */
  void input(String name, long addr, long size, String file) {
    row(" " + name, addr, size, " " + file);
  }

  /** Bytes between pieces. */
  void fill(long addr, long size) {
    input("*fill*", addr, size, "");
  }

  /** Bytes between pieces, with the pattern that a script fills them with. */
  void fill(long addr, long size, byte[] pattern) {
    input("*fill*", addr, size, HexFormat.of().formatHex(pattern));
  }

  /** Data of a script. */
  void datum(long addr, long size, String text) {
    row("", addr, size, " " + text);
  }

  /** An assignment without a value. */
  void noSymbol(String why, String text) {
    StringBuilder b = new StringBuilder();
    pad(b, NAME);
    b.append(why);
    pad(b, ASSIGNMENT);
    lines.add(b.append(text).toString());
  }

  /** The size that the last piece has in its file, where it has another one in the output. */
  void before(long size) {
    StringBuilder b = new StringBuilder();
    pad(b, NAME + 2 + digits);
    number(b, size);
    lines.add(b.append(" (size before relaxing)").toString());
  }

  /** An assignment, which begins at the same column whatever the width of addresses. */
  void assignment(long addr, String text) {
    StringBuilder b = new StringBuilder();
    pad(b, NAME);
    address(b, addr);
    pad(b, ASSIGNMENT);
    lines.add(b.append(text).toString());
  }

  /** A symbol. */
  void symbol(long addr, String text) {
    StringBuilder b = new StringBuilder();
    pad(b, NAME);
    address(b, addr);
    pad(b, NAME + 2 + digits + NAME);
    lines.add(b.append(text).toString());
  }

  private void row(String name, long addr, long size, String rest) {
    StringBuilder b = new StringBuilder(name);
    if (name.length() >= NAME - 1) {
      lines.add(name);
      b.setLength(0);
    }
    pad(b, NAME);
    address(b, addr);
    number(b, size);
    lines.add(b.append(rest).toString());
  }

  private void address(StringBuilder b, long addr) {
    b.append("0x").append(hex(addr));
  }

  private String hex(long addr) {
    String hex = Long.toHexString(addr);
    return "0".repeat(Math.max(0, digits - hex.length())) + hex;
  }

  private static void number(StringBuilder b, long n) {
    String hex = Long.toHexString(n);
    b.repeat(' ', Math.max(1, NUMBER - 2 - hex.length())).append("0x").append(hex);
  }

  /** Fills up to a column. */
  static void pad(StringBuilder b, int column) {
    b.repeat(' ', Math.max(0, column - b.length()));
  }
}
