package tern.lang;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tern.lang.Source.Place;
import tern.lang.Token.Kind;

/** Cuts a source into tokens. */
public final class Lexer {
  private static final Set<String> KEYWORDS =
      Set.of(
          "fn",
          "extern",
          "private",
          "const",
          "var",
          "if",
          "else",
          "while",
          "for",
          "in",
          "return",
          "break",
          "continue",
          "new",
          "true",
          "false",
          "null",
          "int",
          "bool",
          "byte",
          "string",
          "any",
          "sizeof");

  /** Longer ones first. */
  private static final List<String> SIGNS =
      List.of(
          "...", "..", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "+", "-", "*", "/", "%", "&",
          "|", "^", "~", "!", "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ";", ":");

  private final Source source;
  private final Errors errors;
  private final String text;
  private int at;
  private int line = 1;
  private int lineStart;

  private Lexer(Source source, Errors errors) {
    this.source = source;
    this.errors = errors;
    text = source.text();
  }

  static List<Token> tokens(Source source, Errors errors) {
    return new Lexer(source, errors).all();
  }

  private List<Token> all() {
    List<Token> tokens = new ArrayList<>();
    skipBlanks();
    while (at < text.length()) {
      Token t = next();
      if (t != null) {
        tokens.add(t);
      }
      skipBlanks();
    }
    tokens.add(new Token(Kind.END, "", 0, place()));
    return tokens;
  }

  private Place place() {
    return new Place(source, line, at - lineStart + 1);
  }

  /** 0 at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  /** Blanks, line ends, and comments from {@code //} to the line's end. */
  private void skipBlanks() {
    while (at < text.length()) {
      if (peek() == '\n') {
        at++;
        line++;
        lineStart = at;
      } else if (Character.isWhitespace(peek())) {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else {
        return;
      }
    }
  }

  private Token next() {
    Place place = place();
    char c = peek();
    if (isNamePart(c)) {
      int start = at;
      while (isNamePart(peek())) {
        at++;
      }
      String word = text.substring(start, at);
      if (c >= '0' && c <= '9') {
        return new Token(Kind.NUMBER, word, number(word, place), place);
      }
      return new Token(KEYWORDS.contains(word) ? Kind.SIGN : Kind.NAME, word, 0, place);
    }
    if (c == '"') {
      return new Token(Kind.STRING, quoted('"', place), 0, place);
    }
    if (c == '\'') {
      String one = quoted('\'', place);
      if (one.length() != 1 || one.charAt(0) > 127) {
        errors.add(place, "between ' and ' stands one character of ASCII");
        return new Token(Kind.NUMBER, one, 0, place);
      }
      return new Token(Kind.NUMBER, one, one.charAt(0), place);
    }
    for (String sign : SIGNS) {
      if (text.startsWith(sign, at)) {
        at += sign.length();
        return new Token(Kind.SIGN, sign, 0, place);
      }
    }
    errors.add(place, "unexpected character '" + Character.toString(text.codePointAt(at)) + "'");
    at += Character.charCount(text.codePointAt(at));
    return null;
  }

  private static boolean isNamePart(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }

  /** Decimal up to 2147483648, which has a use behind a minus; {@code 0x} and eight digits. */
  private int number(String word, Place place) {
    try {
      if (word.startsWith("0x")) {
        return Integer.parseUnsignedInt(word.substring(2), 16);
      }
      long n = Long.parseLong(word);
      if (n <= 1L << 31) {
        return (int) n;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    errors.add(place, "'" + word + "' is no number of 32 bits");
    return 0;
  }

  private String quoted(char quote, Place place) {
    StringBuilder s = new StringBuilder();
    at++;
    while (peek() != quote) {
      if (at == text.length() || peek() == '\n') {
        errors.add(place, "the closing " + quote + " is missing");
        return s.toString();
      }
      s.append(peek() == '\\' ? escape() : peek());
      at++;
    }
    at++;
    return s.toString();
  }

  private char escape() {
    Place place = place();
    at++;
    return switch (peek()) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case '\\', '"', '\'' -> peek();
      default -> {
        errors.add(place, "unknown escape: there are \\n, \\t, \\\\, \\\" and \\'");
        at = Math.min(at, text.length() - 1);
        yield '?';
      }
    };
  }
}
