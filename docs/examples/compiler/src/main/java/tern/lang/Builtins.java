package tern.lang;

import java.util.List;
import java.util.Map;

/**
 * Functions that every program has; {@code runtime.tern} defines them, but for {@code exit}, which
 * is C's. A program's own function of the same name hides one.
 */
final class Builtins {
  private Builtins() {}

  /** A function that can be called. */
  record Signature(String symbol, List<Type> parameters, boolean variadic, Type result) {}

  static final Map<String, Signature> FUNCTIONS =
      Map.of(
          "exit", new Signature("exit", List.of(Type.INT), false, Type.NOTHING),
          "number", new Signature("tern_number", List.of(Type.STRING), false, Type.INT),
          "equal",
              new Signature("tern_equal", List.of(Type.STRING, Type.STRING), false, Type.BOOL));

  /** What {@code print} calls for a value of this type; null where it can't print it. */
  static String printer(Type type) {
    if (type == null) {
      return null;
    }
    return type == Type.INT
        ? "tern_print_int"
        : type == Type.BOOL ? "tern_print_bool" : type.fits(Type.STRING) ? "tern_print" : null;
  }

  /** What {@code len} calls for a string, whose end is a zero. */
  static final String STRING_LENGTH = "tern_length";
}
