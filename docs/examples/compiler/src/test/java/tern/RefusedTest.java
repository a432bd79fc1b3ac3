package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tern.Tern.Way;
import tern.code.Target;
import tern.lang.Source;

/** What is no program, and what is said about it. */
class RefusedTest {
  private static final Way WAY = new Way(Target.AMD64, Library.NONE);

  private static List<String> refused(String text) {
    return Tern.refused(WAY, new Source("t", text));
  }

  /**
   * In a function {@code f(n: int, s: string, a: int[]): int}, at the column counted from there.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "return x; | 8 | unknown name 'x'",
        "return g(); | 8 | unknown function 'g'",
        "return n(); | 8 | unknown function 'n'",
        "return N(); | 8 | 'N' is no function",
        "return s; | 8 | expected a value of type int, found string",
        "return a; | 8 | expected a value of type int, found int[]",
        "return 1 + true; | 12 | expected a value of type int, found bool",
        "return s + 1; | 10 | expected a value of type int, found string",
        "return; | 1 | a value of type int has to be returned",
        "return n / 0; | 10 | division by zero",
        "return 1 % (N - N); | 10 | division by zero",
        "return n[0]; | 9 | a value of type int has no elements",
        "return f(1); | 8 | 'f' takes 3 arguments, not 1",
        "return f(1, s, s); | 16 | expected a value of type int[], found string",
        "return len(n); | 12 | expected a value of type string, found int",
        "if n { } return 1; | 4 | expected a value of type bool, found int",
        "if s == n { } return 1; | 6 | a string is never the same as a int",
        "if a < null { } return 1; | 4 | expected a value of type int, found int[]",
        "n = null; return 1; | 5 | expected a value of type int, found null",
        "s = 'x'; return 1; | 5 | expected a value of type string, found int",
        "a[0] = s; return 1; | 8 | expected a value of type int, found string",
        "N = 1; return 1; | 1 | nothing can be assigned to this",
        "1 + 1; return 1; | 1 | this expression does nothing",
        "break; return 1; | 1 | break stands outside of a loop",
        "continue; return 1; | 1 | continue stands outside of a loop",
        "var v = null; return 1; | 5 | a variable can't have the type of this value: null",
        "var v = exit(1); return 1; | 5 | a variable can't have the type of this value: nothing",
        "var n = 1; var n = 2; return n; | 16 | 'n' is declared twice",
        "{ var v = 1; } return v; | 23 | unknown name 'v'",
        "var v: byte = 1; return 1; | 8 | a byte stands in arrays alone: byte[]",
        "var v = []; return 1; | 9 | an array without elements is made by new: new int[0]",
        "var v = [1, s]; return 1; | 13 | expected a value of type int, found string",
        "print(a); return 1; | 7 | a value of type int[] can't be printed",
        "return 2147483649; | 8 | '2147483649' is no number of 32 bits",
        "return 0xfffffffff; | 8 | '0xfffffffff' is no number of 32 bits",
        "return 12ab; | 8 | '12ab' is no number of 32 bits",
        "return 'ab'; | 8 | between ' and ' stands one character of ASCII",
        "return 1 @ 2; | 10 | unexpected character '@'",
        "s = \"abc; | 5 | the closing \" is missing",
        "s = \"a\\qc\"; return 1; | 7 | unknown escape: there are \\n, \\t, \\\\, \\\" and \\'",
        "return (1; | 10 | expected ')', found ';'",
        "return 1 | 11 | expected ';', found '}'",
        "var 1 = 2; | 5 | expected a name, found '1'",
        "var v: 7; | 8 | expected a type, found '7'",
        "return +; | 8 | expected an expression, found '+'",
        "for i in 1 { } return 1; | 12 | expected '..', found '{'",
      })
  void inAFunction(String body, int column, String message) {
    List<String> errors =
        refused("const N = 5;\nfn f(n: int, s: string, a: int[]): int {\n" + body + "\n }\n");
    String place = body.equals("return 1") ? "t:4:2" : "t:3:" + column;
    assertEquals(place + ": error: " + message, errors.getFirst());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "fn f(): int { } | 15 | 'f' can end without a return",
        "fn f(): int { while true { if f() == 1 { break; } } } | 53 | 'f' can end without a return",
        "fn f(): int { if true { return 1; } } | 37 | 'f' can end without a return",
        "fn f() { } fn f() { } | 15 | 'f' is declared twice, first at t:1:4",
        "fn main(n: int) { } | 4 | main is 'fn main()' or 'fn main(args: string[])', with ': int'"
            + " or without",
        "var v: int = f(); | 14 | unknown function 'f'",
        "var v: int = \"text\"; | 14 | expected a value of type int, found string",
        "var v: int[] = [1]; | 16 | not a constant",
        "const A = B; const B = 1; | 11 | the constant 'B' is declared below",
        "x | 1 | expected a declaration: fn, var, const, extern or private, found 'x'",
        "fn f(n: int | 12 | expected ',', found the end of the file",
        "fn f() { | 9 | expected an expression, found the end of the file",
        "fn f(s: string, ...) { } | 17 | expected a name, found '...'",
      })
  void declarations(String text, int column, String message) {
    assertEquals("t:1:" + column + ": error: " + message, refused(text).getFirst());
  }

  /** Errors of several functions and files come in one run. */
  @Test
  void allAtOnce() {
    List<String> errors =
        Tern.refused(
            WAY,
            new Source("a", "fn f( { }\nfn g() { var = 1; }\nfn h() { }\n"),
            new Source("b", "fn main() { x = 1; y = 2; }\n"));
    assertEquals(
        List.of(
            "a:1:7: error: expected a name, found '{'",
            "a:2:14: error: expected a name, found '='",
            "b:1:13: error: unknown name 'x'",
            "b:1:20: error: unknown name 'y'"),
        errors);
  }

  /** Nothing that somebody writes ends the compiler. */
  @Test
  void nestedDeeply() {
    for (String part : List.of("(", "-", "[", "f(", "1+", "a[", "1||(", "new int[")) {
      List<String> errors = refused("fn main() { var x = " + part.repeat(10_000) + "1; }");
      assertTrue(
          errors.getFirst().contains("nested too deeply")
              || errors.getFirst().contains("operators"),
          errors.getFirst());
    }
    for (String part : List.of("{", "if true {", "if true { } else ", "while true {")) {
      List<String> errors = refused("fn main() { " + part.repeat(10_000));
      assertTrue(errors.getFirst().contains("nested too deeply"), errors.getFirst());
    }
    assertTrue(
        refused("fn f(x: " + "*".repeat(10_000) + "int) { }").getFirst().contains("too deeply"));
  }
}
