package tern;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tern.Tern.Way;

/**
 * Expressions by chance, the same ones in each run: this program computes them while it makes them,
 * in Java's arithmetic, which is the language's.
 */
class ArithmeticTest {
  private static final int EXPRESSIONS = 300;
  private static final int[] NUMBERS = {
    0, 1, -1, 2, 7, 31, 32, 255, -256, 0x7fffffff, 0x80000000, 123456789
  };

  /** An expression with its value; it has no value where it divides by zero. */
  private record Expr(String text, Integer value) {}

  private final Random random = new Random(15);

  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void asJava(Way way) throws Exception {
    StringBuilder program = new StringBuilder("fn same(n: int): int { return n; }\n");
    for (int i = 0; i < NUMBERS.length; i++) {
      program.append("var g%d: int = %s;\n".formatted(i, number(NUMBERS[i])));
    }
    List<String> expected = new ArrayList<>();
    StringBuilder main = new StringBuilder("fn main() {\n");
    for (int i = 0; i < NUMBERS.length; i++) {
      main.append("var v%d = %s;\n".formatted(i, number(NUMBERS[i])));
    }
    while (expected.size() < EXPRESSIONS) {
      Expr e = expr(4);
      if (e.value() != null) {
        main.append("println(").append(e.text()).append(");\n");
        expected.add(e.value().toString());
      }
    }
    String out = Tern.output(way, program.append(main).append("}\n").toString());
    assertEquals(expected, out.lines().toList());
  }

  private static String number(int n) {
    return n < 0 ? "(" + n + ")" : "" + n;
  }

  private Expr expr(int depth) {
    int i = random.nextInt(NUMBERS.length);
    int n = NUMBERS[i];
    if (depth == 0) {
      return switch (random.nextInt(4)) {
        case 0 -> new Expr(number(n), n);
        case 1 -> new Expr("g" + i, n);
        case 2 -> new Expr("same(" + number(n) + ")", n);
        default -> new Expr("v" + i, n);
      };
    }
    Expr a = expr(depth - 1 - random.nextInt(depth));
    Expr b = expr(depth - 1 - random.nextInt(depth));
    String[] operators = "+ - * / % & | ^ << >>".split(" ");
    int operator = random.nextInt(operators.length);
    Integer value = a.value() == null || b.value() == null ? null : compute(operator, a, b);
    return new Expr("(" + a.text() + " " + operators[operator] + " " + b.text() + ")", value);
  }

  private static Integer compute(int operator, Expr a, Expr b) {
    int x = a.value();
    int y = b.value();
    return switch (operator) {
      case 0 -> x + y;
      case 1 -> x - y;
      case 2 -> x * y;
      case 3 -> y == 0 ? null : (Integer) (x / y);
      case 4 -> y == 0 ? null : (Integer) (x % y);
      case 5 -> x & y;
      case 6 -> x | y;
      case 7 -> x ^ y;
      case 8 -> x << y;
      default -> x >> y;
    };
  }

  /** Every relation of all pairs of numbers, as a value and as a condition. */
  @ParameterizedTest
  @MethodSource("tern.Tern#ways")
  void relations(Way way) throws Exception {
    StringBuilder main = new StringBuilder("fn main() {\n");
    StringBuilder expected = new StringBuilder();
    int[] numbers = {0, 1, -1, 0x7fffffff, 0x80000000};
    for (int x : numbers) {
      for (int y : numbers) {
        boolean[] are = {x == y, x != y, x < y, x <= y, x > y, x >= y};
        String[] relations = "== != < <= > >=".split(" ");
        main.append("{ var x = %s; var y = %s;\n".formatted(number(x), number(y)));
        for (int i = 0; i < are.length; i++) {
          String condition = "x " + relations[i] + " y";
          main.append("print(%s); if %s { print(1); }\n".formatted(condition, condition));
          expected.append(are[i]).append(are[i] ? "1" : "");
        }
        main.append("}\n");
      }
    }
    assertEquals(expected.toString(), Tern.output(way, main.append("}\n").toString()));
  }
}
