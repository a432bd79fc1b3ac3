package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jld.link.LinkException;
import io.jld.plan.Expression;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionTest {
  private static final Map<String, Long> SYMBOLS =
      Map.of("two", 0x401002L, "d", 0x402000L, "K", 5L, "a.b$c", 7L);

  private static OptionalLong address(String name) {
    Long value = SYMBOLS.get(name);
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static Expression parse(String text) {
    return ExpressionParser.parse("--defsym=x", text);
  }

  private static long eval(String text) {
    return parse(text).evaluate(ExpressionTest::address);
  }

  /** The values are those that GNU ld 2.40 gives. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "1+2*3 => 7",
        "0x10 => 10",
        "0X1F => 1f",
        "010 => 8",
        "0 => 0",
        "1K => 400",
        "2M => 200000",
        "1k => 400",
        "2m => 200000",
        "0x1K => 400",
        "10h => 10",
        "0ah => a",
        "$10 => 10",
        "10b => 2",
        "-1<1 => 0",
        "1<2 => 1",
        "-1>1 => 1",
        "-8/2 => fffffffffffffffc",
        "-8>>1 => 7ffffffffffffffc",
        "-7%3 => ffffffffffffffff",
        "1<<63 => 8000000000000000",
        "1<<64 => 1",
        "1<<65 => 2",
        "1>>64 => 1",
        "~0 => ffffffffffffffff",
        "!5 => 0",
        "!0 => 1",
        "+5 => 5",
        "- -5 => 5",
        "4*-1 => fffffffffffffffc",
        "d-two => ffe",
        "two+1 => 401003",
        "two&~15 => 401000",
        "d+two => 803002",
        "d*2 => 804000",
        "two /2 => 200801",
        "two==two => 1",
        "3 != 4 => 1",
        "2>=2  => 1",
        "3<=2 => 0",
        "1==1==1 => 1",
        "1|2&3 => 3",
        "2+3<<1 => a",
        "7-2-1 => 4",
        "64/4/2 => 8",
        "(1+2)*3 => 9",
        "1?2:3?4:5 => 2",
        "0?2:0?4:5 => 5",
        "two ? 3 : 4 => 3",
        "1||0 => 1",
        "0||0 => 0",
        "1&&2 => 1",
        "1&&0 => 0",
        "DEFINED(two) => 1",
        "DEFINED(nope) => 0",
        "DEFINED(nope)?nope:7 => 7",
        "ABSOLUTE(two) => 401002",
        "ALIGN(two,64) => 401040",
        "ALIGN(64,64) => 40",
        "ALIGN(5,0) => 5",
        "ALIGN(5,3) => 6",
        "MAX(1,-1) => ffffffffffffffff",
        "MIN(1,-1) => 1",
        "MAX(two,d) => 402000",
        "\"two\"+1 => 401003",
        "0xffffffffffffffff => ffffffffffffffff",
        "K => 5",
        "7 /* c */ + 1 => 8",
        "a.b$c => 7",
      })
  void values(String text, String hex) {
    assertEquals(hex, Long.toHexString(eval(text)));
  }

  /** What expressions ask of the link. */
  @Test
  void linkValues() {
    Expression.Scope scope =
        new Expression.Scope() {
          @Override
          public OptionalLong symbol(String name) {
            return address(name);
          }

          @Override
          public OptionalLong section(Expression.Property property, String name) {
            return name.equals(".data-1")
                ? OptionalLong.of(16 + property.ordinal())
                : OptionalLong.empty();
          }

          @Override
          public long constant(Expression.Constant constant) {
            return 4096 + constant.ordinal();
          }

          @Override
          public OptionalLong segmentStart(String name) {
            return name.equals("text-segment") ? OptionalLong.of(7) : OptionalLong.empty();
          }
        };
    String[] texts = {
      "ADDR(.data-1)", "16",
      "LOADADDR(\".data-1\")", "17",
      "SIZEOF ( .data-1 ) * 2", "36",
      "ALIGNOF(.data-1)", "19",
      "CONSTANT(MAXPAGESIZE)", "4096",
      "CONSTANT (COMMONPAGESIZE)", "4097",
      "SIZEOF_HEADERS + 1", "4099",
      "SEGMENT_START(\"text-segment\", 3)", "7",
      "SEGMENT_START(data, 3)", "3",
      "LOG2CEIL(0) + LOG2CEIL(1)", "0",
      "LOG2CEIL(4)", "2",
      "LOG2CEIL(5)", "3",
      "LOG2CEIL(-1)", "64",
      "ASSERT(5, \"is not 0\")", "5",
      "DEFINED(\"two\") + DEFINED(nope)", "1",
    };
    for (int i = 0; i < texts.length; i += 2) {
      assertEquals(Long.parseLong(texts[i + 1]), parse(texts[i]).evaluate(scope), texts[i]);
    }
    assertTrue(failure("ADDR(.nope)").contains("undefined section '.nope'"));
    assertTrue(failure("CONSTANT(NOPE)").contains("unknown constant 'NOPE'"));
    assertTrue(failure("ASSERT(0, \"my message\")").contains("my message"));
  }

  /**
   * Where GNU ld differs: it takes the first two for symbols' names, the third for a number, and
   * wants nope defined.
   */
  @Test
  void betterThanGnu() {
    assertEquals(0x200801, eval("two/2"));
    assertTrue(failure("beach").contains("undefined symbol 'beach'"));
    assertEquals(1, eval("1||nope"));
    assertEquals(0, eval("0&&nope"));
    assertEquals(4, eval("5^1"));
  }

  private static String failure(String text) {
    String message = assertThrows(LinkException.class, () -> eval(text)).getMessage();
    assertTrue(message.startsWith("error: --defsym=x"), message);
    return message;
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "nope => undefined symbol 'nope' referenced in expression",
        "1/0 => division by zero",
        "1%0 => division by zero",
        "1 2 => an operator expected, found '2'",
        "'' => a number or a symbol expected, but the text ends here",
        "( => a number or a symbol expected, but the text ends here",
        "(1 => ')' expected, but the text ends here",
        "1) => an operator expected, found ')'",
        "1+ => a number or a symbol expected",
        "1; => an operator expected, found ';'",
        "1,2 => an operator expected, found ','",
        "1 = 2 => an operator expected, found '='",
        "two:1 => an operator expected, found ':'",
        "1?2 => ':' expected",
        "09 => '09' is not a number",
        "0x => '0x' is not a number",
        "1.5 => '1.5' is not a number",
        "0xfG => '0xfG' is not a number",
        "1_000 => '1_000' is not a number",
        "0x1ffffffffffffffff => does not fit into 64 bits",
        "99999999999999999999 => does not fit into 64 bits",
        "0xffffffffffffffffK => does not fit into 64 bits",
        ". => the location counter '.' has no value here",
        "ALIGN(8) => ALIGN with one argument",
        "ORIGIN(RAM) => 'ORIGIN' is no function",
        "DEFINED(1) => a symbol expected",
        "DEFINED() => a symbol expected",
        "MAX(1) => ',' expected",
        "MAX(1,2,3) => ')' expected",
        "\"two => string without an end",
        "1 /* => comment without an end",
      })
  void errors(String text, String message) {
    String failure = failure(text);
    assertTrue(failure.contains(message), failure);
  }

  @Test
  void depthIsLimited() {
    assertTrue(failure("(".repeat(1_000_000)).contains("too deep"));
    assertTrue(failure("-".repeat(1_000_000) + "1").contains("too deep"));
    assertTrue(failure("1?".repeat(1_000_000)).contains("too deep"));
    assertTrue(failure("1?1:".repeat(1_000_000)).contains("too deep"));
    assertTrue(failure("1" + "+1".repeat(1_000_000)).contains("operators"));
    assertTrue(failure("MAX(1,".repeat(1_000_000)).contains("too deep"));
    assertEquals(901, eval("1" + "+1".repeat(900)));
    assertEquals(1, eval("(".repeat(90) + "1" + ")".repeat(90)));
  }

  @Test
  void symbols() {
    assertEquals(
        List.of("a", "b", "c"), List.copyOf(parse("a + (b ? c : 4) * DEFINED(q) - a").symbols()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      value = {
        "a => true",
        "a+8 => true",
        "8+(a) => true",
        "a-8 => true",
        "8-a => false",
        "a-b => false",
        "a-b+c => true",
        "a+b => false",
        "a*2 => false",
        "a&~15 => true",
        "ALIGN(a,16) => true",
        "ABSOLUTE(a) => false",
        "MAX(a,b) => true",
        "MIN(8,b) => true",
        "DEFINED(a) ? a : 0 => true",
        "DEFINED(a) ? 0 : b => true",
        "-a => false",
        "a==b => false",
        "8 => false",
        "+a => true",
        "ADDR(.text) + 4 => true",
        "ADDR(.text) + SIZEOF(.text) => true",
        "LOADADDR(.text) => false",
        "SIZEOF_HEADERS => false",
        "SEGMENT_START(\"data\", a) => true",
        "ASSERT(a, \"m\") => true",
        "LOG2CEIL(a) => false",
      })
  void movesWithTheOutput(String text, boolean moves) {
    assertEquals(moves, parse(text).isRelative("abc"::contains));
  }

  @Test
  void randomExpressions() {
    String[] parts = {
      "1",
      "0x2",
      "two",
      "+",
      "-",
      "*",
      "/",
      "%",
      "<<",
      ">>",
      "&",
      "|",
      "&&",
      "||",
      "?",
      ":",
      "(",
      ")",
      "!",
      "~",
      "MAX(",
      ",",
      "ALIGN(",
      "DEFINED(",
      "ABSOLUTE(",
      "\"",
      "/*",
      "*/",
      " ",
      "$",
      "h",
      ".",
      "=",
      "\n",
      "\u20ac"
    };
    Random random = new Random(3);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
              text.append(parts[random.nextInt(parts.length)]);
            }
            try {
              eval(text.toString());
            } catch (LinkException e) {
              assertEquals(1, e.diagnostics().size());
            }
          }
        });
  }
}
