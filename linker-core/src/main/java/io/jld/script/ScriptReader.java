package io.jld.script;

import io.jld.link.LinkException;
import io.jld.link.Location;
import io.jld.plan.Place;
import java.util.function.IntPredicate;

/**
 * The text of a script and a place in it, from which a parser takes what it expects. White space
 * and comments, {@code /* ... *}{@code /} and {@code #} to the end of the line, separate words and
 * mean nothing else. Every error is a {@link LinkException} that names the file and the line.
 */
final class ScriptReader {
  /** What {@link #peek} gives at the end of the text. */
  static final int END = -1;

  /** The longest part of a script that is quoted in a message. */
  private static final int MAX_QUOTE = 60;

  private final String file;
  private final String text;
  private int at;
  private int line = 1;

  ScriptReader(String file, String text) {
    this.file = file;
    this.text = text;
  }

  Place place() {
    return new Place(file, line);
  }

  /** Where the current place is in the text. */
  int offset() {
    return at;
  }

  /** What has been taken since the reader was at the given place, spaces and comments as one. */
  String since(int start) {
    return text.substring(start, at)
        .replaceAll("(?s)/\\*.*?\\*/|#[^\n]*", " ")
        .replaceAll("\\s+", " ")
        .strip();
  }

  /** The line of the current place, from 1. */
  int line() {
    return line;
  }

  /**
   * The next character that is neither white space nor in a comment, or {@link #END}; it becomes
   * the current place.
   */
  int peek() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        line++;
        at++;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0x0b) {
        at++;
      } else if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (c == '/' && at + 1 < text.length() && text.charAt(at + 1) == '*') {
        skipComment();
      } else {
        return c;
      }
    }
    return END;
  }

  private void skipComment() {
    int end = text.indexOf("*/", at + 2);
    if (end < 0) {
      throw error("comment without an end");
    }
    while (at < end + 2) {
      if (text.charAt(at++) == '\n') {
        line++;
      }
    }
  }

  boolean atEnd() {
    return peek() == END;
  }

  /** Takes {@code c} if it comes next. */
  boolean accept(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  /** Takes {@code s}, which has no line end, if it comes next. */
  boolean accept(String s) {
    if (peek() == END || !text.startsWith(s, at)) {
      return false;
    }
    at += s.length();
    return true;
  }

  /** Whether {@code s} stands at the current place, to which nothing is skipped. */
  boolean startsWith(String s) {
    return text.startsWith(s, at);
  }

  void expect(char c, String where) {
    if (!accept(c)) {
      throw unexpected("'" + c + "' expected " + where);
    }
  }

  /**
   * The character {@code ahead} of the current place, without skipping anything; {@link #END}
   * behind the text.
   */
  int charAt(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : END;
  }

  /**
   * Takes {@code name} and the {@code :} behind it if they come next; {@code name::} is the start
   * of a C++ name.
   */
  boolean acceptTag(String name) {
    if (atEnd() || !startsWith(name)) {
      return false;
    }
    int start = at;
    int startLine = line;
    at += name.length();
    if (peek() == ':' && charAt(1) != ':') {
      at++;
      return true;
    }
    at = start;
    line = startLine;
    return false;
  }

  /**
   * Takes the characters that belong to a word, white space before it skipped; empty where there is
   * none. A comment's start ends the word whatever {@code belongs} says.
   */
  String word(IntPredicate belongs) {
    return word(belongs, false);
  }

  /** As {@link #word} for a symbol's name, to which {@code ::} belongs, but not {@code :}. */
  String symbol(IntPredicate belongs) {
    return word(belongs, true);
  }

  private String word(IntPredicate belongs, boolean colons) {
    peek();
    int start = at;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (colons && c == ':' && charAt(1) == ':') {
        at += 2;
        continue;
      }
      if (!belongs.test(c) || (c == '/' && charAt(1) == '*')) {
        break;
      }
      at++;
    }
    return text.substring(start, at);
  }

  /**
   * Takes a string in double quotes, which comes next, and gives it without them; there are no
   * escapes in it.
   */
  String quoted() {
    int end = text.indexOf('"', at + 1);
    if (end < 0) {
      throw error("string without an end");
    }
    String content = text.substring(at + 1, end);
    if (content.indexOf('\n') >= 0) {
      throw error("string goes beyond the line's end");
    }
    at = end + 1;
    return content;
  }

  /** An error at the current place that also shows what stands there. */
  LinkException unexpected(String message) {
    return error(describe(message));
  }

  /** {@code message}, and what stands at the current place. */
  String describe(String message) {
    return message + (atEnd() ? ", but the text ends here" : ", found " + quote(next()));
  }

  LinkException error(String message) {
    return error(message, line);
  }

  LinkException error(String message, int atLine) {
    return error(file, atLine, message);
  }

  static LinkException error(String file, int line, String message) {
    return new LinkException(Location.file(file + ":" + line), message);
  }

  /** A word, or one character, for a message. */
  private String next() {
    int end = at + 1;
    if (isNameChar(text.charAt(at))) {
      while (end < text.length() && isNameChar(text.charAt(end)) && end - at < MAX_QUOTE + 1) {
        end++;
      }
    }
    return text.substring(at, end);
  }

  private static boolean isNameChar(int c) {
    return c == '_' || c == '.' || c == '-' || Character.isLetterOrDigit(c);
  }

  /** The text in single quotes, shortened, and printable whatever it holds. */
  static String quote(String s) {
    StringBuilder quoted = new StringBuilder("'");
    for (int i = 0; i < s.length(); i++) {
      if (i == MAX_QUOTE) {
        quoted.append("...");
        break;
      }
      char c = s.charAt(i);
      if (c < ' ' || c == 0x7f || (c >= 0x80 && c < 0xa0)) {
        quoted.append(String.format("\\x%02x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('\'').toString();
  }
}
