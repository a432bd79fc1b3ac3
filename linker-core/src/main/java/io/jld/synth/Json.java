package io.jld.synth;

/** Tells whether a text is a JSON object or array (RFC 8259); its content is not looked at. */
public final class Json {
  private static final int MAX_DEPTH = 256;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static boolean isValid(String text) {
    Json j = new Json(text);
    j.space();
    if (j.peek() != '{' && j.peek() != '[') {
      return false;
    }
    boolean valid = j.value(0);
    j.space();
    return valid && j.at == text.length();
  }

  /** The next character; NUL at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private boolean take(char c) {
    space();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private boolean value(int depth) {
    space();
    return switch (peek()) {
      case '{' -> depth < MAX_DEPTH && members('}', depth);
      case '[' -> depth < MAX_DEPTH && members(']', depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  /** Of an object or an array. */
  private boolean members(char close, int depth) {
    at++;
    if (take(close)) {
      return true;
    }
    do {
      space();
      if (close == '}' && !(string() && take(':'))) {
        return false;
      }
      if (!value(depth + 1)) {
        return false;
      }
    } while (take(','));
    return take(close);
  }

  private boolean word(String word) {
    if (!text.startsWith(word, at)) {
      return false;
    }
    at += word.length();
    return true;
  }

  private boolean string() {
    if (peek() != '"') {
      return false;
    }
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return true;
      }
      if (c < ' ' || (c == '\\' && !escape())) {
        return false;
      }
    }
    return false;
  }

  /** Ends at the last character of the escape sequence. */
  private boolean escape() {
    at++;
    if (peek() != 'u') {
      return peek() != 0 && "\"\\/bfnrt".indexOf(peek()) >= 0;
    }
    for (int i = 0; i < 4; i++) {
      at++;
      if (Character.digit(peek(), 16) < 0 || peek() > 'f') {
        return false;
      }
    }
    return true;
  }

  private boolean number() {
    if (peek() == '-') {
      at++;
    }
    boolean zero = peek() == '0';
    int from = at;
    if (!digits() || (zero && at - from > 1)) {
      return false;
    }
    if (peek() == '.') {
      at++;
      if (!digits()) {
        return false;
      }
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int from = at;
    while (peek() >= '0' && peek() <= '9') {
      at++;
    }
    return at > from;
  }
}
