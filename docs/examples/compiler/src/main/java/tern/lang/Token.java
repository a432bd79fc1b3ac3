package tern.lang;

import tern.lang.Source.Place;

/**
 * A word of a program.
 *
 * @param text as it is written; of a string, what it means
 * @param value of a number or character
 */
record Token(Kind kind, String text, int value, Place place) {
  enum Kind {
    NAME,
    NUMBER,
    STRING,
    /** A keyword, an operator or a bracket: its text says which. */
    SIGN,
    END
  }

  boolean is(String sign) {
    return kind == Kind.SIGN && text.equals(sign);
  }

  @Override
  public String toString() {
    return kind == Kind.END ? "the end of the file" : "'" + text + "'";
  }
}
