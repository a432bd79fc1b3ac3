package io.jld.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jld.link.LinkException;
import io.jld.plan.Expression;
import io.jld.plan.SectionRef;
import io.jld.plan.Statement.Assign;
import io.jld.plan.Value;
import io.jld.plan.ValueScope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What values count from, in a small layout: {@code .a} at 0x1000 with {@code a0} at its offset 4,
 * {@code .b} at 0x2000 with {@code b0} at 8, and an absolute symbol.
 */
class ValueTest {
  private record Section(String name, long address, long size) implements SectionRef {}

  private static final Section A = new Section(".a", 0x1000, 0x20);
  private static final Section B = new Section(".b", 0x2000, 0x10);

  /**
   * @param section A for statements at the end of {@code .a}, ABSOLUTE for such behind {@code .b}
   */
  private record Scope(SectionRef section, boolean isSane, boolean isLast) implements ValueScope {
    @Override
    public long counter() {
      return section == A ? 0x1020 : 0x2010;
    }

    @Override
    public SectionRef counterSection() {
      return B;
    }

    @Override
    public Value symbol(String name) {
      return switch (name) {
        case "a0" -> new Value(A, 4);
        case "b0" -> new Value(B, 8);
        case "abs" -> Value.ofAddress(0x1234);
        default -> null;
      };
    }

    @Override
    public boolean isDefined(String name) {
      return symbol(name) != null;
    }

    @Override
    public Value section(Expression.Property property, String name) {
      Section s = name.equals(".a") ? A : name.equals(".b") ? B : null;
      return s == null
          ? null
          : switch (property) {
            case ADDR -> new Value(s, 0);
            case LOADADDR -> Value.ofAddress(s.address); // as with MEMORY
            case SIZEOF -> Value.ofNumber(s.size);
            case ALIGNOF -> Value.ofNumber(1);
          };
    }

    @Override
    public long constant(Expression.Constant constant) {
      return 0x1000;
    }

    @Override
    public OptionalLong region(boolean origin, String name) {
      return name.equals("r") ? OptionalLong.of(origin ? 0x800 : 0x10000) : OptionalLong.empty();
    }

    @Override
    public OptionalLong segmentStart(String name) {
      return OptionalLong.empty();
    }

    @Override
    public OptionalLong dataSegmentAlign(long maxPage, long commonPage) {
      return OptionalLong.of(maxPage + commonPage);
    }

    @Override
    public OptionalLong dataSegmentRelroEnd(long offset, long address) {
      return OptionalLong.of(address - offset);
    }

    @Override
    public OptionalLong dataSegmentEnd(long address) {
      return OptionalLong.empty();
    }

    @Override
    public long relroBegin(long address) {
      return address;
    }

    @Override
    public long relroEnd(long address) {
      return address;
    }
  }

  private static Expression expression(String text) {
    return ((Assign) LayoutPlanTest.parse("x = " + text + ";").statements().getFirst())
        .expression();
  }

  /** As nm tells: the section's letter and the address. */
  private static String value(String text, Scope scope) {
    Value v = expression(text).value(scope).in(scope.section());
    String letter = v.section() == A ? "T" : v.section() == B ? "D" : "A";
    return letter + " " + Long.toHexString(v.address());
  }

  /** The values are those that GNU ld 2.40 gives: in .a; outside; and there with SANE_EXPR. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5                | T 1005 | A 5    | A 5",
        ".                | T 1020 | D 2010 | D 2010",
        ". + 4            | T 1024 | D 2014 | D 2014",
        "a0               | T 1004 | T 1004 | T 1004",
        "b0               | D 2008 | D 2008 | D 2008",
        "abs              | T 2234 | A 1234 | A 1234",
        "a0 + 4           | T 1008 | A 1008 | T 1008",
        "b0 - a0          | T 2004 | A 1004 | A 1004",
        "a0 - ADDR(.a)    | T 1004 | A 4    | A 4",
        "ABSOLUTE(a0)     | A 1004 | A 1004 | A 1004",
        "ABSOLUTE(5)      | A 5    | A 5    | A 5",
        "SIZEOF(.a)       | T 1020 | A 20   | A 20",
        "ALIGN(16)        | T 1020 | D 2010 | D 2010",
        "ALIGN(a0, 16)    | T 1010 | A 1010 | T 1010",
        "NEXT(32)         | A 1020 | A 2020 | A 2020",
        "ORIGIN(r)        | T 800  | D 800  | D 800",
        "LENGTH(r)        | T 11000 | A 10000 | A 10000",
        "LOG2CEIL(.)      | T 1005 | D e    | D e",
        ". ? ABSOLUTE(5) : 0 | A 5  | A 5    | A 5",
        "ABSOLUTE(5) ? . : 0 | T 1020 | D 2010 | D 2010",
        "a0 < b0          | T 1001 | A 1    | A 1",
      })
  void rules(String text, String inSection, String outside, String sane) {
    assertEquals(inSection, value(text, new Scope(A, false, true)), "in .a");
    assertEquals(inSection, value(text, new Scope(A, true, true)), "in .a, SANE_EXPR");
    assertEquals(outside, value(text, new Scope(SectionRef.ABSOLUTE, false, true)), "outside");
    assertEquals(sane, value(text, new Scope(SectionRef.ABSOLUTE, true, true)), "SANE_EXPR");
  }

  private static final String[] LEAVES = {
    "5",
    "0x1100",
    "0",
    ".",
    "a0",
    "b0",
    "abs",
    "ADDR(.a)",
    "LOADADDR(.b)",
    "SIZEOF(.b)",
    "ALIGNOF(.a)",
    "ORIGIN(r)",
    "LENGTH(r)",
    "DEFINED(a0)",
    "DEFINED(nope)",
    "ALIGN(0x40)",
    "SEGMENT_START(\"none\", a0)",
    "CONSTANT(MAXPAGESIZE)",
    "NEXT(8)"
  };

  private static final String[] BINARY = {
    "+", "-", "*", "&", "|", "<<", ">>", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-"
  };

  private static String random(Random random, int depth) {
    if (depth == 0 || random.nextInt(6) == 0) {
      return LEAVES[random.nextInt(LEAVES.length)];
    }
    String a = random(random, depth - 1);
    String b = random(random, depth - 1);
    return switch (random.nextInt(12)) {
      case 0 -> "(- " + a + ")";
      case 1 -> random.nextBoolean() ? "(~ " + a + ")" : "(! " + a + ")";
      case 2 -> "ABSOLUTE(" + a + ")";
      case 3 -> "MAX(" + a + ", " + b + ")";
      case 4 -> "MIN(" + a + ", " + b + ")";
      case 5 -> "ALIGN(" + a + ", 0x10)";
      case 6 -> "(" + a + " ? " + b + " : " + random(random, depth - 1) + ")";
      case 7 -> "(" + a + (random.nextBoolean() ? " / " : " % ") + "7)";
      case 8 -> "LOG2CEIL(" + a + ")";
      default -> "(" + a + " " + BINARY[random.nextInt(BINARY.length)] + " " + b + ")";
    };
  }

  /** Random expressions have the values that the ld of this machine gives them. */
  @Test
  void asGnuLd(@TempDir Path dir) throws Exception {
    Path asm = dir.resolve("a.s");
    Files.writeString(
        asm,
        ".globl a0,b0,abs\n abs = 0x1234\n .section .a,\"ax\"\n .skip 4\na0: .skip 4\n"
            + ".section .b,\"aw\"\n .skip 8\nb0: .skip 8\n");
    Path o = dir.resolve("a.o");
    assumeTrue(run("as", "--64", asm.toString(), "-o", o.toString()) != null, "no as");
    Random random = new Random(5);
    List<String> found = new ArrayList<>();
    for (boolean sane : new boolean[] {false, true}) {
      List<String> expressions = new ArrayList<>();
      for (int i = 0; i < 600; i++) {
        expressions.add(random(random, 1 + i % 3));
      }
      Path script = dir.resolve("a.ld");
      Files.writeString(script, script(sane, expressions));
      Path out = dir.resolve("a.out");
      String ld = run("ld", "-T", script.toString(), o.toString(), "-o", out.toString());
      assumeTrue(ld != null, "no ld");
      Map<String, String> symbols = symbols(run("nm", out.toString()));
      for (int i = 0; i < expressions.size(); i++) {
        String e = expressions.get(i);
        differences(e, "in .a", symbols.get("in" + i), new Scope(A, sane, true), found);
        Scope outside = new Scope(SectionRef.ABSOLUTE, sane, true);
        differences(e, "outside", symbols.get("out" + i), outside, found);
      }
    }
    assertEquals("", String.join("\n", found));
  }

  private static void differences(
      String e, String where, String expected, Scope scope, List<String> found) {
    String value = value(e, scope);
    if (!value.equals(expected)) {
      found.add(
          where + (scope.isSane ? ", SANE_EXPR: " : ": ") + e + ": " + expected + ", not " + value);
    }
  }

  private static String script(boolean sane, List<String> expressions) {
    StringBuilder s = new StringBuilder(sane ? "LD_FEATURE(\"SANE_EXPR\")\n" : "");
    s.append("MEMORY { r : ORIGIN = 0x800, LENGTH = 0x10000 }\n");
    s.append("SECTIONS { .a 0x1000 : { *(.a) . = 0x20;\n");
    for (int i = 0; i < expressions.size(); i++) {
      s.append("in").append(i).append(" = ").append(expressions.get(i)).append(";\n");
    }
    s.append("} .b 0x2000 : { *(.b) }\n");
    for (int i = 0; i < expressions.size(); i++) {
      s.append("out").append(i).append(" = ").append(expressions.get(i)).append(";\n");
    }
    return s.append("/DISCARD/ : { *(.note*) } }\n").toString();
  }

  private static Map<String, String> symbols(String nm) {
    Map<String, String> found = new TreeMap<>();
    for (String line : nm.split("\n")) {
      String[] words = line.strip().split(" +");
      if (words.length == 3) {
        long value = Long.parseUnsignedLong(words[0], 16);
        found.put(words[2], words[1].toUpperCase() + " " + Long.toHexString(value));
      }
    }
    return found;
  }

  /** What a program prints; null where there is no such program. */
  private static String run(String... command) throws InterruptedException {
    try {
      Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int status = p.waitFor();
      assertEquals(0, status, out);
      return out;
    } catch (IOException e) {
      return null;
    }
  }

  @Test
  void whatIsNotKnownYet() {
    Scope first = new Scope(SectionRef.ABSOLUTE, false, false);
    Scope last = new Scope(SectionRef.ABSOLUTE, false, true);
    for (String text : new String[] {"later", "later + 1", "ADDR(.none)", "1 / (a0 - a0)"}) {
      assertNull(expression(text).value(first), text);
      assertThrows(LinkException.class, () -> expression(text).value(last), text);
    }
    assertEquals(1, expression("1 || later").value(last).number());
    assertEquals(0, expression("0 && later").value(last).number());
    assertNull(expression("ASSERT(later, \"m\")").value(first));
    assertEquals(0, expression("ASSERT(0, \"m\")").value(first).number());
    assertTrue(
        failure("ASSERT(0, \"m\")", last).contains("1:5: m [script-assertion]\n>>> x = ASSERT(0"));
    assertTrue(failure("ORIGIN(none)", first).contains("undefined MEMORY region 'none'"));
  }

  private static String failure(String text, Scope scope) {
    return assertThrows(LinkException.class, () -> expression(text).value(scope)).getMessage();
  }

  @Test
  void dataSegments() {
    Scope outside = new Scope(SectionRef.ABSOLUTE, false, true);
    assertEquals(24, expression("DATA_SEGMENT_ALIGN(16, 8)").value(outside).number());
    assertEquals(0x2000, expression("DATA_SEGMENT_RELRO_END(16, .)").value(outside).address());
    assertTrue(failure("DATA_SEGMENT_END(.)", outside).contains("does not belong here"));
    String inside = failure("DATA_SEGMENT_ALIGN(16, 8)", new Scope(A, false, true));
    assertTrue(inside.contains("may only stand outside of output sections"), inside);
  }
}
