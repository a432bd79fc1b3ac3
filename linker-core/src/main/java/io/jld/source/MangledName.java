package io.jld.source;

import java.util.Set;

/**
 * What can be told of a C++ symbol from its mangled name (Itanium C++ ABI, 5.1) without a
 * demangler: for hints, which are content with the plain names that people write mostly. A name
 * with templates or the standard library's abbreviations is none of them.
 *
 * @param scoped what it is called with its namespaces and classes, still mangled: {@code
 *     7Account7balance}
 * @param scope the same without the last part; empty for a function of the global namespace
 * @param plain the last part as people write it; empty where that is none: a constructor, an
 *     operator
 */
public record MangledName(String scoped, String scope, String plain) {
  /** Vtables, VTTs, and typeinfo, whose names begin with these (5.1.4). */
  private static final Set<String> OF_CLASS = Set.of("TV", "TT", "TI", "TS");

  /** The name of a function or variable; null where it is none, or not a plain one. */
  public static MangledName of(String mangled) {
    if (!mangled.startsWith("_Z") || mangled.length() < 4) {
      return null;
    }
    Reader in = new Reader(mangled, 2);
    boolean nested = in.accept('N');
    if (nested) {
      in.skip("rVKRO"); // const and the like belong to the parameter "this"
    }
    in.skip("L"); // static
    int start = in.at;
    int last = start;
    String plain = null;
    do {
      last = in.at;
      plain = in.component(nested);
    } while (plain != null && nested && !in.accept('E'));
    if (plain == null) {
      return null;
    }
    int end = nested ? in.at - 1 : in.at;
    return new MangledName(mangled.substring(start, end), mangled.substring(start, last), plain);
  }

  /** Whether it is one of a class's constructors, {@code C1} to {@code C3}. */
  public boolean isConstructor() {
    return plain.isEmpty() && scoped.startsWith("C", scope.length());
  }

  /** The class that a vtable, VTT or typeinfo is of, still mangled; null for all other names. */
  public static String classOf(String mangled) {
    if (!mangled.startsWith("_Z")
        || mangled.length() < 5
        || !OF_CLASS.contains(mangled.substring(2, 4))) {
      return null;
    }
    String name = mangled.substring(4);
    return name.startsWith("N") && name.endsWith("E") ? name.substring(1, name.length() - 1) : name;
  }

  private static final class Reader {
    private final String text;
    private int at;

    Reader(String text, int at) {
      this.text = text;
      this.at = at;
    }

    boolean accept(char c) {
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    void skip(String any) {
      while (at < text.length() && any.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }

    /** One part of a name; empty for one that is no word; null where it is of another kind. */
    String component(boolean nested) {
      int length = 0;
      int digits = at;
      while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && at - digits < 5) {
        length = length * 10 + text.charAt(at++) - '0';
      }
      if (at > digits) {
        if (length == 0 || length > text.length() - at) {
          return null;
        }
        at += length;
        return text.substring(at - length, at);
      }
      if (at > text.length() - 2) {
        return null;
      }
      char first = text.charAt(at);
      char second = text.charAt(at + 1);
      boolean special = nested && (first == 'C' || first == 'D') && Character.isDigit(second);
      boolean operator = Character.isLowerCase(first) && Character.isLowerCase(second);
      if (!special && (!operator || text.startsWith("cv", at))) {
        return null;
      }
      at += 2;
      return "";
    }
  }
}
