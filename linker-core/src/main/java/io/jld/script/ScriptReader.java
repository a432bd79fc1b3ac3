package io.jld.script;

import io.jld.link.DiagnosticCode;
import io.jld.link.LinkException;
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

  /** Where the current line starts in the text. */
  private int lineStart;

  ScriptReader(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * A line of a text.
   *
   * @param number of the line, from 1
   */
  ScriptReader(String file, String text, int number) {
    this(file, text);
    line = number;
  }

  String file() {
    return file;
  }

  /** Takes all that is left. */
  String rest() {
    String left = text.substring(at);
    at = text.length();
    return left;
  }

  /** The current place, to which nothing is skipped. */
  Place place() {
    return Place.of(file, line, at - lineStart + 1, text, at);
  }

  /** Where the current place is in the text. */
  int offset() {
    return at;
  }

  /** What has been taken since the reader was at the given place, spaces and comments as one. */
  String since(int start) {
    StringBuilder taken = new StringBuilder();
    for (int i = start; i < at; i++) {
      char c = text.charAt(i);
      int end = i;
      if (c == '"') {
        end = text.indexOf('"', i + 1);
        taken.append(text, i, end + 1);
      } else if (c == '#') {
        end = text.indexOf('\n', i);
      } else if (c == '/' && text.startsWith("/*", i)) {
        end = text.indexOf("*/", i + 2) + 1;
      } else if (c > ' ') {
        taken.append(c);
        continue;
      }
      if (end < i || end >= at) {
        break;
      }
      if (c != '"' && !taken.isEmpty() && taken.charAt(taken.length() - 1) != ' ') {
        taken.append(' ');
      }
      i = end;
    }
    int length = taken.length();
    return taken.substring(0, length > 0 && taken.charAt(length - 1) == ' ' ? length - 1 : length);
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
        lineStart = ++at;
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
      throw error(DiagnosticCode.SCRIPT_SYNTAX, "comment without an end");
    }
    while (at < end + 2) {
      if (text.charAt(at++) == '\n') {
        line++;
        lineStart = at;
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
   * The character {@code ahead} of the current place, without skipping anything; {@link #END} after
   * the text.
   */
  int charAt(int ahead) {
    return at + ahead < text.length() ? text.charAt(at + ahead) : END;
  }

  /**
   * Takes {@code name} and the {@code :} after it if they come next; {@code name::} is the start of
   * a C++ name.
   */
  boolean acceptTag(String name) {
    if (atEnd() || !startsWith(name)) {
      return false;
    }
    int[] mark = mark();
    at += name.length();
    if (peek() == ':' && charAt(1) != ':') {
      at++;
      return true;
    }
    reset(mark);
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
   * Takes a word that begins a statement: a symbol, or an output section's name, which may contain
   * what is an operator elsewhere. What an assignment's operator begins with ends it.
   */
  String statementWord() {
    peek();
    int start = at;
    while (at < text.length() && isInStatementWord() && !isAssignment()) {
      at++;
    }
    return text.substring(start, at);
  }

  /** A colon is in a name, {@code .kernel:dtb :}, or else after it. */
  private boolean isInStatementWord() {
    int c = charAt(0);
    return isStatementChar(c) || (c == ':' && isStatementChar(charAt(1)));
  }

  private static boolean isStatementChar(int c) {
    return c > ' ' && c != 0x7f && "(),;:\"{}=<>&|^!#".indexOf(c) < 0;
  }

  /** Whether an operator of an assignment stands at the current place. */
  private boolean isAssignment() {
    int c = charAt(0);
    if (c == '=') {
      return true;
    }
    int next = charAt(1);
    if (next == '=') {
      return c >= 0 && "+-*/&|^".indexOf(c) >= 0;
    }
    return (c == '<' || c == '>') && next == c && charAt(2) == '=';
  }

  /** Takes a glob for files or sections, in which {@code /*} starts no comment. */
  String pattern() {
    return pattern(false, false);
  }

  /** As {@link #pattern} between brackets, the last of which is no part of it. */
  String patternInList() {
    return pattern(false, true);
  }

  /** As {@link #pattern}, which an assignment's operator ends. */
  String patternBeforeOperator() {
    return pattern(true, false);
  }

  private String pattern(boolean beforeOperator, boolean beforeBracket) {
    peek();
    int start = at;
    while (at < text.length()
        && isPatternChar(text.charAt(at))
        && !(beforeOperator && isAssignment())
        && !(beforeBracket && text.charAt(at) == ']')) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isPatternChar(char c) {
    return c > ' ' && c != 0x7f && "(),;\"{}".indexOf(c) < 0;
  }

  /** Takes a name, in quotes or without; empty where there is none. */
  String name() {
    return peek() == '"' ? quoted() : word(c -> isNameChar(c) || c == '$');
  }

  /** Takes the name of a file that a command names. */
  String fileName(String command) {
    String name = peek() == '"' ? quoted() : pattern();
    if (name.isEmpty()) {
      throw unexpected("a name or ')' expected in " + command);
    }
    return name;
  }

  /** Takes a word if it comes next as a whole. */
  boolean acceptWord(String word) {
    if (peek() == END || !startsWith(word) || isNameChar(charAt(word.length()))) {
      return false;
    }
    at += word.length();
    return true;
  }

  /** Takes {@code AT>} if it comes next. */
  boolean acceptAtRegion() {
    int[] mark = mark();
    if (acceptWord("AT") && accept('>')) {
      return true;
    }
    reset(mark);
    return false;
  }

  /** Takes {@code (word)} if it comes next. */
  boolean acceptBracketedWord(String word) {
    int[] mark = mark();
    if (accept('(') && acceptWord(word) && accept(')')) {
      return true;
    }
    reset(mark);
    return false;
  }

  /** Whether a list in brackets comes next, and not a glob that begins with a set of characters. */
  boolean startsList() {
    return peek() == '[' && charAt(1) <= ' ';
  }

  /** Whether an output section's type in parentheses comes next: {@code (NOLOAD)}. */
  boolean startsType() {
    int[] mark = mark();
    boolean type = false;
    if (accept('(')) {
      peek();
      String word = word(ScriptReader::isNameChar);
      type =
          switch (word) {
            case "NOLOAD", "DSECT", "COPY", "INFO", "OVERLAY", "" -> peek() == ')';
            case "READONLY" -> peek() == ')' || peek() == '(';
            case "TYPE" -> peek() == '=' && charAt(1) != '=';
            default -> false;
          };
    }
    reset(mark);
    return type;
  }

  private int[] mark() {
    return new int[] {at, line, lineStart};
  }

  private void reset(int[] mark) {
    at = mark[0];
    line = mark[1];
    lineStart = mark[2];
  }

  /**
   * Takes a string in double quotes, which comes next, and gives it without them; there are no
   * escapes in it.
   */
  String quoted() {
    int end = text.indexOf('"', at + 1);
    if (end < 0) {
      throw error(DiagnosticCode.SCRIPT_SYNTAX, "string without an end");
    }
    String content = text.substring(at + 1, end);
    if (content.indexOf('\n') >= 0) {
      throw error(DiagnosticCode.SCRIPT_SYNTAX, "string goes beyond the line's end");
    }
    at = end + 1;
    return content;
  }

  /** An error at the current place that also shows what stands there. */
  LinkException unexpected(String message) {
    return error(DiagnosticCode.SCRIPT_SYNTAX, describe(message));
  }

  /** {@code message}, and what stands at the current place. */
  String describe(String message) {
    return message + (atEnd() ? ", but the text ends here" : ", found " + quote(next()));
  }

  /** An error at the current place. */
  LinkException error(DiagnosticCode code, String message) {
    return place().error(code, message);
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

  /** What belongs to a symbol's name that stands without quotes. */
  static boolean isSymbolChar(int c) {
    return c == '_' || c == '.' || c == '$' || (c < 0x80 && Character.isLetterOrDigit(c));
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
